// A learner's own word that something is done, and its taking back; an opening; a question set that was answered. In each
// the enqueued statement is the one write and the fact; ids follow from learner, course, object and attempt, so that a
// double click is the same statement. What test users and staff do is never stated.
import type { CurrentLaunch } from '../lti/current-launch.js';
import { isCountedLearner } from '../lti/membership.model.js';
import type { Role } from '../lti/roles.js';
import { enqueueStatement } from '../outbox/enqueue-statement.js';
import { listOutboxStatements } from '../outbox/outbox-statement.model.js';
import type { ActivityDescription, CompetencyDescription } from '../xapi/statement-parts.js';
import {
  completedStatement,
  experiencedStatement,
  initializedStatement,
  voidingStatement,
} from '../xapi/statement-templates.js';
import { completionOf, readCompletionStates, type CompletionState } from './completion-state.js';
import type { StatementSource } from './statement-source.js';

export type CourseLaunch = CurrentLaunch & { course: string };

/** What is opened or done: an activity of the course or a resource of the library. */
export interface CompletableObject {
  /** Our id of it. */
  objectId: string;
  description: ActivityDescription;
  competencies: CompetencyDescription[];
  framework: { uri: string; title: string } | null;
}

export interface CompletionRequest {
  launch: CourseLaunch;
  object: CompletableObject;
  source: StatementSource;
  now: Date;
  /** Number of the mark that was made or taken back; what stands now where it is absent. */
  mark?: number;
}

export type CompletionOutcome = 'done' | 'already' | 'not-counted';

/** True for people whose pages are a student's, test students included. */
export function isLearner(launch: CurrentLaunch): boolean {
  return isCountedLearner({ roles: toldRoles(launch), testUser: false });
}

/** True for a learner of the course; false for staff and test users, whose doings are shown to them and never stated. */
export function isCounted(launch: CurrentLaunch): boolean {
  return isCountedLearner({ roles: toldRoles(launch), testUser: launch.testUser });
}

/** What the platform says the person is: a learner whom somebody named a reviewer still learns. */
function toldRoles({ roles, granted }: CurrentLaunch): Role[] {
  return roles.filter((role) => !granted.includes(role));
}

/**
 * Marks as done on the learner's word (declared). `already` where the mark stands; `stale` where it was taken back since, so
 * that a mark which comes late or twice does not undo the undoing.
 */
export async function completeObject(
  request: CompletionRequest,
): Promise<CompletionOutcome | 'stale'> {
  const { launch, object, source, now, mark } = request;
  if (!isCounted(launch)) return 'not-counted';
  const { marked, nextMark } = await readState(request);
  if (mark !== undefined && mark < nextMark) return 'stale';
  if (marked) return 'already';
  const statement = completedStatement({
    id: await source.deriveId('declared', launch.user, launch.course, object.objectId, nextMark),
    setting: await settingOf(request),
    activity: object.description,
    competencies: object.competencies,
    evidenceKind: 'declared',
  });
  const { already } = await enqueue(request, {
    statement,
    kind: 'completed',
    attempt: nextMark,
    now,
  });
  return already ? 'already' : 'done';
}

/** Takes the mark back by voiding its statement, which also makes room for the next one. */
export async function undoCompletion(
  request: CompletionRequest,
): Promise<'undone' | 'nothing-to-undo' | 'not-counted'> {
  const { launch, object, source, now, mark } = request;
  if (!isCounted(launch)) return 'not-counted';
  const { marked } = await readState(request);
  if (!marked || (mark !== undefined && mark !== marked.attempt)) return 'nothing-to-undo';
  const { actor } = await settingOf(request);
  const statement = voidingStatement({
    id: await source.deriveId(
      'undone',
      launch.user,
      launch.course,
      object.objectId,
      marked.attempt,
    ),
    actor,
    voids: marked.statementId,
    timestamp: now,
  });
  await enqueue(request, { statement, kind: 'voided', attempt: marked.attempt, now });
  return 'undone';
}

/** States that the learner opened it, once a launch. */
export async function openObject(request: CompletionRequest): Promise<CompletionOutcome> {
  const { launch, object, source, now } = request;
  if (!isCounted(launch)) return 'not-counted';
  const statement = experiencedStatement({
    id: await source.deriveId('opened', launch.user, launch.course, object.objectId, launch.id),
    setting: await settingOf(request),
    activity: object.description,
    competencies: object.competencies,
  });
  const { already } = await enqueue(request, { statement, kind: 'experienced', attempt: 1, now });
  return already ? 'already' : 'done';
}

/** States that the learner began the attempt that the question form is for: once each, however often the page is opened. */
export async function beginAttempt(request: CompletionRequest): Promise<void> {
  const { launch, object, source, now } = request;
  if (!isCounted(launch)) return;
  const { deployment, user, course } = launch;
  const { objectId } = object;
  const [{ nextAttempt }, [begun]] = await Promise.all([
    readState(request),
    listOutboxStatements({
      deployment,
      user,
      course,
      kinds: ['initialized'],
      objectIds: [objectId],
      newest: 1,
    }),
  ]);
  if (begun && begun.about.attempt >= nextAttempt) return;
  const statement = initializedStatement({
    id: await source.deriveId('initialized', user, course, objectId, nextAttempt),
    setting: await settingOf(request),
    activity: object.description,
    competencies: object.competencies,
  });
  await enqueue(request, { statement, kind: 'initialized', attempt: nextAttempt, now });
}

/** What was answered and how it was graded. */
export interface AnsweredSet {
  /** The number that the answered form was for. */
  attempt: number;
  /** The answers as one text, always in the same order. */
  response: string;
  score: { scaled: number; raw: number; min: number; max: number };
  passed: boolean;
}

/**
 * States a scored attempt (assessed). The same answers to the same attempt are the same statement; other answers to an
 * attempt that is stated already are the next one. Returns the attempt's number.
 */
export async function recordAttempt(
  request: CompletionRequest & {
    answered: AnsweredSet;
    /** Keeps what must not be lost when the process stops after the statement; `best` is the best score before. */
    beforeStating?: (stating: { statementId: string; best: number }) => Promise<void>;
  },
): Promise<{ outcome: CompletionOutcome; attempt: number }> {
  const { launch, object, source, now, answered, beforeStating } = request;
  if (!isCounted(launch)) return { outcome: 'not-counted', attempt: 0 };
  const { attempts, nextAttempt, best } = await readState(request);
  const stated = attempts.find(({ attempt }) => attempt === answered.attempt);
  if (stated?.response === answered.response)
    return { outcome: 'already', attempt: answered.attempt };
  const { user, course } = launch;
  const id = await source.deriveId('assessed', user, course, object.objectId, nextAttempt);
  await beforeStating?.({ statementId: id, best: best?.scaled ?? 0 });
  const plain = completedStatement({
    id,
    setting: await settingOf(request),
    activity: object.description,
    competencies: object.competencies,
    evidenceKind: 'assessed',
    score: answered.score,
    success: answered.passed,
  });
  const statement = { ...plain, result: { ...plain.result, response: answered.response } };
  const { already } = await enqueue(request, {
    statement,
    kind: 'completed',
    attempt: nextAttempt,
    now,
  });
  return { outcome: already ? 'already' : 'done', attempt: nextAttempt };
}

/** What the learner did with objects in this course, from the outbox. */
export async function listCompletionStates(options: {
  launch: CourseLaunch;
  objectIds: string[];
}): Promise<Map<string, CompletionState>> {
  const { launch, objectIds } = options;
  const { deployment, user, course } = launch;
  if (objectIds.length === 0 || !isCounted(launch)) return new Map();
  const facts = await listOutboxStatements({
    deployment,
    user,
    course,
    kinds: ['completed', 'voided', 'result', 'result-withdrawn'],
    objectIds,
  });
  return readCompletionStates(facts);
}

async function readState({ launch, object }: CompletionRequest): Promise<CompletionState> {
  const states = await listCompletionStates({ launch, objectIds: [object.objectId] });
  return completionOf(states, object.objectId);
}

function settingOf({ launch, object, source, now }: CompletionRequest) {
  return source.settingFor({
    deployment: launch.deployment,
    user: launch.user,
    course: launch.course,
    courseTitle: launch.courseTitle,
    learnerIn: launch.course,
    language: launch.language,
    framework: object.framework,
    objectId: object.objectId,
    timestamp: now,
  });
}

function enqueue(
  { launch, object }: CompletionRequest,
  event: {
    statement: Parameters<typeof enqueueStatement>[0]['statement'];
    kind: 'completed' | 'voided' | 'experienced' | 'initialized';
    attempt: number;
    now: Date;
  },
) {
  const { statement, kind, attempt, now } = event;
  const about = { kind, course: launch.course, objectId: object.objectId, attempt };
  return enqueueStatement({
    deployment: launch.deployment,
    user: launch.user,
    statement,
    about,
    now,
  });
}
