// Puts statements on their way to the LRSs.
import { AppError } from '../http/errors.js';
import { findStatementFaults } from '../xapi/statement-rules.js';
import type { Statement } from '../xapi/statement.js';
import { appendOutboxStatements, type StatementSubject } from './outbox-statement.model.js';

export interface NewStatement {
  deployment: string;
  user: string;
  statement: Statement;
  about: StatementSubject;
  /** The platform's test user: our own LRS hears of it, others do not. */
  isTest?: boolean;
}

/**
 * The one write, and the fact: once it is there the statement is told to every destination, whatever is stopped when.
 * Its JSON is frozen here. The same id again changes nothing and says `already`; the first content stays.
 * Throws `outbox.invalid-statement` (500) for what no LRS would take: a fault of ours, found before it is a fact.
 */
export async function enqueueStatement(
  options: NewStatement & { now: Date },
): Promise<{ statementId: string; already: boolean }> {
  const { now, ...statement } = options;
  const entry = toEntry(statement, now);
  const { already } = await appendOutboxStatements({ entries: [entry], now });
  return { statementId: entry.statementId, already: already.has(entry.statementId) };
}

/**
 * The same for many: two calls to the database for each part of the outbox. One that is invalid throws before any is
 * written. Stopped in between some are there, so whoever repeats it derives the same ids.
 */
export async function enqueueStatements(options: {
  statements: readonly NewStatement[];
  now: Date;
}): Promise<void> {
  const { statements, now } = options;
  await appendOutboxStatements({ entries: statements.map((one) => toEntry(one, now)), now });
}

function toEntry({ deployment, user, statement, about, isTest = false }: NewStatement, now: Date) {
  const json = JSON.stringify(statement);
  const [fault] = findStatementFaults(JSON.parse(json), { version: '1.0.3' });
  if (fault || statement.id === undefined)
    throw new AppError('outbox.invalid-statement', {
      status: 500,
      values: { path: fault?.path ?? 'id', fault: fault?.message ?? 'is missing' },
    });
  const statementId = statement.id.toLowerCase();
  return { statementId, deployment, user, about, json, isTest, createdAt: now };
}
