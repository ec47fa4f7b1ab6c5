// Tells LRSs what was decided about work: an attestation, or with a score for an activity a rating, for each competency it was
// accepted for, in the learner's name and with the reviewer as instructor; and voiding statements where that is taken back.
// Idempotent: ids stand in the work's record, the first content stays.
import type { StatementSource } from '../activities/statement-source.js';
import { getActivity } from '../activities/activity.model.js';
import { describeCourseActivity } from '../activities/describe-object.js';
import { findFramework } from '../frameworks/cf-document.model.js';
import { readTree } from '../frameworks/read-tree.js';
import { enqueueStatement } from '../outbox/enqueue-statement.js';
import {
  attestedStatement,
  ratedStatement,
  voidingStatement,
} from '../xapi/statement-templates.js';
import type { Statement } from '../xapi/statement.js';
import {
  listUntoldWork,
  markWorkTold,
  type AcceptedItem,
  type ReviewWork,
  type WorkEvent,
} from './review-work.model.js';

const LANGUAGE = 'en';
const PERCENT = 100;
const AT_ONCE = 50;
/** Younger ones are being told by whoever decided them. */
const SETTLED_MS = 60_000;

interface Stating {
  work: ReviewWork;
  /** 0 to 1: the share from which on a score succeeds. */
  passShare: number;
  source: StatementSource;
}

/** Enqueues what the last decision means, then marks it as told. */
export async function stateWork(stating: Stating): Promise<void> {
  const { work } = stating;
  const last = work.history.at(-1);
  if (last?.kind === 'accepted') await stateAcceptance({ ...stating, event: last });
  if (last?.kind === 'withdrawn') await stateWithdrawal({ ...stating, event: last });
  await markWorkTold(work);
}

/** Does it for decisions after which a process stopped. Repeatable. */
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

/** Null where the framework is gone: then there is nothing left to speak for. */
async function buildAcceptance(
  options: Stating & { event: WorkEvent; accepted: AcceptedItem },
): Promise<Statement | null> {
  const { work, event, accepted, passShare, source } = options;
  const { deployment, course, user } = work;
  const viewer = { deployment };
  const framework = await findFramework({ framework: accepted.framework, viewer });
  const item = framework && (await readTree({ framework })).items.get(accepted.item);
  if (!framework || !item) return null;
  const about = { deployment, course, language: LANGUAGE, timestamp: event.at };
  const named = { framework: { uri: framework.uri, title: framework.title } };
  const [setting, { actor: instructor }] = await source
    .settingsFor([
      { ...about, ...named, user, learnerIn: course, objectId: accepted.item },
      { ...about, ...named, user: event.by, learnerIn: null, objectId: accepted.item },
    ])
    .then(pairOf);
  const competency = { iri: item.uri, name: item.fullStatement };
  const scaled = event.score === null ? null : event.score / PERCENT;
  const response = event.note === null ? {} : { response: event.note };
  const told = { id: accepted.statementId, setting, competency, instructor, ...response };
  if (scaled === null) return attestedStatement({ ...told, success: true });
  const score = { scaled, raw: event.score ?? 0, min: 0, max: PERCENT };
  const success = scaled >= passShare;
  const activity = await describeActivityOf(work);
  return activity
    ? ratedStatement({ ...told, activity, score, success })
    : attestedStatement({ ...told, score, success });
}

/** Null for work about a competency alone. */
async function describeActivityOf({ deployment, course, about }: ReviewWork) {
  if (about.kind === 'item') return null;
  const activity = await getActivity({ deployment, course, activity: about.activity });
  return describeCourseActivity({ activity, aligned: [], tree: null }).description;
}

async function stateWithdrawal(options: Stating & { event: WorkEvent }): Promise<void> {
  const { work, event, source } = options;
  const { deployment, course } = work;
  const taken = work.history.findLast(({ kind }) => kind === 'accepted')?.accepted ?? [];
  for (const accepted of taken) {
    const { actor } = await source.settingFor({
      deployment,
      course,
      user: event.by,
      learnerIn: null,
      language: LANGUAGE,
      framework: null,
      objectId: accepted.item,
      timestamp: event.at,
    });
    const statement = voidingStatement({
      id: await source.deriveId('work-withdrawn', accepted.statementId),
      actor,
      voids: accepted.statementId,
      timestamp: event.at,
    });
    await enqueue({ work, event, accepted, statement, kind: 'attested-withdrawn' });
  }
}

async function enqueue(options: {
  work: ReviewWork;
  event: WorkEvent;
  accepted: AcceptedItem;
  statement: Statement;
  kind: 'attested' | 'attested-withdrawn';
}): Promise<void> {
  const { work, event, accepted, statement, kind } = options;
  const { deployment, course, user, revision } = work;
  const about = { kind, course, objectId: accepted.item, attempt: revision };
  await enqueueStatement({ deployment, user, statement, about, now: event.at });
}

function pairOf<Setting>(settings: Setting[]): [Setting, Setting] {
  const [first, second] = settings;
  if (!first || !second) throw new Error('there is one setting for each request');
  return [first, second];
}
