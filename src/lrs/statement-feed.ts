// The statements of this LRS for rooms further down: as a feed in the order of the log, and one by one. They reach it
// through ports that main.ts fills, because the LRS may be another one.
import type { Statement } from '../xapi/statement.js';
import { listStatementsOfAgent } from './erased-statement.model.js';
import {
  listById,
  listByPosition,
  readHorizon,
  type StoredStatement,
} from './lrs-statement.model.js';

const MS_US = 1_000;

export interface StatementFeedEntry {
  position: number;
  statement: Statement;
  stored: Date;
  /** Id of the statement that this one voids. */
  voids: string | null;
  /** Whether this one is voided by now. */
  isVoided: boolean;
  /** agentKey of who vouches for it. */
  authorityKey: string;
}

export interface FoundStatement {
  id: string;
  statement: Statement;
  stored: Date;
  isVoided: boolean;
}

/**
 * Statements after a position, voided and voiding ones too. `through` is how far was read: nothing at or before it will
 * come later, so it is the next `after`.
 */
export async function readStatementFeed(options: {
  after: number;
  limit: number;
  now: Date;
}): Promise<{ entries: StatementFeedEntry[]; through: number }> {
  const { after, limit, now } = options;
  const { through } = await readHorizon({ now });
  const found = await listByPosition({ after, through, limit });
  const last = found.length < limit ? Math.max(after, through) : (found.at(-1)?.position ?? after);
  return { entries: found.map(toEntry), through: last };
}

/** Statements of one actor after a position, in the order of the log, voided ones too. */
export async function readStatementsOf(options: {
  agentKey: string;
  after: number;
  limit: number;
}): Promise<StatementFeedEntry[]> {
  const page = await listStatementsOfAgent(options);
  const found = await listById({ statementIds: page.map(({ statementId }) => statementId) });
  return found.map(toEntry).sort((a, b) => a.position - b.position);
}

/** A statement by id, voided or not; null when it is not stored here. */
export async function findStatement(options: { id: string }): Promise<FoundStatement | null> {
  const [found] = await listStatements({ ids: [options.id] });
  return found ?? null;
}

/** Those of the ids that are stored here, in any order. */
export async function listStatements(options: { ids: string[] }): Promise<FoundStatement[]> {
  const found = await listById({ statementIds: options.ids.map((id) => id.toLowerCase()) });
  return found.map((one) => {
    const { statement, stored, isVoided } = toEntry(one);
    return { id: one.statementId, statement, stored, isVoided };
  });
}

function toEntry({
  position,
  json,
  storedUs,
  voids,
  isVoided,
  authorityKey,
}: StoredStatement): StatementFeedEntry {
  return {
    position,
    // What is stored passed the rules when it came.
    statement: JSON.parse(json) as Statement,
    stored: new Date(storedUs / MS_US),
    voids,
    isVoided,
    authorityKey,
  };
}
