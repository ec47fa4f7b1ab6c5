// One destination during one pass of the delivery: how to reach it, and whether it is to be left alone. All its parts share
// the lane, so that one failed attempt stops the others before they ask the same LRS; the wait itself lies in the database.
import type { Log } from '../logger.js';
import type { OutgoingClient } from '../outgoing/outgoing-client.js';
import { UnsealError } from '../secrets.js';
import { deliveryWaitMs } from './delivery-wait.js';
import {
  findDestination,
  noteFailure,
  noteSuccess,
  type Destination,
} from './destination.model.js';
import { openPassword, type LrsKey } from './destinations.js';
import { createLrsClient, type LrsClient, type LrsConnection } from './lrs-client.js';
import type { Halt } from './send-statements.js';

const TIMEOUT_MS = 30_000;
const NOTE_SUCCESS_EVERY_MS = 1_000;

export interface DeliveryDeps {
  outgoing: Pick<OutgoingClient, 'request'>;
  secret: string;
  now: () => Date;
  log: Log;
  /** Names this process in leases. */
  holder: string;
  /** Statements a request at most. */
  batchSize?: number;
  /** Parts that are sent at the same time to one destination. */
  parallel?: number;
  timeoutMs?: number;
  /** In [0, 1), for jitter and fairness. */
  random?: () => number;
  /** Makes another key of our own LRS, for when it takes the old one no longer. */
  makeOwnKey?: () => Promise<LrsKey>;
}

export interface Lane {
  destination: string;
  connection: LrsConnection;
  isHalted: boolean;
}

/** True when the destination may be asked now. */
export function isDue(destination: Destination, now: Date): boolean {
  const { status, retryAt } = destination;
  return status === 'active' && (retryAt === null || retryAt <= now);
}

/** Null, and the destination stopped, when its password cannot be opened with this secret. */
export async function openLane(options: {
  destination: Destination;
  deps: DeliveryDeps;
}): Promise<Lane | null> {
  const { destination, deps } = options;
  const { id, endpoint, key, version, gzip, failures } = destination;
  try {
    const password = await openPassword({ destination: id, secret: deps.secret });
    return {
      destination: id,
      connection: { endpoint, key, password, version, gzip },
      isHalted: false,
    };
  } catch (error) {
    if (!(error instanceof UnsealError)) throw error;
    deps.log.error({ err: error, destination: id }, 'the password of an LRS cannot be opened');
    await noteFailure({
      destination: id,
      seenFailures: failures,
      error: error.message,
      retryAt: deps.now(),
      stop: 'credentials',
    });
    return null;
  }
}

/** The destination as it is now, or null, with the lane halted, when it is to be left alone. */
export async function enterLane(options: {
  lane: Lane;
  deps: DeliveryDeps;
}): Promise<Destination | null> {
  const { lane, deps } = options;
  if (lane.isHalted) return null;
  const destination = await findDestination({ destination: lane.destination });
  if (destination && isDue(destination, deps.now())) return destination;
  lane.isHalted = true;
  return null;
}

export function laneClient(options: {
  lane: Lane;
  deps: DeliveryDeps;
  signal: AbortSignal;
}): LrsClient {
  const { lane, deps, signal } = options;
  const { outgoing, timeoutMs = TIMEOUT_MS } = deps;
  return createLrsClient({ outgoing, connection: lane.connection, timeoutMs, signal });
}

/** The LRS answered sensibly: earlier failures are over. */
export async function recordSuccess(options: {
  destination: Destination;
  delivered: number;
  deps: DeliveryDeps;
}): Promise<void> {
  const { destination, delivered, deps } = options;
  const now = deps.now();
  const { lastDeliveredAt, failures, lastError } = destination;
  const isFresh =
    lastDeliveredAt !== null && now.getTime() - lastDeliveredAt.getTime() < NOTE_SUCCESS_EVERY_MS;
  if (isFresh && failures === 0 && lastError === null) return;
  await noteSuccess({ destination: destination.id, deliveredAt: delivered > 0 ? now : null });
}

/** Leaves the destination alone until the next attempt is due, or until somebody resumes it. */
export async function recordHalt(options: {
  lane: Lane;
  halt: Halt;
  /** Failures in a row before this one. */
  seenFailures: number;
  deps: DeliveryDeps;
}): Promise<void> {
  const { lane, halt, seenFailures, deps } = options;
  const { destination } = lane;
  lane.isHalted = true;
  const askedMs = halt.kind === 'later' ? halt.askedMs : null;
  const waitMs = drawWaitMs({ failures: seenFailures + 1, askedMs, deps });
  await noteFailure({
    destination,
    seenFailures,
    error: halt.status === 0 ? halt.words : `${halt.status} ${halt.words}`,
    retryAt: new Date(deps.now().getTime() + waitMs),
    stop: halt.kind === 'stop' ? 'credentials' : null,
  });
  if (halt.kind === 'stop')
    deps.log.error({ destination, status: halt.status }, 'an LRS takes our credentials no longer');
  else deps.log.warn({ destination, status: halt.status, waitMs }, 'an LRS is asked again later');
}

export function drawWaitMs(options: {
  failures: number;
  askedMs: number | null;
  deps: Pick<DeliveryDeps, 'random'>;
}): number {
  const { failures, askedMs, deps } = options;
  return deliveryWaitMs({ failures, askedMs, random: (deps.random ?? Math.random)() });
}
