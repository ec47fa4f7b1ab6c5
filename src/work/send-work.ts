// A learner sends work for review, replaces it or takes it back while it waits, and sends it again when it came back. Each is
// one write to the work's record, and that write is the fact; a file comes before it, and goes where the write was refused.
import { randomUUID } from 'node:crypto';
import { isCounted, type CourseLaunch } from '../activities/complete-object.js';
import { deleteFile } from '../files/delete-file.js';
import { AppError } from '../http/errors.js';
import {
  appendWorkEvent,
  findWork,
  insertWork,
  type ReviewWork,
  type WorkEvent,
} from './review-work.model.js';
import type { WorkSubject } from './find-subject.js';

/** A learner who changes one piece of work more often starts another. */
const MOST_EVENTS = 100;

export interface SentWork {
  note: string | null;
  link: string | null;
  file: { id: string; name: string } | null;
}

interface Sending {
  launch: CourseLaunch;
  sent: SentWork;
  now: Date;
}

/** Returns the work's id. Throws `work.not-counted` (403), `work.not-aligned` (409), `work.already-open` (409). */
export async function sendWork(options: Sending & { subject: WorkSubject }): Promise<string> {
  const { launch, subject, sent, now } = options;
  requireCounted(launch);
  if (subject.items.length === 0) throw new AppError('work.not-aligned', { status: 409 });
  const { deployment, course, user } = launch;
  const event = buildEvent({ revision: 1, kind: 'sent', by: user, sent, now });
  const work: ReviewWork = {
    id: randomUUID(),
    deployment,
    course,
    user,
    about: subject.about,
    title: subject.title,
    state: 'waiting',
    revision: 1,
    history: [event],
    changedAt: now,
    told: false,
  };
  if (!(await insertWork(work))) throw new AppError('work.already-open', { status: 409 });
  return work.id;
}

/**
 * Puts other content in place while the work waits, or sends it again after it came back. A file that nobody has reviewed is
 * deleted when it is replaced. Throws `work.changed` (409) where somebody was first, `work.decided` (409), `work.not-found`.
 */
export async function replaceWork(
  options: Sending & { work: string; expectedRevision: number },
): Promise<void> {
  const { launch, sent, now, expectedRevision } = options;
  const work = await getOwnWork(options);
  if (work.revision !== expectedRevision) throw changedMeanwhile();
  if (!isOpen(work)) throw new AppError('work.decided', { status: 409 });
  if (work.history.length >= MOST_EVENTS) throw new AppError('work.too-often', { status: 409 });
  const kind = work.state === 'returned' ? 'sent' : 'replaced';
  const revision = expectedRevision + 1;
  const event = buildEvent({ revision, kind, by: launch.user, sent, now });
  if (!(await appendWorkEvent({ work, event, state: 'waiting' }))) throw changedMeanwhile();
  if (kind === 'replaced') await deleteUnreviewed(work);
}

/** Takes it back while it waits; its file goes. Throws as replaceWork does. */
export async function takeBackWork(options: {
  launch: CourseLaunch;
  work: string;
  expectedRevision: number;
  now: Date;
}): Promise<void> {
  const { launch, expectedRevision, now } = options;
  const work = await getOwnWork(options);
  if (work.revision !== expectedRevision) throw changedMeanwhile();
  if (!isOpen(work)) throw new AppError('work.decided', { status: 409 });
  const sent = { note: null, link: null, file: null };
  const revision = expectedRevision + 1;
  const event = buildEvent({ revision, kind: 'taken-back', by: launch.user, sent, now });
  if (!(await appendWorkEvent({ work, event, state: 'taken-back' }))) throw changedMeanwhile();
  if (work.state === 'waiting') await deleteUnreviewed(work);
}

/** A learner's own work in this course. Throws `work.not-found` (404). */
export async function getOwnWork(options: {
  launch: CourseLaunch;
  work: string;
}): Promise<ReviewWork> {
  const { deployment, course, user } = options.launch;
  const found = await findWork({ deployment, course, user, work: options.work });
  if (!found) throw new AppError('work.not-found', { status: 404 });
  return found;
}

/** What the learner sent last: what waits, or what was decided about. */
export function lastSent(work: ReviewWork): WorkEvent | undefined {
  return work.history.findLast(({ kind }) => kind === 'sent' || kind === 'replaced');
}

export function buildEvent(options: {
  revision: number;
  kind: WorkEvent['kind'];
  by: string;
  sent: SentWork;
  now: Date;
}): WorkEvent {
  const { revision, kind, by, sent, now } = options;
  return { revision, at: now, by, kind, ...sent, score: null, accepted: [] };
}

function changedMeanwhile(): AppError {
  return new AppError('work.changed', { status: 409 });
}

async function deleteUnreviewed(work: ReviewWork): Promise<void> {
  const file = lastSent(work)?.file;
  if (file) await deleteFile({ deployment: work.deployment, file: file.id });
}

function isOpen({ state }: ReviewWork): boolean {
  return state === 'waiting' || state === 'returned';
}

function requireCounted(launch: CourseLaunch): void {
  if (!isCounted(launch)) throw new AppError('work.not-counted', { status: 403 });
}
