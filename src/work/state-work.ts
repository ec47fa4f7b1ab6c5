// Tells LRSs what became of work: that it was put forward (state-sent-work.ts), and what was decided: an attestation, or with a
// score for an activity a rating, for each competency it was accepted for, in the learner's name and with the reviewer as
// instructor; and voiding statements, with one that says who did it, where that is taken back.
// Idempotent: ids stand in the work's record, the first content stays.
import type { StatementSource } from '../activities/statement-source.js';
import { getActivity } from '../activities/activity.model.js';
import { describeCourseActivity } from '../activities/describe-object.js';
import {
  findCompetencySubject,
  type CompetencySubject,
} from '../activities/find-competency-subject.js';
import { settingsOfJudgement } from '../activities/judgement-setting.js';
import { enqueueStatement } from '../outbox/enqueue-statement.js';
import { attestedStatement, withdrawnStatement } from '../xapi/competency-templates.js';
import { ratedStatement, voidingStatement } from '../xapi/statement-templates.js';
import type { Statement } from '../xapi/statement.js';
import {
  listUntoldWork,
  markWorkTold,
  type AcceptedItem,
  type ReviewWork,
  type WorkEvent,
} from './review-work.model.js';
import { stateSentWork } from './state-sent-work.js';

const PERCENT = 100;
const AT_ONCE = 50;
/** Younger ones are being told by whoever decided them, and the learner may still be at it. */
const SETTLED_MS = 60_000;

interface Stating {
  work: ReviewWork;
  /** 0 to 1: the share from which on a score succeeds. */
  passShare: number;
  source: StatementSource;
}

/** Enqueues what the last sending and the last decision mean, then marks it as told. */
export async function stateWork(stating: Stating): Promise<void> {
  const { work } = stating;
  const last = work.history.at(-1);
  await stateSentWork(stating);
  if (last?.kind === 'accepted') await stateAcceptance({ ...stating, event: last });
  if (last?.kind === 'withdrawn') await stateWithdrawal({ ...stating, event: last });
  await markWorkTold(work);
}

/** Does it for changes after which a process stopped. Repeatable. */
export async function stateUntoldWork(
  options: Omit<Stating, 'work'> & { now: Date; signal?: AbortSignal },
): Promise<void> {
  const { now, signal } = options;
  const before = new Date(now.getTime() - SETTLED_MS);
  for (const work of await listUntoldWork({ before, limit: AT_ONCE })) {
    if (signal?.aborted) return;
    await stateWork({ ...options, work });
  }
}

async function stateAcceptance(options: Stating & { event: WorkEvent }): Promise<void> {
  const { work, event } = options;
  for (const accepted of event.accepted) {
    const statement = await buildAcceptance({ ...options, accepted });
    if (statement) await enqueue({ work, event, accepted, statement, kind: 'attested' });
  }
}

/** Null where the competency is gone: then there is nothing left to speak for. */
async function buildAcceptance(
  options: Stating & { event: WorkEvent; accepted: AcceptedItem },
): Promise<Statement | null> {
  const { work, event, accepted, passShare } = options;
  const subject = await findCompetencySubject({ ...accepted, deployment: work.deployment });
  if (!subject) return null;
  const { learner: setting, staff } = await settingsOf({ ...options, subject });
  const scaled = event.score === null ? null : event.score / PERCENT;
  const told = {
    id: accepted.statementId,
    setting,
    instructor: staff.actor,
    ...(event.note !== null && { response: event.note }),
  };
  if (scaled === null) return attestedStatement({ ...told, ...subject.named, success: true });
  const score = { scaled, raw: event.score ?? 0, min: 0, max: PERCENT };
  const success = scaled >= passShare;
  const activity = await describeActivityOf(work);
  const { competency } = subject.named;
  return activity
    ? ratedStatement({ ...told, competency, activity, score, success })
    : attestedStatement({ ...told, ...subject.named, score, success });
}

/** Null for work about a competency alone. */
async function describeActivityOf({ deployment, course, about }: ReviewWork) {
  if (about.kind === 'item') return null;
  const activity = await getActivity({ deployment, course, activity: about.activity });
  return describeCourseActivity({ activity, aligned: [], tree: null }).description;
}

async function stateWithdrawal(options: Stating & { event: WorkEvent }): Promise<void> {
  const { work, event, source } = options;
  const taken = work.history.findLast(({ kind }) => kind === 'accepted')?.accepted ?? [];
  for (const accepted of taken) {
    const { statementId } = accepted;
    const subject = await findCompetencySubject({ ...accepted, deployment: work.deployment });
    const { learner, staff } = await settingsOf({ ...options, accepted, subject });
    const told = { work, event, accepted };
    const voiding = voidingStatement({
      id: await source.deriveId('work-withdrawn', statementId),
      actor: staff.actor,
      voids: statementId,
      timestamp: event.at,
    });
    await enqueue({ ...told, statement: voiding, kind: 'attested-withdrawn' });
    if (!subject) continue;
    const saying = withdrawnStatement({
      id: await source.deriveId('work-withdrawal-told', statementId),
      setting: learner,
      ...subject.named,
      instructor: staff.actor,
      withdraws: statementId,
    });
    await enqueue({ ...told, statement: saying, kind: 'withdrawn' });
  }
}

function settingsOf(
  options: Stating & {
    event: WorkEvent;
    accepted: AcceptedItem;
    subject: CompetencySubject | null;
  },
) {
  const { work, event, accepted, subject, source } = options;
  return settingsOfJudgement({
    source,
    judgement: { ...work, by: event.by },
    framework: subject && subject.framework,
    objectId: accepted.item,
    timestamp: event.at,
  });
}

async function enqueue(options: {
  work: ReviewWork;
  event: WorkEvent;
  accepted: AcceptedItem;
  statement: Statement;
  kind: 'attested' | 'attested-withdrawn' | 'withdrawn';
}): Promise<void> {
  const { work, event, accepted, statement, kind } = options;
  const { deployment, course, user, revision } = work;
  const about = { kind, course, objectId: accepted.item, attempt: revision };
  await enqueueStatement({ deployment, user, statement, about, now: event.at });
}
