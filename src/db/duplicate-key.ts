// Reads MongoDB's duplicate-key errors (11000), which are answers here: a unique index decides, nothing is checked first.
import mongoose from 'mongoose';

const DUPLICATE_KEY = 11_000;

/** True when a write was refused because a unique index already holds its key. */
export function isDuplicateKey(error: unknown): boolean {
  return error instanceof mongoose.mongo.MongoServerError && error.code === DUPLICATE_KEY;
}

/**
 * An upsert that met another one on the same key is repeated once: then the record is there and the write is an update.
 * `write` must be idempotent, and change nothing when it fails.
 */
export async function repeatUpsert<Result>(write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    return write();
  }
}

export interface RefusedInsert {
  /** Place of the document in the list that was sent. */
  index: number;
  /** Name of the unique index that refused it. */
  indexName: string;
}

/** The documents of an unordered bulk insert that unique indexes refused. Rethrows every other failure. */
export function listRefusedInserts(error: unknown): RefusedInsert[] {
  if (!(error instanceof mongoose.mongo.MongoBulkWriteError)) throw error;
  const failures = [error.writeErrors].flat();
  if (failures.length === 0 || failures.some((failure) => failure.code !== DUPLICATE_KEY))
    throw error;
  return failures.map((failure) => ({
    index: failure.index,
    indexName: /index: (\S+)/.exec(failure.errmsg ?? '')?.[1] ?? '',
  }));
}

/**
 * Runs an update that names the revision it follows, an upsert where that is 0. False when another writer was first, whom
 * the filter does not match or the unique key refuses.
 */
export async function isNextRevision(
  write: () => Promise<{ matchedCount: number; upsertedCount: number }>,
): Promise<boolean> {
  try {
    const { matchedCount, upsertedCount } = await write();
    return matchedCount + upsertedCount === 1;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}
