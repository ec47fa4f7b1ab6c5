// The worker that sends scores to the gradebook columns they were placed with (AGS 2.0, 3.4): one sender a learner and column
// at a time, each score under a later time stamp, never one that lowers a grade. A platform that does not answer is asked
// again, more and more rarely, for about three days; what it refuses for good is kept with its words.
import { randomUUID } from 'node:crypto';
import type { AppLog } from '../logger.js';
import { isAppError } from '../http/errors.js';
import type { LtiServices } from '../lti/lti-services.js';
import { readResults } from '../lti/read-results.js';
import { sendScore } from '../lti/send-score.js';
import { findServiceHold } from '../lti/service-hold.model.js';
import { describeServiceError, isPermanent } from '../lti/service-answer.js';
import { findUser } from '../lti/user.model.js';
import { SCOPE } from '../lti/vocabulary.js';
import { outboxLogOf } from '../outbox/outbox-partition.js';
import { findOutgoing } from '../outbox/outbox-statement.model.js';
import { chooseScore, stampScore, wouldLower } from './choose-score.js';
import {
  listDueScores,
  listWaitingScores,
  postponePlatform,
  postponeScores,
  settleScores,
  supersedeFailedScores,
  type ScoreDelivery,
} from './score-delivery.model.js';
import {
  claimLane,
  keepTaken,
  releaseLane,
  stampLane,
  type ScoreLane,
  type ScoreLaneKey,
} from './score-lane.model.js';

const BATCH = 200;
const MAX_TRIES = 20;
const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 6 * 60 * 60 * 1_000;
/** A platform that cannot be reached is left alone for this long, with everything that waits for it. */
const PLATFORM_WAIT_MS = 60_000;
/** Longer than a look at the gradebook and a sending take with all their retries. */
const CLAIM_MS = 3 * 60_000;
/** A statement that is not in the outbox this long after its score was written was never stated. */
const DROP_AFTER_MS = 10 * 60 * 1_000;
/** Nobody was asked, so it counts as no try. */
const WAITING_CODES = ['lti.service-busy', 'lti.service-paused'];
/** Not the score's fault: nothing of the platform can be sent now. */
const PLATFORM_CODES = [
  ...WAITING_CODES,
  'lti.service-token',
  'outgoing.timeout',
  'outgoing.unreachable',
];

interface Delivering {
  services: LtiServices;
  now: () => Date;
  log: Pick<AppLog, 'warn'>;
  signal?: AbortSignal;
}

type Lane = ScoreLaneKey & { platform: string };
type LaneOutcome = 'sent' | 'nothing' | 'platform-away';

/** Sends what is due, platforms beside each other. Returns how many scores the platforms took. */
export async function deliverScores(delivering: Delivering): Promise<number> {
  const due = await listDueScores({ now: delivering.now(), limit: BATCH });
  const platforms = [...new Set(due.map(({ platform }) => platform))];
  const counts = await Promise.all(
    platforms.map((platform) =>
      deliverTo({ ...delivering, lanes: due.filter((lane) => lane.platform === platform) }),
    ),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

async function deliverTo(options: Delivering & { lanes: Lane[] }): Promise<number> {
  const { lanes, ...delivering } = options;
  let sent = 0;
  for (const lane of lanes) {
    if (delivering.signal?.aborted) break;
    const outcome = await deliverLane({ ...delivering, lane });
    if (outcome === 'platform-away') break;
    if (outcome === 'sent') sent += 1;
  }
  return sent;
}

/** Several senders at once are harmless: one has the lane, and the stamp that it writes first is its proof. */
async function deliverLane(options: Delivering & { lane: Lane }): Promise<LaneOutcome> {
  const { lane, now } = options;
  const token = randomUUID();
  const until = () => new Date(now().getTime() + CLAIM_MS);
  const state = await claimLane({ lane, token, now: now(), until: until() });
  if (!state) return 'nothing';
  try {
    const ready = await listReady(options);
    return await sendBest({
      ...options,
      ready,
      state,
      stamp: (timestamp) => stampLane({ lane, token, timestamp, until: until() }),
    });
  } finally {
    await releaseLane({ lane, token, now: now() });
  }
}

/** What waits and is stated, or was computed. What was never stated is dropped, what may be stated yet waits on. */
async function listReady(options: Delivering & { lane: Lane }): Promise<ScoreDelivery[]> {
  const { lane, now } = options;
  const { deployment, user } = lane;
  const ready: ScoreDelivery[] = [];
  for (const delivery of await listWaitingScores({ lane })) {
    const { id, basis, statementId, at } = delivery;
    const isReady =
      basis === 'attainment' || (await findOutgoing({ log: outboxLogOf(user), statementId }));
    if (isReady) ready.push(delivery);
    else if (now().getTime() - at.getTime() > DROP_AFTER_MS)
      await settleScores({ deployment, ids: [id], status: 'dropped', fault: 'never stated' });
    else
      await postponeScores({
        deployment,
        ids: [id],
        nextAt: new Date(now().getTime() + FIRST_WAIT_MS),
        fault: 'not stated yet',
        isTry: false,
      });
  }
  return ready;
}

interface Sending extends Delivering {
  lane: Lane;
  ready: ScoreDelivery[];
  state: ScoreLane;
  /** Keeps the stamp; false when another sender has the lane by now. */
  stamp: (timestamp: Date) => Promise<boolean>;
}

async function sendBest(sending: Sending): Promise<LaneOutcome> {
  const { lane, ready, state, now, stamp } = sending;
  const { deployment } = lane;
  const ids = ready.map(({ id }) => id);
  const supersede = (fault: string) =>
    settleScores({ deployment, ids, status: 'superseded', fault });
  const keep = ready.at(-1)?.keep ?? 'highest';
  const chosen = chooseScore({ scores: ready, taken: state.taken, keep });
  if (!chosen) {
    await supersede('the platform took a better one before');
    return 'nothing';
  }
  const timestamp = stampScore({ at: chosen.at, last: state.lastTimestamp });
  if (timestamp.getTime() > now().getTime()) {
    await postponeScores({ deployment, ids, nextAt: timestamp, fault: null, isTry: false });
    return 'nothing';
  }
  const person = await findUser({ user: lane.user });
  if (!person) {
    const fault = 'the person is not known any more';
    await settleScores({ deployment, ids, status: 'dropped', fault });
    return 'nothing';
  }
  try {
    if (keep === 'highest' && (await isLowerThanHeld(sending, chosen, person.sub))) {
      await supersede('the gradebook holds a better one');
      return 'nothing';
    }
    if (!(await stamp(timestamp))) return 'nothing';
    const outcome = await sendScore({
      ...describe(sending, chosen),
      score: toScore(chosen, { userId: person.sub, timestamp }),
    });
    // A newer score than ours is somebody's decision in the gradebook: it stands.
    if (outcome === 'superseded') {
      await supersede('the gradebook holds a newer one');
      return 'nothing';
    }
    await keepSent(sending, chosen);
    return 'sent';
  } catch (error) {
    return keepFault({ ...sending, chosen, error });
  }
}

/** First that it was taken, then the rest: killed in between, the same score goes out again under a later stamp. */
async function keepSent({ lane, ready }: Sending, chosen: ScoreDelivery): Promise<void> {
  const { deployment } = lane;
  await keepTaken({ lane, taken: chosen });
  await settleScores({ deployment, ids: [chosen.id], status: 'sent', fault: null });
  const others = ready.filter(({ id }) => id !== chosen.id).map(({ id }) => id);
  await settleScores({ deployment, ids: others, status: 'superseded', fault: null });
  await supersedeFailedScores({ lane });
}

/** A teacher may have given more by hand. Where the platform does not let us look, nothing is known against sending. */
async function isLowerThanHeld(
  sending: Sending,
  chosen: ScoreDelivery,
  sub: string,
): Promise<boolean> {
  if (!chosen.gradeScopes.includes(SCOPE.resultReadOnly)) return false;
  try {
    for await (const page of readResults({ ...describe(sending, chosen), sub })) {
      const held = page.find((result) => result.sub === sub);
      if (held) return wouldLower({ score: chosen, held });
    }
    return false;
  } catch (error) {
    if (isPermanent(error)) return false;
    throw error;
  }
}

function describe({ services }: Delivering, delivery: ScoreDelivery) {
  const { platform, deployment, lineItemUrl, gradeScopes } = delivery;
  const offered = { lineItemsUrl: null, lineItemUrl, gradeScopes, membershipsUrl: null };
  return { services, target: { platform, deployment, services: offered }, lineItemUrl };
}

/** Always final and with a score: anything else clears a grade on Moodle. */
function toScore(
  { scoreGiven, scoreMaximum }: ScoreDelivery,
  of: { userId: string; timestamp: Date },
) {
  return {
    userId: of.userId,
    timestamp: of.timestamp.toISOString(),
    activityProgress: 'Completed' as const,
    gradingProgress: 'FullyGraded' as const,
    scoreGiven,
    scoreMaximum,
  };
}

async function keepFault(
  options: Sending & { chosen: ScoreDelivery; error: unknown },
): Promise<LaneOutcome> {
  const { lane, ready, chosen, error, now, log } = options;
  const { deployment, platform } = lane;
  const ids = ready.map(({ id }) => id);
  const fault = describeServiceError(error);
  const isAway = isAppError(error) && PLATFORM_CODES.includes(error.code);
  const isWaiting = isAppError(error) && WAITING_CODES.includes(error.code);
  if (isPermanent(error) || (!isWaiting && chosen.tries + 1 >= MAX_TRIES)) {
    log.warn({ delivery: chosen.id, fault }, 'a score was not taken by the platform');
    const others = ids.filter((id) => id !== chosen.id);
    await settleScores({ deployment, ids: others, status: 'superseded', fault });
    await settleScores({ deployment, ids: [chosen.id], status: 'failed', fault });
    return 'nothing';
  }
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** chosen.tries);
  const hold = await findServiceHold({ platform, now: now() });
  const nextAt = laterOf(new Date(now().getTime() + wait), hold);
  await postponeScores({ deployment, ids, nextAt, fault, isTry: !isWaiting });
  if (!isAway && !hold) return 'nothing';
  await postponePlatform({
    platform,
    until: hold ?? new Date(now().getTime() + PLATFORM_WAIT_MS),
  });
  return 'platform-away';
}

function laterOf(one: Date, other: Date | null): Date {
  return other && other.getTime() > one.getTime() ? other : one;
}
