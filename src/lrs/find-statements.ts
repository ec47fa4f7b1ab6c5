// Reads statements for GET /statements: one by id, or a page of a search with the address of the next.
import { AppError } from '../http/errors.js';
import type { LogHorizon, StoredStatement } from './lrs-statement.model.js';
import { listById, searchStatements } from './lrs-statement.model.js';
import { mayDo, type LrsCaller } from './lrs-request.js';
import type { MoreSearch } from './more-token.js';
import { searchKey } from './statement-search.js';

/** A page ends after so much text, whatever its limit. */
const PAGE_BYTES = 8 * 1024 * 1024;

export interface StatementPage {
  statements: StoredStatement[];
  /** The search that goes on; null at the end. */
  more: MoreSearch | null;
}

/** A live statement by `statementId`, a voided one by `voidedStatementId`. Throws `lrs.not-found` (404). */
export async function findOneStatement(options: {
  statementId: string;
  isVoided: boolean;
  caller: LrsCaller;
}): Promise<StoredStatement> {
  const { statementId, isVoided, caller } = options;
  const [found] = await listById({ statementIds: [statementId] });
  if (!found || found.isVoided !== isVoided || !mayRead(caller, found))
    throw new AppError('lrs.not-found', { status: 404, values: { statement: statementId } });
  return found;
}

/**
 * A page of a search with the search that follows it. Nothing behind the horizon is shown, so that a poller by `since`
 * misses nothing; only the caller's own statements where the key allows no more.
 */
export async function findPage(options: {
  search: MoreSearch;
  caller: LrsCaller;
  horizon: LogHorizon;
}): Promise<StatementPage> {
  const { search, caller, horizon } = options;
  const { limit, ascending, untilUs } = search;
  const found = await searchStatements({
    keys: [...search.keys, ...ownKeys(caller)],
    afterUs: search.afterUs,
    throughUs: Math.min(untilUs ?? horizon.throughUs, horizon.throughUs),
    ascending,
    limit: limit + 1,
    maxBytes: PAGE_BYTES,
  });
  // One more than a page may be there, and a page may have ended early by its bytes.
  const isEnd = found.length <= limit && bytesOf(found) < PAGE_BYTES;
  const statements = found.slice(0, limit);
  const last = statements.at(-1);
  if (isEnd || !last) return { statements, more: null };
  const bound = ascending ? { afterUs: last.storedUs } : { untilUs: last.storedUs - 1 };
  return { statements, more: { ...search, ...bound } };
}

function mayRead(caller: LrsCaller, statement: StoredStatement): boolean {
  return mayDo(caller, 'statements/read') || statement.authorityKey === caller.authorityKey;
}

/** `statements/read/mine`: what this key itself stored. */
function ownKeys(caller: LrsCaller): string[] {
  return mayDo(caller, 'statements/read') ? [] : [searchKey('authority', caller.authorityKey)];
}

function bytesOf(statements: StoredStatement[]): number {
  return statements.reduce((bytes, { json }) => bytes + json.length, 0);
}
