// Sends parked statements again that somebody asked to be tried again, one at a time, to the destination that refused them.
import { withLease } from '../db/lease.js';
import {
  enterLane,
  laneClient,
  recordHalt,
  recordSuccess,
  type DeliveryDeps,
  type Lane,
} from './delivery-lane.js';
import { findOutgoing, type OutgoingStatement } from './outbox-statement.model.js';
import {
  deleteParked,
  listRetrying,
  parkAgain,
  type ParkedStatement,
} from './parked-statement.model.js';
import { sendStatements } from './send-statements.js';

const LEASE_MS = 60_000;
const PAGE_SIZE = 100;

/** Each is taken, or parked again with the newer words; those behind an LRS that is away stay to be tried. */
export async function deliverParked(options: {
  lane: Lane;
  deps: DeliveryDeps;
  signal: AbortSignal;
}): Promise<{ delivered: number; parked: number }> {
  const { lane, deps, signal } = options;
  const { destination } = lane;
  const { holder, now } = deps;
  const nothing = { delivered: 0, parked: 0 };
  const [first] = await listRetrying({ destination, limit: 1 });
  if (!first) return nothing;
  const outcome = await withLease(
    { name: `outbox:${destination}:parked`, holder, ttlMs: LEASE_MS, now, signal },
    (held) => sendAll({ ...options, signal: held }),
  );
  return outcome.held ? outcome.result : nothing;
}

async function sendAll(
  options: Parameters<typeof deliverParked>[0],
): Promise<{ delivered: number; parked: number }> {
  const { lane, signal } = options;
  const total = { delivered: 0, parked: 0 };
  for (;;) {
    const page = await listRetrying({ destination: lane.destination, limit: PAGE_SIZE });
    for (const parked of page) {
      const outcome = signal.aborted ? 'halted' : await sendOne({ ...options, parked });
      if (outcome === 'halted') return total;
      total[outcome] += 1;
    }
    if (page.length < PAGE_SIZE) return total;
  }
}

async function sendOne(options: {
  lane: Lane;
  parked: ParkedStatement;
  deps: DeliveryDeps;
  signal: AbortSignal;
}): Promise<'delivered' | 'parked' | 'halted'> {
  const { lane, parked, deps, signal } = options;
  const destination = await enterLane({ lane, deps });
  if (!destination) return 'halted';
  const statement = await readStatement(parked);
  const client = laneClient({ lane, deps, signal });
  const sent = await sendStatements({ client, statements: [statement], now: deps.now });
  if (sent.halt) {
    const { halt } = sent;
    const seenFailures = destination.failures;
    if (!signal.aborted) await recordHalt({ lane, halt, seenFailures, deps });
    return 'halted';
  }
  const [refusal] = sent.refusals;
  await recordSuccess({ destination, delivered: refusal ? 0 : 1, deps });
  if (refusal) await parkAgain({ id: parked.id, status: refusal.status, words: refusal.words });
  else await deleteParked({ id: parked.id });
  return refusal ? 'parked' : 'delivered';
}

async function readStatement(parked: ParkedStatement): Promise<OutgoingStatement> {
  const found = await findOutgoing(parked);
  if (!found) throw new Error(`the outbox lost a statement that is parked: ${parked.id}`);
  return found;
}
