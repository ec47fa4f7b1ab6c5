// The question set of a hosted lesson: reads answers from a form, grades them, states the attempt; and shows an attempt
// again from what its statement says. The statement in the outbox is the fact.
import { AppError } from '../http/errors.js';
import { gradeLesson, type Lesson, type LessonGrade } from '../library/lesson.js';
import { SCOPE } from '../lti/vocabulary.js';
import { listActivitiesOfLessons } from './activity.model.js';
import { completionOf } from './completion-state.js';
import { recordScoreDelivery } from './score-delivery.model.js';
import {
  isCounted,
  listCompletionStates,
  recordAttempt,
  type CompletionOutcome,
  type CompletionRequest,
} from './complete-object.js';

const FIELD = 'answer-';
/** What a lesson's column is made with. */
const SCORE_MAXIMUM = 100;

export type Answers = Record<string, string>;

export interface LessonAttempt {
  attempt: number;
  grade: LessonGrade;
  at: Date;
  /** The lesson was passed, in this attempt or another: its answers are no secret any more. */
  showsAnswers: boolean;
  /** Number for a further try. */
  nextAttempt: number;
}

/** Answers of a posted form, by question id; only questions of the lesson. Pure. */
export function readAnswers(options: {
  lesson: Pick<Lesson, 'questions'>;
  body: Readonly<Record<string, unknown>>;
}): Answers {
  const { lesson, body } = options;
  const answers: Answers = {};
  for (const { id, options: choices } of lesson.questions) {
    const given = body[`${FIELD}${id}`];
    if (choices.some((choice) => choice.id === given)) answers[id] = String(given);
  }
  return answers;
}

/** Grades and states one attempt. Throws `completion.unanswered` (400) while a question has no answer. */
export async function answerLesson(
  request: CompletionRequest & { lesson: Lesson; answers: Answers; attempt: number },
): Promise<{ outcome: CompletionOutcome; attempt: number; grade: LessonGrade }> {
  const { lesson, answers, attempt } = request;
  const missing = lesson.questions.filter(({ id }) => answers[id] === undefined).length;
  if (missing > 0)
    throw new AppError('completion.unanswered', { status: 400, values: { missing } });
  const grade = gradeLesson({ lesson, answers });
  const { correct, total, scaled, passed } = grade;
  const recorded = await recordAttempt({
    ...request,
    answered: {
      attempt,
      response: writeResponse(lesson, answers),
      score: { scaled, raw: correct, min: 0, max: total },
      passed,
    },
    beforeStating: ({ statementId, best }) =>
      keepScores({ ...request, statementId, scaled: Math.max(best, scaled) }),
  });
  return { ...recorded, grade };
}

/** For each gradebook column of the course that shows this lesson: the best score so far, to be sent later. */
async function keepScores(
  request: CompletionRequest & { lesson: Lesson; statementId: string; scaled: number },
): Promise<void> {
  const { launch, lesson, statementId, scaled, now } = request;
  const { platform, deployment, course, user } = launch;
  const { gradeScopes } = launch.services;
  if (!gradeScopes.includes(SCOPE.score)) return;
  const placed = await listActivitiesOfLessons({ deployment, lessons: [lesson.resource] });
  for (const { lineItemUrl } of placed.filter((activity) => activity.course === course)) {
    if (lineItemUrl === null) continue;
    const scoreGiven = Math.round(scaled * SCORE_MAXIMUM);
    await recordScoreDelivery({
      delivery: {
        statementId,
        platform,
        deployment,
        user,
        lineItemUrl,
        gradeScopes,
        scoreGiven,
        scoreMaximum: SCORE_MAXIMUM,
        at: now,
      },
    });
  }
}

/** An attempt as it was stated, graded again for its reasons. Throws `completion.no-attempt` (404). */
export async function getAttempt(
  options: Pick<CompletionRequest, 'launch' | 'object'> & { lesson: Lesson; attempt: number },
): Promise<LessonAttempt> {
  const { launch, object, lesson, attempt } = options;
  const states = isCounted(launch)
    ? await listCompletionStates({ launch, objectIds: [object.objectId] })
    : new Map();
  const state = completionOf(states, object.objectId);
  const found = state.attempts.find((one) => one.attempt === attempt);
  if (!found) throw new AppError('completion.no-attempt', { status: 404 });
  return {
    attempt,
    grade: gradeLesson({ lesson, answers: readResponse(found.response) }),
    at: found.at,
    showsAnswers: state.attempts.some(({ passed }) => passed === true),
    nextAttempt: state.nextAttempt,
  };
}

/** In the order of the questions, so that the same answers are the same text. */
function writeResponse(lesson: Lesson, answers: Answers): string {
  const pairs = lesson.questions.map(({ id }): [string, string] => [id, answers[id] ?? '']);
  return new URLSearchParams(pairs).toString();
}

function readResponse(response: string | null): Answers {
  return Object.fromEntries(new URLSearchParams(response ?? ''));
}
