import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { z } from 'zod';
import { findLessonPart } from '../../src/activities/find-lesson-part.js';
import { buildFeedbackView, buildLessonForm } from '../../src/activities/lesson-view.js';
import { wordsFor } from '../../src/http/catalogue.js';
import { gradeLesson, LessonContent, type Lesson } from '../../src/library/lesson.js';
import { packageRoot } from '../../src/package-root.js';

const words = wordsFor('en');
const lesson: Lesson = {
  resource: 'r1',
  title: 'Records',
  sections: [
    { heading: 'Keeping', paragraphs: ['A record is kept for ten years.'], list: [] },
    { heading: 'Correcting', paragraphs: ['A record is amended, never erased.'], list: [] },
  ],
  questions: [
    {
      id: 'q1',
      text: 'How long is it kept?',
      options: ['Ten years', 'Two years', 'For ever'].map((text, index) => ({
        id: `o${index}`,
        text,
      })),
      answer: 'o0',
      why: 'Ten years is what the law asks.',
    },
    {
      id: 'q2',
      text: 'May it be erased?',
      options: ['Yes', 'No, only amended'].map((text, index) => ({ id: `o${index}`, text })),
      answer: 'o1',
      why: 'It is amended.',
    },
  ],
  passFraction: 1,
};
const formOf = (nextAttempt: number) =>
  buildLessonForm({
    lesson,
    state: { marked: null, nextMark: 1, attempts: [], nextAttempt, best: null, isDone: false },
    words,
    language: 'en',
  });
describe('buildLessonForm', () => {
  it('asks in another order at each further attempt, the same questions and options', () => {
    const attempts = [1, 2, 3].map((attempt) => formOf(attempt).questions);
    const optionsOf = (questions: (typeof attempts)[number]) =>
      questions.find(({ id }) => id === 'q1')?.options.map(({ value }) => value);

    expect(attempts.map((questions) => questions.map(({ id }) => id))).to.deep.equal([
      ['q1', 'q2'],
      ['q2', 'q1'],
      ['q1', 'q2'],
    ]);
    expect(attempts.map(optionsOf)).to.deep.equal([
      ['o0', 'o1', 'o2'],
      ['o1', 'o2', 'o0'],
      ['o2', 'o0', 'o1'],
    ]);
    expect(attempts[1]?.map(({ place }) => place)).to.deep.equal([1, 2]);
  });
});

describe('buildFeedbackView', () => {
  const feedback = (showsAnswers: boolean) =>
    buildFeedbackView({
      lesson,
      grade: gradeLesson({ lesson, answers: { q1: 'o0', q2: 'o0' } }),
      showsAnswers,
      words,
      language: 'en',
    });

  it('names what was wrong and where the lesson speaks of it, and no right answer, before the pass', () => {
    expect(feedback(false).questions).to.deep.equal([
      {
        text: 'How long is it kept?',
        isCorrect: true,
        chosen: 'Ten years',
        answer: null,
        why: null,
        part: null,
      },
      {
        text: 'May it be erased?',
        isCorrect: false,
        chosen: 'Yes',
        answer: null,
        why: null,
        part: { href: '/resources/r1#part-1', heading: 'Correcting' },
      },
    ]);
  });

  it('shows right answers and why after it', () => {
    expect(feedback(true).questions[1]).to.include({
      answer: 'No, only amended',
      why: 'It is amended.',
    });
  });
});

describe('findLessonPart', () => {
  const question = lesson.questions[0];
  if (!question) throw new Error('no question');

  it('names no part where two are as near, or none is', () => {
    const twins = {
      sections: [lesson.sections[0], lesson.sections[0]].flatMap((one) => one ?? []),
    };

    expect(findLessonPart({ lesson: twins, question })).to.equal(null);
    expect(findLessonPart({ lesson: { sections: [] }, question })).to.equal(null);
  });

  it('finds a part for nearly every question of the starter library', () => {
    const file = join(packageRoot(), 'seeds', 'library', 'lessons.json');
    const { lessons } = z
      .object({ lessons: z.array(LessonContent) })
      .parse(JSON.parse(readFileSync(file, 'utf8')));
    const parts = lessons.flatMap((one) =>
      one.questions.map((asked) => findLessonPart({ lesson: one, question: asked })),
    );

    expect(parts.filter((part) => part !== null).length / parts.length).to.be.at.least(0.9);
  });
});
