// What people do about statements that an LRS refused: look, try again, give up. The delivery does the rest.
import { AppError } from '../http/errors.js';
import { findOutgoing } from './outbox-statement.model.js';
import {
  findParkedPage,
  markAllRetrying,
  markGivenUp,
  markRetrying,
  type ParkedScope,
  type ParkedStatement,
} from './parked-statement.model.js';

const PAGE_SIZE = 25;

/** `json` is the statement's frozen text, `user` the person it is about; null where it is gone. */
export type ListedParked = ParkedStatement & { json: string; user: string | null };

/** One page, newest first; `waiting` are those parked or being tried again. Pages begin at 1. */
export async function listParked(
  options: { page: number; state?: 'waiting' | 'given-up' } & ParkedScope,
): Promise<{ parked: ListedParked[]; page: number; pages: number; total: number }> {
  const { state = 'waiting', page, ...scope } = options;
  const skip = (Math.max(1, page) - 1) * PAGE_SIZE;
  const { parked, total } = await findParkedPage({ scope, state, skip, limit: PAGE_SIZE });
  const listed = await Promise.all(
    parked.map(async (one) => {
      const found = await findOutgoing(one);
      return { ...one, json: found?.json ?? '', user: found?.user ?? null };
    }),
  );
  return { parked: listed, page: Math.max(1, page), pages: Math.ceil(total / PAGE_SIZE), total };
}

/** Sent again at the next delivery. Throws `outbox.no-such-parked` (404). */
export async function retryParked(options: { id: string } & ParkedScope): Promise<void> {
  const { id, ...scope } = options;
  if (!(await markRetrying({ id, scope }))) throw noSuchParked();
}

/** All that are parked, not those given up. Says how many. */
export async function retryAllParked(scope: ParkedScope = {}): Promise<{ count: number }> {
  return { count: await markAllRetrying({ scope }) };
}

/**
 * Never sent to this destination any more; kept, with who and why. Throws `outbox.reason-needed` (422) for an empty reason
 * and `outbox.no-such-parked` (404).
 */
export async function giveUpParked(
  options: { id: string; reason: string; by: string; now: Date } & ParkedScope,
): Promise<void> {
  const { id, reason, by, now, ...scope } = options;
  const words = reason.trim();
  if (words === '') throw new AppError('outbox.reason-needed', { status: 422 });
  const isMarked = await markGivenUp({ id, scope, givenUp: { by, reason: words, at: now } });
  if (!isMarked) throw noSuchParked();
}

function noSuchParked(): AppError {
  return new AppError('outbox.no-such-parked', { status: 404 });
}
