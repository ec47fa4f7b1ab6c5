// A lease: one of several processes does a piece of periodic work at a time. Held by time, renewed while working, so that
// a killed holder is succeeded after `ttlMs`. It is a courtesy, not a lock: the work itself stays idempotent.
import { randomUUID } from 'node:crypto';
import mongoose from 'mongoose';
import { isDuplicateKey } from './duplicate-key.js';
import { defineModel } from './models.js';

const RENEWALS_PER_TERM = 3;

interface Lease {
  _id: string;
  /** Who holds it, for people who look. */
  holder: string;
  /** This holding, so that one holder is not taken for itself twice. */
  token: string;
  expiresAt: Date;
}

const schema = new mongoose.Schema<Lease>({
  _id: { type: String, required: true },
  holder: { type: String, required: true },
  token: { type: String, required: true },
  expiresAt: { type: Date, required: true },
});
const LeaseModel = defineModel({
  name: 'Lease',
  collection: 'leases',
  schema,
  shardKey: ['_id'],
  expires: 'expiresAt',
  backup: 'never',
  people: 'nothing',
});

export type LeaseOutcome<Result> = { held: false } | { held: true; result: Result };

/** Runs `work` while holding the lease, or not at all. Its signal aborts when the lease is lost or `signal` does. */
export async function withLease<Result>(
  options: { name: string; holder: string; ttlMs: number; now: () => Date; signal?: AbortSignal },
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<LeaseOutcome<Result>> {
  const { name, holder, ttlMs, now, signal } = options;
  const token = randomUUID();
  if (!(await acquire({ name, holder, token, ttlMs, now }))) return { held: false };
  const lost = new AbortController();
  const renewal = renewWhile({ name, token, ttlMs, now, lost });
  try {
    const result = await work(signal ? AbortSignal.any([signal, lost.signal]) : lost.signal);
    return { held: true, result };
  } finally {
    renewal.stop();
    // When the database is away now, the lease ends by its time; the work's own outcome matters more.
    await LeaseModel.deleteOne({ _id: name, token }).catch(() => undefined);
  }
}

async function acquire(options: {
  name: string;
  holder: string;
  token: string;
  ttlMs: number;
  now: () => Date;
}): Promise<boolean> {
  const { name, holder, token, ttlMs, now } = options;
  const at = now();
  try {
    await LeaseModel.updateOne(
      { _id: name, expiresAt: mongoose.trusted({ $lte: at }) },
      { $set: { holder, token, expiresAt: new Date(at.getTime() + ttlMs) } },
      { upsert: true },
    );
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}

function renewWhile(options: {
  name: string;
  token: string;
  ttlMs: number;
  now: () => Date;
  lost: AbortController;
}): { stop(): void } {
  const { name, token, ttlMs, now, lost } = options;
  let endsAt = now().getTime() + ttlMs;
  const renew = async () => {
    const next = now().getTime() + ttlMs;
    try {
      const { matchedCount } = await LeaseModel.updateOne(
        { _id: name, token },
        { $set: { expiresAt: new Date(next) } },
      );
      if (matchedCount === 1) endsAt = next;
      else lost.abort(new Error(`the lease ${name} was taken over`));
    } catch (error) {
      // The database may come back before the lease ends; after that another process may hold it.
      if (now().getTime() >= endsAt) lost.abort(error);
    }
  };
  const timer = setInterval(() => void renew(), ttlMs / RENEWALS_PER_TERM);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
