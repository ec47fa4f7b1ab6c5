// What follows from statements that have a statement as their object: a voided target is hidden (Data 2.3.2), and a
// statement is found by what the one it refers to is found by (Communication 2.1.3). The statements are the facts; all of
// this is derived from them, may be done again at any time, and does not depend on which came first.
import {
  addKeys,
  listById,
  listReferring,
  markVoided,
  type Reference,
  type StoredStatement,
} from './lrs-statement.model.js';
import { searchKey } from './statement-search.js';

/** Longer chains of references than that are not followed. */
const LONGEST_CHAIN = 100;

/**
 * Settles what new statements refer to and what refers to them. Called after they are stored, so that of two statements
 * stored at the same moment at least one sees the other.
 */
export async function settleReferences(options: { stored: Reference[] }): Promise<void> {
  const ids = options.stored.map(({ statementId }) => statementId);
  const waiting = await listReferring({ statementIds: ids });
  const known = new Set(waiting.map(({ statementId }) => statementId));
  const fresh = options.stored.filter(
    ({ statementId, refersTo }) => refersTo !== null && !known.has(statementId),
  );
  await settle([...waiting, ...fresh]);
}

async function settle(references: Reference[]): Promise<void> {
  for (const { statementId, voids } of references)
    if (voids !== null) await markVoided({ target: voids, voidedBy: statementId });
  await spreadKeys(references, LONGEST_CHAIN);
}

/** Gives each referring statement its target's keys, and on to those that refer to it, until nothing is new. */
async function spreadKeys(references: Reference[], stepsLeft: number): Promise<void> {
  if (references.length === 0 || stepsLeft === 0) return;
  const targetIds = references.flatMap(({ refersTo }) => (refersTo === null ? [] : [refersTo]));
  const targets = await listById({ statementIds: [...new Set(targetIds)] });
  const keysOf = new Map(targets.map((target) => [target.statementId, inheritedKeys(target)]));
  const changed: string[] = [];
  for (const { statementId, refersTo } of references) {
    const keys = keysOf.get(refersTo ?? '');
    if (keys && (await addKeys({ statementId, keys }))) changed.push(statementId);
  }
  await spreadKeys(await listReferring({ statementIds: changed }), stepsLeft - 1);
}

/** Who vouches for the target does not vouch for what refers to it. */
function inheritedKeys({ keys, authorityKey }: StoredStatement): string[] {
  const own = searchKey('authority', authorityKey);
  return keys.filter((key) => key !== own);
}
