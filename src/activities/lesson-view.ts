// What the question form of a lesson and the page after an answer show. Pure.
import type { Words } from '../http/catalogue.js';
import type { Lesson, LessonGrade } from '../library/lesson.js';
import type { CompletionState } from './completion-state.js';
import { findLessonPart } from './find-lesson-part.js';

export interface LessonForm {
  action: string;
  /** Number of the attempt that the form is for. */
  attempt: number;
  questions: {
    id: string;
    name: string;
    place: number;
    text: string;
    options: { value: string; label: string; fieldId: string }[];
  }[];
  /** "You need 2 of 3 right to pass." */
  passSentence: string;
  /** Earlier attempts, newest first. */
  attempts: { href: string; sentence: string }[];
}

export interface FeedbackView {
  isPassed: boolean;
  /** "2 of 3 right (67 %). Passed." */
  sentence: string;
  questions: {
    text: string;
    isCorrect: boolean;
    chosen: string | null;
    /** Null while the lesson was never passed: it is asked again. */
    answer: string | null;
    why: string | null;
    /** What to read again, after a wrong answer. */
    part: { href: string; heading: string } | null;
  }[];
}

export function buildLessonForm(options: {
  lesson: Lesson;
  state: CompletionState | undefined;
  words: Words;
  language: string;
}): LessonForm {
  const { lesson, state, words, language } = options;
  const total = lesson.questions.length;
  const attempt = state?.nextAttempt ?? 1;
  return {
    action: `/resources/${lesson.resource}/attempts`,
    attempt,
    questions: turn(lesson.questions, attempt - 1).map(({ id, text, options: choices }, index) => ({
      id,
      name: `answer-${id}`,
      place: index + 1,
      text,
      options: turn(choices, attempt - 1).map((choice, at) => ({
        value: choice.id,
        label: choice.text,
        fieldId: `question-${index + 1}-${at + 1}`,
      })),
    })),
    passSentence: words('activities:lesson.pass', {
      count: total,
      needed: Math.ceil(lesson.passFraction * total),
    }),
    attempts: (state?.attempts ?? []).toReversed().map(({ attempt, scaled, passed }) => ({
      href: `/resources/${lesson.resource}/attempts/${attempt}`,
      sentence: words(
        passed === false ? 'activities:lesson.attemptFailed' : 'activities:lesson.attemptPassed',
        { attempt, score: percent(scaled ?? 0, language) },
      ),
    })),
  };
}

/** `showsAnswers` once the lesson was passed; before that only what was wrong, and where the lesson speaks of it. */
export function buildFeedbackView(options: {
  lesson: Lesson;
  grade: LessonGrade;
  showsAnswers: boolean;
  words: Words;
  language: string;
}): FeedbackView {
  const { lesson, grade, showsAnswers, words, language } = options;
  const { correct, total, scaled, passed } = grade;
  const byId = new Map(grade.perQuestion.map((one) => [one.id, one]));
  return {
    isPassed: passed,
    sentence: words(passed ? 'activities:feedback.passed' : 'activities:feedback.failed', {
      correct,
      count: total,
      score: percent(scaled, language),
    }),
    questions: lesson.questions.flatMap((question) => {
      const { id, text, options: choices } = question;
      const graded = byId.get(id);
      if (!graded) return [];
      const labelOf = (choice: string | null) =>
        choices.find((one) => one.id === choice)?.text ?? null;
      return [
        {
          text,
          isCorrect: graded.isCorrect,
          chosen: labelOf(graded.chosen),
          answer: showsAnswers ? labelOf(graded.answer) : null,
          why: showsAnswers ? graded.why : null,
          part: graded.isCorrect ? null : describePart(lesson, question),
        },
      ];
    }),
  };
}

function describePart(lesson: Lesson, question: Lesson['questions'][number]) {
  const index = findLessonPart({ lesson, question });
  const heading = index === null ? undefined : lesson.sections[index]?.heading;
  if (index === null || heading === undefined) return null;
  return { href: `/resources/${lesson.resource}#part-${index}`, heading };
}

/** Another order for each attempt, and the authors' own for the first: the beginning moves on by one. */
function turn<One>(list: readonly One[], by: number): One[] {
  const start = list.length === 0 ? 0 : by % list.length;
  return [...list.slice(start), ...list.slice(0, start)];
}

function percent(scaled: number, language: string): string {
  return new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 }).format(
    scaled,
  );
}
