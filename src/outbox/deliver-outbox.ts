// Tells every destination what it was not told yet: one pass over all of them, each at its own pace, several parts of the
// outbox at the same time. Processes share the work by leases; two at the same part would send the same ids twice, no more.
import { deliverParked } from './deliver-parked.js';
import { deliverPartition } from './deliver-partition.js';
import { isDue, openLane, type DeliveryDeps, type Lane } from './delivery-lane.js';
import { listDestinations, type Destination } from './destination.model.js';
import { getDestination, remakeOwnKey } from './destinations.js';
import { listCursors } from './outbox-cursor.model.js';
import { OUTBOX_LOGS } from './outbox-partition.js';
import { findVisibleThrough, measureOutgoing } from './outbox-statement.model.js';

const PARALLEL = 4;
/** A new key that is refused as well, so many times in a row, is no cure. */
const MOST_NEW_KEYS = 5;
/** A pass only says whether much is left; countBacklog counts. */
const MOST_WAITING = 200;

export interface Delivery {
  delivered: number;
  parked: number;
  /** Statements still to be told, over all destinations chosen; each part counts up to 200. */
  waiting: number;
}

/**
 * One pass; returns when everything is told or has to wait. The LRS's answer is the fact; cursors and parked statements
 * follow it and are repeated after a stop. A destination's trouble never reaches another one: what is no answer of an LRS,
 * such as a lost database, is thrown after all others had their turn.
 */
export async function deliverOutbox(
  options: DeliveryDeps & { destinations?: 'all' | 'own' | 'others'; signal: AbortSignal },
): Promise<Delivery> {
  const { destinations = 'all', signal, ...deps } = options;
  const chosen = (await listDestinations()).filter(
    ({ isOwn }) => destinations === 'all' || isOwn === (destinations === 'own'),
  );
  const outcomes = await Promise.allSettled(
    chosen.map((destination) => deliverTo({ destination, deps, signal })),
  );
  const total: Delivery = { delivered: 0, parked: 0, waiting: 0 };
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') throw outcome.reason;
    addTo(total, outcome.value);
  }
  return total;
}

interface Turn {
  destination: Destination;
  deps: DeliveryDeps;
  signal: AbortSignal;
}

async function deliverTo(turn: Turn): Promise<Delivery> {
  const { deps, signal } = turn;
  const destination = await reviveOwn(turn);
  const total: Delivery = { delivered: 0, parked: 0, waiting: 0 };
  const lane = isDue(destination, deps.now()) ? await openLane({ destination, deps }) : null;
  if (lane) {
    addTo(total, await deliverParked({ lane, deps, signal }));
    const work = shuffle([...(await listWork(destination, deps)).keys()], deps);
    if (work.length === 0) return total;
    const parts: Parts = { lane, work, total, deps, signal };
    if (destination.failures > 0) await probe(parts);
    await sendParts(parts);
  }
  total.waiting = await countWaiting(destination, deps);
  return total;
}

/** Our own LRS in need of a new key gets one by itself; an LRS of others waits for somebody. */
async function reviveOwn({ destination, deps }: Turn): Promise<Destination> {
  const { isOwn, status, stoppedReason, failures, retryAt } = destination;
  const { makeOwnKey, secret, now, log } = deps;
  const isRefused = isOwn && status === 'stopped' && stoppedReason === 'credentials';
  const isTime = retryAt === null || retryAt <= now();
  if (!isRefused || !isTime || !makeOwnKey || failures > MOST_NEW_KEYS) return destination;
  await remakeOwnKey({ secret, makeKey: makeOwnKey });
  log.info({ destination: destination.id }, 'our own LRS gave us a new key');
  return getDestination({ destination: destination.id });
}

interface Parts {
  lane: Lane;
  work: string[];
  total: Delivery;
  deps: DeliveryDeps;
  signal: AbortSignal;
}

/** After a failure one request goes ahead: an LRS that comes back is not met by all parts at once. */
async function probe({ lane, work, total, deps, signal }: Parts): Promise<void> {
  for (const log of work) {
    if (lane.isHalted || signal.aborted) return;
    const sent = await deliverPartition({ lane, log, mostBatches: 1, deps, signal });
    addTo(total, sent);
    if (sent.batches > 0) return;
  }
}

async function sendParts({ lane, work, total, deps, signal }: Parts): Promise<void> {
  const queue = [...work];
  const run = async () => {
    for (let log = queue.shift(); log !== undefined; log = queue.shift()) {
      if (lane.isHalted || signal.aborted) return;
      addTo(total, await deliverPartition({ lane, log, mostBatches: Infinity, deps, signal }));
    }
  };
  const parallel = Math.min(deps.parallel ?? PARALLEL, queue.length);
  await Promise.all(Array.from({ length: parallel }, run));
}

/** The parts that go on beyond what this destination was told, with how far it was. */
async function listWork(
  destination: Destination,
  deps: DeliveryDeps,
): Promise<Map<string, number>> {
  const now = deps.now();
  const cursors = await listCursors({ destination: destination.id });
  const work = new Map<string, number>();
  await Promise.all(
    OUTBOX_LOGS.map(async (log) => {
      const position = cursors.get(log)?.position ?? 0;
      if ((await findVisibleThrough({ log, now })) > position) work.set(log, position);
    }),
  );
  return work;
}

async function countWaiting(destination: Destination, deps: DeliveryDeps): Promise<number> {
  const testData = destination.keepsTestData ? 'included' : 'left-out';
  const work = [...(await listWork(destination, deps))];
  const parts = await Promise.all(
    work.map(([log, after]) => measureOutgoing({ log, after, testData, most: MOST_WAITING })),
  );
  return parts.reduce((sum, { count }) => sum + count, 0);
}

/** So that one part that fails is not always the first that is tried. */
function shuffle(logs: string[], { random = Math.random }: DeliveryDeps): string[] {
  return logs
    .map((log) => ({ log, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ log }) => log);
}

function addTo(total: Delivery, more: Partial<Delivery>): void {
  total.delivered += more.delivered ?? 0;
  total.parked += more.parked ?? 0;
  total.waiting += more.waiting ?? 0;
}
