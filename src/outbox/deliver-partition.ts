// Tells one destination one part of the outbox, in order, from its cursor on. A stop between an answer and the cursor's move
// sends a batch again; the LRS knows the ids, so nothing is there twice.
import { withLease } from '../db/lease.js';
import {
  drawWaitMs,
  enterLane,
  laneClient,
  recordHalt,
  recordSuccess,
  type DeliveryDeps,
  type Lane,
} from './delivery-lane.js';
import type { Destination } from './destination.model.js';
import { moveCursor, readCursor, type OutboxCursor } from './outbox-cursor.model.js';
import {
  findLastPosition,
  findVisibleThrough,
  listOutgoing,
  type OutgoingStatement,
} from './outbox-statement.model.js';
import { insertParked, type Refusal } from './parked-statement.model.js';
import { sendStatements, type Halt, type Sending } from './send-statements.js';

const LEASE_MS = 60_000;
const BATCH_SIZE = 50;
const SERVER_FAULT = 500;
/** A single statement that makes an LRS fail this often, while others are taken, is at fault itself. */
const MOST_FAULTS = 8;

export interface PartitionDelivery {
  delivered: number;
  parked: number;
  /** Requests that were made. */
  batches: number;
}

const NOTHING: PartitionDelivery = { delivered: 0, parked: 0, batches: 0 };

/** Ends when all is told, the lane is halted, another process is at it, or `mostBatches` were sent. */
export async function deliverPartition(options: {
  lane: Lane;
  log: string;
  mostBatches: number;
  deps: DeliveryDeps;
  signal: AbortSignal;
}): Promise<PartitionDelivery> {
  const { lane, log, deps, signal } = options;
  const { holder, now } = deps;
  const outcome = await withLease(
    { name: `outbox:${lane.destination}:${log}`, holder, ttlMs: LEASE_MS, now, signal },
    (held) => drain({ ...options, signal: held }),
  );
  return outcome.held ? outcome.result : NOTHING;
}

async function drain(options: Parameters<typeof deliverPartition>[0]): Promise<PartitionDelivery> {
  const { lane, log, mostBatches, deps, signal } = options;
  const { destination } = lane;
  const total = { ...NOTHING };
  let cursor = await readCursor({ destination, log });
  while (total.batches < mostBatches && !signal.aborted) {
    if (cursor.retryAt !== null && cursor.retryAt > deps.now()) break;
    const known = await enterLane({ lane, deps });
    const batch = known && (await readBatch({ log, cursor, destination: known, deps }));
    if (!known || !batch) break;
    const client = laneClient({ lane, deps, signal });
    const sent = await sendStatements({ client, statements: batch.statements, now: deps.now });
    const { settled, refusals, halt } = parkPoison({ sent, batch, cursor, destination: known });
    // What is parked is written first: a stop in between parks it again, which changes nothing.
    await insertParked({ destination, refusals, now: deps.now() });
    const position = batch.positionAfter(settled);
    const haltNow = signal.aborted ? null : halt;
    cursor = nextCursor({ cursor, position, halt: haltNow, sent: batch.statements.length, deps });
    await moveCursor({ destination, log, cursor });
    const delivered = settled - refusals.length;
    total.delivered += delivered;
    total.parked += refusals.length;
    total.batches += batch.statements.length > 0 ? 1 : 0;
    if (settled > 0) await recordSuccess({ destination: known, delivered, deps });
    if (haltNow) {
      const seenFailures = settled > 0 ? 0 : known.failures;
      await recordHalt({ lane, halt: haltNow, seenFailures, deps });
    }
  }
  return total;
}

interface Batch {
  statements: OutgoingStatement[];
  /** Where the cursor stands when so many of the first statements are settled. */
  positionAfter(settled: number): number;
}

/** The next statements; none of them, but a position further on, where only gaps or test data follow. Null at the end. */
async function readBatch(options: {
  log: string;
  cursor: OutboxCursor;
  destination: Destination;
  deps: DeliveryDeps;
}): Promise<Batch | null> {
  const { log, cursor, destination, deps } = options;
  const after = cursor.position;
  const through = await findVisibleThrough({ log, now: deps.now() });
  if (after >= through) return null;
  const limit = batchLimit(cursor, deps);
  const listed = await listOutgoing({ log, after, through, limit });
  // A mark that ran ahead, as after a restored backup, must not carry the cursor past what is still to come.
  const end = listed.at(-1)?.position ?? Math.min(through, await findLastPosition({ log }));
  if (end <= after) return null;
  const statements = listed.filter(({ isTest }) => destination.keepsTestData || !isTest);
  return {
    statements,
    positionAfter: (settled) =>
      settled === statements.length ? end : (statements[settled - 1]?.position ?? after),
  };
}

/**
 * An LRS that fails at one statement again and again, while it takes those of other learners, would hold back this part for
 * ever: the statement is parked like a refused one.
 */
function parkPoison(options: {
  sent: Sending;
  batch: Batch;
  cursor: OutboxCursor;
  destination: Destination;
}): Sending {
  const { sent, batch, cursor, destination } = options;
  const { settled, refusals, halt } = sent;
  const { lastDeliveredAt } = destination;
  const statement = batch.statements[settled];
  const isPoison =
    halt?.status === SERVER_FAULT &&
    halt.tried === 1 &&
    cursor.failures + 1 >= MOST_FAULTS &&
    lastDeliveredAt !== null &&
    cursor.failingSince !== null &&
    lastDeliveredAt > cursor.failingSince;
  if (!isPoison || !statement) return sent;
  const { statementId, deployment, log, position } = statement;
  const { status, words } = halt;
  const refusal: Refusal = { statementId, deployment, log, position, status, words };
  return { settled: settled + 1, refusals: [...refusals, refusal], halt: null };
}

/** Halves the batch where its size or content may be the trouble; only a fault of the server makes this part wait. */
function nextCursor(options: {
  cursor: OutboxCursor;
  position: number;
  halt: Halt | null;
  sent: number;
  deps: DeliveryDeps;
}): OutboxCursor {
  const { cursor, position, halt, sent, deps } = options;
  const limit = batchLimit(cursor, deps);
  if (!halt) {
    const doubled = sent === 0 ? limit : limit * 2;
    const batchSize = doubled >= (deps.batchSize ?? BATCH_SIZE) ? null : doubled;
    return { position, batchSize, failures: 0, failingSince: null, retryAt: null };
  }
  if (halt.status !== SERVER_FAULT && halt.status !== 0) return { ...cursor, position };
  const batchSize = Math.max(1, Math.ceil(Math.min(limit, halt.tried) / 2));
  if (halt.status === 0) return { ...cursor, position, batchSize };
  const failures = cursor.failures + 1;
  const now = deps.now();
  const retryAt = new Date(now.getTime() + drawWaitMs({ failures, askedMs: null, deps }));
  return { position, batchSize, failures, failingSince: cursor.failingSince ?? now, retryAt };
}

function batchLimit(cursor: OutboxCursor, { batchSize = BATCH_SIZE }: DeliveryDeps): number {
  return Math.min(cursor.batchSize ?? batchSize, batchSize);
}
