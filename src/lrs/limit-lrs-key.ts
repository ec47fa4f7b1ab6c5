// What a key may ask for in a minute and store on a day, where its terms say so. The count is the fact: what is counted was let
// in, in whichever process. A key without limits costs no write.
import { AppError } from '../http/errors.js';
import { countUse } from './lrs-key-use.model.js';
import type { LrsCaller } from './lrs-request.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Throws `lrs.requests-limit` (429) with Retry-After when the minute's requests are used up. */
export async function takeRequest(options: { caller: LrsCaller; now: Date }): Promise<void> {
  const { caller, now } = options;
  const most = caller.requestsPerMinute;
  if (most === null) return;
  const code = 'lrs.requests-limit';
  await take({ caller, now, count: 1, most, what: 'requests', periodMs: MINUTE_MS, code });
}

/**
 * Counts the statements of a request once they are known to be valid; those that are stored already count again. Throws
 * `lrs.statements-limit` (429) with Retry-After, and then none of them is stored.
 */
export async function takeStatements(options: {
  caller: LrsCaller;
  count: number;
  now: Date;
}): Promise<void> {
  const { caller, count, now } = options;
  const most = caller.statementsPerDay;
  if (most === null) return;
  const code = 'lrs.statements-limit';
  await take({ caller, now, count, most, what: 'statements', periodMs: DAY_MS, code });
}

async function take(options: {
  caller: LrsCaller;
  now: Date;
  count: number;
  most: number;
  what: string;
  periodMs: number;
  code: string;
}): Promise<void> {
  const { caller, now, count, most, what, periodMs, code } = options;
  const begun = Math.floor(now.getTime() / periodMs) * periodMs;
  const end = begun + periodMs;
  const id = `${caller.key} ${what} ${new Date(begun).toISOString()}`;
  if (await countUse({ id, count, most, expiresAt: new Date(end + periodMs) })) return;
  throw new AppError(code, {
    status: 429,
    values: { most },
    headers: { 'Retry-After': String(Math.ceil((end - now.getTime()) / SECOND_MS)) },
  });
}
