// The worker that sends scores of our lessons to the gradebook columns they were placed with (AGS 2.0, 3.4). A platform that
// does not answer is asked again, more and more rarely, for about three days; what it refuses is kept with its reason.
import type { AppLog } from '../logger.js';
import { isAppError } from '../http/errors.js';
import type { LtiServices } from '../lti/lti-services.js';
import { sendScore } from '../lti/send-score.js';
import { findUser } from '../lti/user.model.js';
import { outboxLogOf } from '../outbox/outbox-partition.js';
import { findOutgoing } from '../outbox/outbox-statement.model.js';
import {
  listDueScores,
  postponeScore,
  settleScore,
  type ScoreDelivery,
} from './score-delivery.model.js';

const BATCH = 50;
const MAX_TRIES = 20;
const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 6 * 60 * 60 * 1_000;
/** A statement that is not in the outbox this long after its score was written was never stated. */
const DROP_AFTER_MS = 10 * 60 * 1_000;

interface Delivering {
  services: LtiServices;
  now: () => Date;
  log: Pick<AppLog, 'warn'>;
  signal?: AbortSignal;
}

/** Sends what is due. Returns how many scores the platforms took. */
export async function deliverScores(delivering: Delivering): Promise<number> {
  let sent = 0;
  for (const delivery of await listDueScores({ now: delivering.now(), limit: BATCH })) {
    if (delivering.signal?.aborted) break;
    if (await deliverScore({ ...delivering, delivery })) sent += 1;
  }
  return sent;
}

async function deliverScore(options: Delivering & { delivery: ScoreDelivery }): Promise<boolean> {
  const { delivery, now } = options;
  const { statementId, user, at } = delivery;
  const stated = await findOutgoing({ log: outboxLogOf(user), statementId });
  if (!stated) {
    if (now().getTime() - at.getTime() > DROP_AFTER_MS)
      await settleScore({ delivery, status: 'dropped', fault: 'never stated' });
    else
      await postponeScore({
        delivery,
        nextAt: new Date(now().getTime() + FIRST_WAIT_MS),
        fault: 'not stated yet',
      });
    return false;
  }
  const person = await findUser({ user });
  if (!person) {
    await settleScore({ delivery, status: 'dropped', fault: 'the person is not known any more' });
    return false;
  }
  try {
    const outcome = await sendScore({
      ...describe(options.services, delivery),
      score: toScore(delivery, person.sub),
    });
    await settleScore({ delivery, status: outcome, fault: null });
    return outcome === 'sent';
  } catch (error) {
    await keepFault({ ...options, error });
    return false;
  }
}

function describe(services: LtiServices, delivery: ScoreDelivery) {
  const { platform, deployment, lineItemUrl, gradeScopes } = delivery;
  const offered = { lineItemsUrl: null, lineItemUrl, gradeScopes, membershipsUrl: null };
  return { services, target: { platform, deployment, services: offered }, lineItemUrl };
}

function toScore({ scoreGiven, scoreMaximum, at }: ScoreDelivery, userId: string) {
  return {
    userId,
    timestamp: at.toISOString(),
    activityProgress: 'Completed' as const,
    gradingProgress: 'FullyGraded' as const,
    scoreGiven,
    scoreMaximum,
  };
}

async function keepFault(
  options: Delivering & { delivery: ScoreDelivery; error: unknown },
): Promise<void> {
  const { delivery, error, now, log } = options;
  const fault = isAppError(error) ? error.message : 'unknown';
  const isFinal =
    delivery.tries + 1 >= MAX_TRIES ||
    (isAppError(error) && ['lti.service-missing', 'lti.score'].includes(error.code));
  if (isFinal) {
    log.warn({ delivery: delivery.id, fault }, 'a score was not taken by the platform');
    await settleScore({ delivery, status: 'failed', fault });
    return;
  }
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** delivery.tries);
  await postponeScore({ delivery, nextAt: new Date(now().getTime() + wait), fault });
}
