// The outbox is a log in sixteen parts. All statements of a learner are in one, so that their order is kept while several
// parts travel at the same time. The number of parts is fixed for ever: it decides where a learner's statements are.
import { createHash } from 'node:crypto';

const PARTITIONS = 16;

/** Names of all parts, as their records and cursors carry them. */
export const OUTBOX_LOGS: readonly string[] = Array.from({ length: PARTITIONS }, (_, index) =>
  logName(index),
);

/** The part that holds the statements of a user. */
export function outboxLogOf(user: string): string {
  return logName(createHash('sha256').update(user).digest().readUInt8(0) % PARTITIONS);
}

function logName(index: number): string {
  return `outbox-${String(index).padStart(2, '0')}`;
}
