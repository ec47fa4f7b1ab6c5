// A lesson that we host: text in sections and a question set, and how answers are graded. Pure.
import { z } from 'zod';
import { TextSections } from '../frameworks/text-sections.js';

const line = z.string().trim().min(1);
const Question = z
  .object({
    id: line.max(40),
    text: line,
    options: z.array(z.object({ id: line.max(40), text: line })).min(2),
    answer: line,
    why: line,
  })
  .refine(
    ({ options, answer }) => options.some(({ id }) => id === answer),
    'names an answer that is no option',
  )
  .refine(
    ({ options }) => new Set(options.map(({ id }) => id)).size === options.length,
    'has an option id twice',
  );

export const LessonContent = z.object({
  key: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,99}$/, 'is no key of small letters, digits and hyphens'),
  title: line,
  description: line,
  durationMinutes: z.number().int().positive(),
  difficulty: line,
  serves: z.array(line).min(1),
  sections: TextSections,
  questions: z
    .array(Question)
    .min(1)
    .refine(
      (questions) => new Set(questions.map(({ id }) => id)).size === questions.length,
      'has a question id twice',
    ),
  passFraction: z.number().gt(0).lte(1),
});
export type LessonContent = z.infer<typeof LessonContent>;

export interface Lesson {
  /** Id of the learning resource that this lesson is. */
  resource: string;
  title: string;
  sections: LessonContent['sections'];
  questions: LessonContent['questions'];
  /** Share of correct answers from which on the lesson is passed. */
  passFraction: number;
}

export interface LessonGrade {
  correct: number;
  total: number;
  /** 0 to 1. */
  scaled: number;
  passed: boolean;
  perQuestion: {
    id: string;
    /** Null where nothing, or nothing of the options, was chosen. */
    chosen: string | null;
    answer: string;
    isCorrect: boolean;
    why: string;
  }[];
}

/** Grades answers by question id; a question without an answer counts as wrong, unknown ids count for nothing. */
export function gradeLesson(options: {
  lesson: Pick<Lesson, 'questions' | 'passFraction'>;
  answers: Readonly<Record<string, string | undefined>>;
}): LessonGrade {
  const { lesson, answers } = options;
  const perQuestion = lesson.questions.map((question) => {
    const given = Object.hasOwn(answers, question.id) ? answers[question.id] : undefined;
    const chosen = question.options.find(({ id }) => id === given)?.id ?? null;
    return {
      id: question.id,
      chosen,
      answer: question.answer,
      isCorrect: chosen === question.answer,
      why: question.why,
    };
  });
  const correct = perQuestion.filter(({ isCorrect }) => isCorrect).length;
  const total = perQuestion.length;
  const scaled = total === 0 ? 0 : correct / total;
  return {
    correct,
    total,
    scaled,
    passed: total > 0 && scaled >= lesson.passFraction,
    perQuestion,
  };
}
