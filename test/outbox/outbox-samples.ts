// What tests of the outbox send.
import type { StatementSubject } from '../../src/outbox/outbox-statement.model.js';

export function buildSubject(overrides: Partial<StatementSubject> = {}): StatementSubject {
  return { kind: 'completed', course: null, objectId: 'resource-1', attempt: 1, ...overrides };
}

/** A UUID that says its number. */
export function statementId(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}
