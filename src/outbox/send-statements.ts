// Sends statements to one LRS in their order. A batch that is refused is halved until the one that is at fault stands alone;
// it is set aside with the LRS's words and the others go on. Writes nothing: who calls keeps what came of it.
import { isAppError } from '../http/errors.js';
import { isSameStatement } from '../xapi/same-statement.js';
import { isStatement } from '../xapi/statement-rules.js';
import type { Statement } from '../xapi/statement.js';
import { judgeAnswer, type Verdict } from './judge-answer.js';
import type { LrsAnswer, LrsClient } from './lrs-client.js';
import type { OutgoingStatement } from './outbox-statement.model.js';
import type { Refusal } from './parked-statement.model.js';

const CONFLICT = 409;
/** Stands for the status where there was no answer. */
const NO_ANSWER = 0;

/** Why sending came to a halt; `tried` statements were in the request that did not go through. */
export type Halt = Exclude<Verdict, { kind: 'stored' | 'refused' }> & { tried: number };

export interface Sending {
  /** So many of the first statements are settled: stored, or refused for good. */
  settled: number;
  refusals: Refusal[];
  /** Null when all are settled. */
  halt: Halt | null;
}

/** `now` is asked when an answer names a time. Throws only for faults of ours. */
export async function sendStatements(options: {
  client: LrsClient;
  statements: readonly OutgoingStatement[];
  now: () => Date;
}): Promise<Sending> {
  const { client, statements, now } = options;
  if (statements.length === 0) return { settled: 0, refusals: [], halt: null };
  const answer = await attempt(() => client.sendTexts(statements.map(({ json }) => json)));
  const ids = statements.map(({ statementId }) => statementId);
  const verdict = 'kind' in answer ? answer : judgeAnswer({ answer, ids, now: now() });
  if (verdict.kind === 'stored') return { settled: statements.length, refusals: [], halt: null };
  if (verdict.kind !== 'refused')
    return { settled: 0, refusals: [], halt: { ...verdict, tried: statements.length } };
  const [only, ...others] = statements;
  if (only && others.length === 0) return settleRefused({ client, statement: only, verdict, now });
  const middle = Math.ceil(statements.length / 2);
  const first = await sendStatements({ client, statements: statements.slice(0, middle), now });
  if (first.halt) return first;
  const second = await sendStatements({ client, statements: statements.slice(middle), now });
  return {
    settled: first.settled + second.settled,
    refusals: [...first.refusals, ...second.refusals],
    halt: second.halt,
  };
}

type Refused = Extract<Verdict, { kind: 'refused' }>;
type Later = Extract<Verdict, { kind: 'later' }>;

/** A conflict may mean that it is there already, from an earlier sending: then it is stored (Data 2.3.1). */
async function settleRefused(options: {
  client: LrsClient;
  statement: OutgoingStatement;
  verdict: Refused;
  now: () => Date;
}): Promise<Sending> {
  const { client, statement, verdict, now } = options;
  if (verdict.status === CONFLICT) {
    const found = await findSame({ client, statement, now });
    if (found === 'same') return { settled: 1, refusals: [], halt: null };
    if (found !== 'other') return { settled: 0, refusals: [], halt: { ...found, tried: 1 } };
  }
  const { statementId, deployment, log, position } = statement;
  const { status, words } = verdict;
  return {
    settled: 1,
    refusals: [{ statementId, deployment, log, position, status, words }],
    halt: null,
  };
}

/** Compares with what the LRS holds under the id, voided ones included. A key that may not read finds nothing. */
async function findSame(options: {
  client: LrsClient;
  statement: OutgoingStatement;
  now: () => Date;
}): Promise<'same' | 'other' | Later> {
  const { client, statement, now } = options;
  const { statementId, json } = statement;
  for (const kind of ['valid', 'voided'] as const) {
    const answer = await attempt(() => client.askStatement({ statementId, kind }));
    if ('kind' in answer) return answer;
    const verdict = judgeAnswer({ answer, ids: [], now: now() });
    if (verdict.kind === 'later' && mayPass(answer.status)) return verdict;
    const held = answer.status === 200 ? readStatement(answer.text) : null;
    // Frozen by enqueueStatement from a statement that passed the rules.
    if (held && isSameStatement(JSON.parse(json) as Statement, held)) return 'same';
  }
  return 'other';
}

/** Too many requests, or a fault of the server: asked again, it may say something else. */
function mayPass(status: number): boolean {
  return status === 429 || status >= 500;
}

/** No answer at all means later. */
async function attempt(ask: () => Promise<LrsAnswer>): Promise<LrsAnswer | Later> {
  try {
    return await ask();
  } catch (error) {
    if (!isAppError(error) || !error.code.startsWith('outgoing.')) throw error;
    return { kind: 'later', status: NO_ANSWER, words: error.message, askedMs: null };
  }
}

function readStatement(text: string): Statement | null {
  try {
    const value: unknown = JSON.parse(text);
    if (isStatement(value, { version: '1.0.3' })) return value;
    return isStatement(value, { version: '2.0.0' }) ? value : null;
  } catch {
    return null; // No JSON: nothing to compare with.
  }
}
