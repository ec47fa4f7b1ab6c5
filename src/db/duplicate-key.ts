// Reads MongoDB's duplicate-key errors (11000), which are answers here: a unique index decides, nothing is checked first.
import mongoose from 'mongoose';

const DUPLICATE_KEY = 11_000;

/** True when a write was refused because a unique index already holds its key. */
export function isDuplicateKey(error: unknown): boolean {
  return error instanceof mongoose.mongo.MongoServerError && error.code === DUPLICATE_KEY;
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
