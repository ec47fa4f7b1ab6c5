// Statements of this LRS for who runs it: a search as in GET /statements, without a key, and voided ones by their id. A page
// costs the same however far in it is.
import type { Agent, Statement } from '../xapi/statement.js';
import { agentKey } from '../xapi/actor.js';
import { VERBS } from '../xapi/vocabulary.js';
import {
  listById,
  readHorizon,
  searchStatements,
  type StoredStatement,
} from './lrs-statement.model.js';
import { listNamedAgents, searchKey } from './statement-search.js';

const PAGE_SIZE = 25;
const PAGE_BYTES = 2 * 1024 * 1024;
const MS_US = 1_000;

export interface StatementCriteria {
  /** Alone: the statement with this id, voided or not. */
  id: string | null;
  agent: Agent | null;
  verb: string | null;
  activity: string | null;
  /** Also where agent or activity stand in the context, or in a statement within. */
  isRelated: boolean;
  /** Stored at or after the one, before the other. */
  from: Date | null;
  before: Date | null;
}

export interface BrowsedStatement {
  id: string;
  statement: Statement;
  /** As it is kept, byte for byte. */
  json: string;
  stored: Date;
  isVoided: boolean;
  /** agentKeys of everybody it names. */
  agents: string[];
}

/** Short names of verbs that a search may use, with their addresses. */
export function listVerbs(): ReadonlyMap<string, string> {
  return new Map(Object.entries(VERBS));
}

/** Newest first; `next` is where the following page begins, in microseconds since 1970, null at the end. */
export async function browseStatements(options: {
  criteria: StatementCriteria;
  /** Where the page begins; null for the newest. */
  throughUs: number | null;
  now: Date;
}): Promise<{ statements: BrowsedStatement[]; next: number | null }> {
  const { criteria, now } = options;
  if (criteria.id !== null) {
    const found = await listById({ statementIds: [criteria.id.toLowerCase()] });
    return { statements: found.map((one) => toBrowsed(one)), next: null };
  }
  const horizon = await readHorizon({ now });
  const beforeUs = criteria.before === null ? Infinity : criteria.before.getTime() * MS_US - 1;
  const found = await searchStatements({
    keys: listKeys(criteria),
    afterUs: criteria.from === null ? null : criteria.from.getTime() * MS_US - 1,
    throughUs: Math.min(options.throughUs ?? Infinity, beforeUs, horizon.throughUs),
    ascending: false,
    limit: PAGE_SIZE,
    maxBytes: PAGE_BYTES,
  });
  const last = found.at(-1);
  const isEnd = found.length < PAGE_SIZE && bytesOf(found) < PAGE_BYTES;
  return {
    statements: found.map((one) => toBrowsed(one)),
    next: isEnd || !last ? null : last.storedUs - 1,
  };
}

/** The rarest first: it is what the index is asked for. */
function listKeys({ agent, verb, activity, isRelated }: StatementCriteria): string[] {
  const agentTerm = isRelated ? 'relatedAgent' : 'agent';
  const activityTerm = isRelated ? 'relatedActivity' : 'activity';
  return [
    ...(agent === null ? [] : [searchKey(agentTerm, agentKey(agent))]),
    ...(activity === null ? [] : [searchKey(activityTerm, activity)]),
    ...(verb === null ? [] : [searchKey('verb', verb)]),
  ];
}

function toBrowsed({ statementId, json, storedUs, isVoided }: StoredStatement): BrowsedStatement {
  // What is stored passed the rules when it came.
  const statement = JSON.parse(json) as Statement;
  const agents = listNamedAgents(statement);
  return { id: statementId, statement, json, stored: new Date(storedUs / MS_US), isVoided, agents };
}

function bytesOf(statements: StoredStatement[]): number {
  return statements.reduce((bytes, { json }) => bytes + json.length, 0);
}
