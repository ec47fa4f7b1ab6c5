// Takes statements that were read from another record store into this one, under an authority of ours for that store. Nobody
// answers for them here, so what cannot be taken is left out and counted, and holds up no other. They may take back nothing
// but what came under the same authority: in a record store of its own a voiding statement counts, in ours it would hide
// another's word (Data 2.3.2).
import { isAppError } from '../http/errors.js';
import { agentKey } from '../xapi/actor.js';
import { isSameStatement } from '../xapi/same-statement.js';
import type { Agent, Statement } from '../xapi/statement.js';
import { listById } from './lrs-statement.model.js';
import type { LrsLimits } from './lrs-limits.js';
import { prepareStatements, type PreparedStatement } from './prepare-statements.js';
import { storeStatements } from './store-statements.js';

/** How many are new here, and how many were not taken; those that were here already are neither. Repeatable. */
export async function storeForeign(options: {
  /** With the `stored` that the other record store gave each. */
  statements: readonly (Record<string, unknown> & { stored: string })[];
  authority: Agent;
  limits: LrsLimits;
  now: Date;
}): Promise<{ stored: number; refused: number }> {
  const { statements, authority, limits, now } = options;
  const caller = { authority, authorityKey: agentKey(authority) };
  const prepared = statements.flatMap((one) => prepareOne({ one, caller, limits }));
  const distinct = [...new Map(prepared.map((one) => [one.statementId, one])).values()];
  const fresh = await listFresh(distinct);
  const taken = await listTaken({ fresh: fresh.prepared, authorityKey: caller.authorityKey });
  for (const one of taken) await orLeaveOut(() => storeStatements({ prepared: [one], now }));
  const ids = taken.map(({ statementId }) => statementId);
  const stored = (await listById({ statementIds: ids })).length;
  const unread = statements.length - prepared.length;
  return {
    stored,
    refused: unread + fresh.conflicts + fresh.prepared.length - taken.length,
  };
}

function prepareOne(options: {
  one: Record<string, unknown> & { stored: string };
  caller: { authority: Agent; authorityKey: string };
  limits: LrsLimits;
}): PreparedStatement[] {
  const { one, caller, limits } = options;
  // Its moment is the other store's, where it names none itself (Data 2.4.7).
  const body = Buffer.from(JSON.stringify({ timestamp: one.stored, ...one }));
  const version = String(one['version'] ?? '').startsWith('2.') ? '2.0.0' : '1.0.3';
  try {
    return prepareStatements({ body, version, caller, limits, statementId: null });
  } catch (error) {
    if (isAppError(error)) return [];
    throw error;
  }
}

/** Without what is here already; an id that means another statement here is a conflict. */
async function listFresh(
  prepared: readonly PreparedStatement[],
): Promise<{ prepared: PreparedStatement[]; conflicts: number }> {
  const here = await listById({ statementIds: prepared.map(({ statementId }) => statementId) });
  const texts = new Map(here.map(({ statementId, json }) => [statementId, json]));
  const conflicts = prepared.filter(({ statementId, statement }) => {
    const text = texts.get(statementId);
    // What is stored passed the rules when it came.
    return text !== undefined && !isSameStatement(JSON.parse(text) as Statement, statement);
  });
  return {
    prepared: prepared.filter(({ statementId }) => !texts.has(statementId)),
    conflicts: conflicts.length,
  };
}

/** Without those that void what others said, or what is not here. */
async function listTaken(options: {
  fresh: readonly PreparedStatement[];
  authorityKey: string;
}): Promise<PreparedStatement[]> {
  const { fresh, authorityKey } = options;
  const targets = await listById({ statementIds: fresh.flatMap(({ voids }) => voids ?? []) });
  const own = new Set([
    ...targets.filter((one) => one.authorityKey === authorityKey).map((one) => one.statementId),
    ...fresh.map(({ statementId }) => statementId),
  ]);
  return fresh.filter(({ voids }) => voids === null || own.has(voids));
}

/** Somebody stored another one of the id at this moment: then ours is left out. */
async function orLeaveOut(store: () => Promise<unknown>): Promise<void> {
  try {
    await store();
  } catch (error) {
    if (!isAppError(error)) throw error;
  }
}
