// Puts a statement on its way to the LRSs.
import { AppError } from '../http/errors.js';
import { findStatementFaults } from '../xapi/statement-rules.js';
import type { Statement } from '../xapi/statement.js';
import { appendOutboxStatement, type StatementSubject } from './outbox-statement.model.js';

/**
 * The one write, and the fact: once it is there the statement is told to every destination, whatever is stopped when.
 * Its JSON is frozen here. The same id again changes nothing and says `already`; the first content stays.
 * Throws `outbox.invalid-statement` (500) for what no LRS would take: a fault of ours, found before it is a fact.
 */
export async function enqueueStatement(options: {
  deployment: string;
  user: string;
  statement: Statement;
  about: StatementSubject;
  now: Date;
  /** The platform's test user: our own LRS hears of it, others do not. */
  isTest?: boolean;
}): Promise<{ statementId: string; already: boolean }> {
  const { deployment, user, statement, about, now, isTest = false } = options;
  const json = JSON.stringify(statement);
  const [fault] = findStatementFaults(JSON.parse(json), { version: '1.0.3' });
  if (fault || statement.id === undefined)
    throw new AppError('outbox.invalid-statement', {
      status: 500,
      values: { path: fault?.path ?? 'id', fault: fault?.message ?? 'is missing' },
    });
  const statementId = statement.id.toLowerCase();
  const { already } = await appendOutboxStatement({
    entry: { statementId, deployment, user, about, json, isTest, createdAt: now },
    now,
  });
  return { statementId, already };
}
