// A reviewer decides about work that waits: accepts it, sends it back with a comment, or takes an acceptance back. The event in
// the work's record is the one write that is the fact; the statements it names follow (state-work.ts).
import { AppError } from '../http/errors.js';
import type { CourseLaunch } from '../activities/complete-object.js';
import type { StatementSource } from '../activities/statement-source.js';
import { getWorkSubject } from './find-subject.js';
import {
  appendWorkEvent,
  findWork,
  type AcceptedItem,
  type ReviewWork,
  type WorkEvent,
} from './review-work.model.js';
import { buildEvent } from './send-work.js';
import { stateWork } from './state-work.js';

export interface WorkDecision {
  decision: 'accepted' | 'returned' | 'withdrawn';
  comment: string | null;
  /** Percent; null accepts on the reviewer's word alone. */
  score: number | null;
  /** Identifiers of the competencies it is accepted for. */
  items: string[];
}

/**
 * Throws `work.not-found` (404), `work.changed` (409) where the learner or another reviewer was first, `work.not-waiting`
 * (409), `work.may-not-attest` (403), `work.comment-needed` and `work.nothing-chosen` (400).
 */
export async function decideWork(options: {
  launch: CourseLaunch;
  work: string;
  expectedRevision: number;
  decision: WorkDecision;
  /** 0 to 1: the share from which on a score succeeds. */
  passShare: number;
  source: StatementSource;
  now: Date;
}): Promise<void> {
  const { launch, expectedRevision, decision, source, now } = options;
  const { deployment, course, user } = launch;
  const work = await findWork({ deployment, course, work: options.work });
  if (!work) throw new AppError('work.not-found', { status: 404 });
  if (work.revision !== expectedRevision) throw await decidedMeanwhile(work);
  requireFitting({ launch, work, decision });
  const revision = expectedRevision + 1;
  const accepted =
    decision.decision === 'accepted'
      ? await chooseItems({ work, items: decision.items, revision, source })
      : [];
  const sent = { note: decision.comment, link: null, file: null };
  const event: WorkEvent = {
    ...buildEvent({ revision, kind: decision.decision, by: user, sent, now }),
    score: decision.decision === 'accepted' ? decision.score : null,
    accepted,
  };
  if (!(await appendWorkEvent({ work, event, state: decision.decision })))
    throw await decidedMeanwhile(work);
  const decided: ReviewWork = {
    ...work,
    revision,
    state: decision.decision,
    history: [...work.history, event],
    changedAt: now,
    told: false,
  };
  await stateWork({ work: decided, passShare: options.passShare, source });
}

function requireFitting(options: {
  launch: CourseLaunch;
  work: ReviewWork;
  decision: WorkDecision;
}): void {
  const { launch, work, decision } = options;
  const expected = decision.decision === 'withdrawn' ? 'accepted' : 'waiting';
  if (work.state !== expected) throw new AppError('work.not-waiting', { status: 409 });
  // Whoever reads the course's work may send it back; accepting it is a word for the learner.
  if (decision.decision !== 'returned' && !launch.mayAttest)
    throw new AppError('work.may-not-attest', { status: 403 });
  if (decision.decision !== 'accepted' && decision.comment === null)
    throw new AppError('work.comment-needed', { status: 400 });
}

async function chooseItems(options: {
  work: ReviewWork;
  items: readonly string[];
  revision: number;
  source: StatementSource;
}): Promise<AcceptedItem[]> {
  const { work, items, revision, source } = options;
  const { tree, items: offered } = await getWorkSubject(work);
  const chosen = offered.filter(({ identifier }) => items.includes(identifier));
  if (chosen.length === 0) throw new AppError('work.nothing-chosen', { status: 400 });
  return Promise.all(
    chosen.map(async ({ identifier }) => ({
      framework: tree.framework.id,
      item: identifier,
      statementId: await source.deriveId('work-accepted', work.id, revision, identifier),
    })),
  );
}

/** Says what stands there now, so that the second of two reviewers knows what the first one did. */
async function decidedMeanwhile({ id, deployment, course }: ReviewWork): Promise<AppError> {
  const now = await findWork({ deployment, course, work: id });
  return new AppError('work.changed', { status: 409, values: { state: now?.state ?? '' } });
}
