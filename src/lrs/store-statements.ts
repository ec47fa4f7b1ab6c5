// Stores the statements of one request, all or none.
import { AppError } from '../http/errors.js';
import { isSameStatement } from '../xapi/same-statement.js';
import type { Statement } from '../xapi/statement.js';
import { appendStatements, listById, withdrawStatements } from './lrs-statement.model.js';
import type { PreparedStatement } from './prepare-statements.js';
import { settleReferences } from './settle-references.js';

/**
 * Every refusal ends before the first write: `lrs.conflict` (409) when another statement has one of the ids. The insert
 * of each statement is the fact; hiding voided ones and finding by reference are derived from it (settle-references.ts).
 * The same statement again is accepted and not stored twice, also when many send it at the same moment: the unique id
 * decides. What a stop leaves of a batch was never answered for, is valid by itself, and is taken as "already there" when
 * the sender sends the batch again. Ids come back in the order they came in.
 */
export async function storeStatements(options: {
  prepared: PreparedStatement[];
  now: Date;
}): Promise<string[]> {
  const { prepared, now } = options;
  const known = await findKnown(prepared.filter(({ hasOwnId }) => hasOwnId));
  const fresh = prepared.filter(({ statementId }) => !known.has(statementId));
  if (fresh.length > 0) await append({ fresh, now });
  return prepared.map(({ id }) => id);
}

async function append(options: { fresh: PreparedStatement[]; now: Date }): Promise<void> {
  const { fresh, now } = options;
  const { already } = await appendStatements({ entries: fresh, now });
  const raced = fresh.filter(({ statementId }) => already.includes(statementId));
  const stored = fresh.filter(({ statementId }) => !already.includes(statementId));
  try {
    await findKnown(raced);
  } catch (error) {
    // Somebody stored another statement of the same id since we looked: none of ours may stay.
    await withdrawStatements({ statementIds: stored.map(({ statementId }) => statementId) });
    throw error;
  }
  await settleReferences({ stored });
}

/** Ids that are stored already with the same content. Throws `lrs.conflict` for another content. */
async function findKnown(prepared: PreparedStatement[]): Promise<Set<string>> {
  const stored = await listById({ statementIds: prepared.map(({ statementId }) => statementId) });
  const texts = new Map(stored.map(({ statementId, json }) => [statementId, json]));
  for (const { statementId, statement } of prepared) {
    const text = texts.get(statementId);
    // What is stored passed the rules when it came.
    if (text !== undefined && !isSameStatement(JSON.parse(text) as Statement, statement))
      throw new AppError('lrs.conflict', { status: 409, values: { statement: statementId } });
  }
  return new Set(texts.keys());
}
