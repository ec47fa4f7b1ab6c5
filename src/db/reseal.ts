// Changing the secret that keys and passwords are encrypted under: every sealed text of every collection is sealed anew under
// the present secret, and only then does the database take its fingerprint. Repeatable, and continued where it was stopped:
// a text says itself which secret it needs. Which fields are sealed is said where the models are defined (models.ts).
import mongoose from 'mongoose';
import { AppError } from '../http/errors.js';
import { isSealedUnder, sealText, secretFingerprint, tryToOpenSealedText } from '../secrets.js';
import { withLease } from './lease.js';
import { listModels, type ModelEntry } from './models.js';
import { recordSecretFingerprint } from './schema-version.js';

const LEASE_MS = 60_000;

export interface ResealOutcome {
  /** Texts sealed anew, by collection. */
  sealed: Record<string, number>;
  /** Texts that were sealed under the present secret already. */
  already: number;
}

/**
 * Seals anew what previous secrets sealed. Throws `database.reseal-busy` (503) while another process does it, and
 * `database.reseal-unreadable` (409) where texts open under none of the secrets given: then the fingerprint stays.
 */
export async function resealAll(options: {
  secret: string;
  holder: string;
  now: () => Date;
}): Promise<ResealOutcome> {
  const { secret, holder, now } = options;
  const outcome = await withLease({ name: 'reseal', holder, ttlMs: LEASE_MS, now }, async () => {
    const done: ResealOutcome = { sealed: {}, already: 0 };
    const unreadable: string[] = [];
    for (const entry of listModels())
      for (const [field, purpose] of Object.entries(entry.sealed))
        await resealField({ entry, field, purpose, secret, done, unreadable });
    if (unreadable.length > 0)
      throw new AppError('database.reseal-unreadable', {
        status: 409,
        values: { count: unreadable.length, records: unreadable.slice(0, 5).join(', ') },
      });
    await recordSecretFingerprint({ fingerprint: secretFingerprint(secret) });
    return done;
  });
  if (!outcome.held) throw new AppError('database.reseal-busy', { status: 503 });
  return outcome.result;
}

async function resealField(options: {
  entry: ModelEntry;
  field: string;
  purpose: string;
  secret: string;
  done: ResealOutcome;
  unreadable: string[];
}): Promise<void> {
  const { entry, field, purpose, secret, done, unreadable } = options;
  const { collection, expires } = entry;
  const { db } = mongoose.connection;
  if (db === undefined) throw new Error('not connected');
  const records = db.collection<{ _id: string }>(collection);
  const filter = { [field]: { $type: 'string' } };
  for await (const record of records.find(filter, { projection: { [field]: 1 } })) {
    const sealed = readPath(record, field);
    if (sealed === null) continue;
    if (isSealedUnder({ secret, sealed })) {
      done.already += 1;
      continue;
    }
    const text = tryToOpenSealedText({ secret, purpose, sealed });
    // Only the text that was read is replaced: who wrote another one meanwhile sealed that one.
    const found = { _id: record._id, [field]: sealed };
    if (text !== null) {
      const renewed = sealText({ secret, purpose, text });
      await records.updateOne(found, { $set: { [field]: renewed } });
      done.sealed[collection] = (done.sealed[collection] ?? 0) + 1;
    } else if (expires !== null) {
      await records.deleteOne(found); // What ends by itself is asked for again.
    } else unreadable.push(`${collection}/${record._id}`);
  }
}

function readPath(record: object, path: string): string | null {
  let value: unknown = record;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null) return null;
    value = Object.entries(value).find(([key]) => key === name)?.[1];
  }
  return typeof value === 'string' ? value : null;
}
