import { expect } from 'chai';
import { gradeLesson, LessonContent } from '../../src/library/lesson.js';

describe('gradeLesson', () => {
  it('passes when the share of correct answers reaches the pass fraction', () => {
    const grade = gradeLesson({
      lesson: aLesson(),
      answers: { q1: 'a', q2: 'b', q3: 'a', q4: 'b' },
    });

    expect(grade).to.include({ correct: 3, total: 4, scaled: 0.75, passed: true });
    expect(grade.perQuestion[3]).to.deep.equal({
      id: 'q4',
      chosen: 'b',
      answer: 'a',
      isCorrect: false,
      why: 'Because of q4.',
    });
  });

  it('does not pass below it', () => {
    expect(gradeLesson({ lesson: aLesson(), answers: { q1: 'a', q2: 'b' } })).to.include({
      correct: 2,
      scaled: 0.5,
      passed: false,
    });
  });

  const odd: { title: string; answers: Record<string, string> }[] = [
    { title: 'nothing was answered', answers: {} },
    {
      title: 'options are unknown',
      answers: { q1: 'z', q2: '', q3: 'constructor', q4: '__proto__' },
    },
    { title: 'questions are unknown', answers: { q9: 'a', toString: 'a' } },
  ];
  for (const { title, answers } of odd) {
    it(`counts nothing as correct when ${title}`, () => {
      const grade = gradeLesson({ lesson: aLesson(), answers });

      expect(grade).to.include({ correct: 0, total: 4, scaled: 0, passed: false });
      expect(grade.perQuestion.every(({ chosen }) => chosen === null)).to.equal(true);
    });
  }
});

describe('LessonContent', () => {
  const whole = {
    key: 'a-lesson',
    title: 'A lesson',
    description: 'About it.',
    durationMinutes: 10,
    difficulty: 'introductory',
    serves: ['Something'],
    sections: [{ heading: 'One', paragraphs: ['Text.'] }],
    ...aLesson(),
  };

  it('takes a whole lesson', () => {
    expect(LessonContent.safeParse(whole).success).to.equal(true);
  });

  const faults = [
    {
      title: 'an answer that is no option',
      lesson: { ...whole, questions: [{ ...question('q1', 'a'), answer: 'z' }] },
    },
    {
      title: 'the same question twice',
      lesson: { ...whole, questions: [question('q1', 'a'), question('q1', 'a')] },
    },
    {
      title: 'one option only',
      lesson: {
        ...whole,
        questions: [{ ...question('q1', 'a'), options: [{ id: 'a', text: 'A' }] }],
      },
    },
    { title: 'no question', lesson: { ...whole, questions: [] } },
    { title: 'a pass fraction above 1', lesson: { ...whole, passFraction: 75 } },
  ];
  for (const { title, lesson } of faults) {
    it(`refuses ${title}`, () => {
      expect(LessonContent.safeParse(lesson).success).to.equal(false);
    });
  }
});

function aLesson() {
  return {
    questions: [question('q1', 'a'), question('q2', 'b'), question('q3', 'a'), question('q4', 'a')],
    passFraction: 0.75,
  };
}

function question(id: string, answer: string) {
  return {
    id,
    text: `Question ${id}?`,
    options: [
      { id: 'a', text: 'A' },
      { id: 'b', text: 'B' },
    ],
    answer,
    why: `Because of ${id}.`,
  };
}
