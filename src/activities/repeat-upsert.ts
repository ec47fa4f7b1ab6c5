// An upsert that met another one on the same key is repeated once: then the record is there and the write is an update.
import { isDuplicateKey } from '../db/duplicate-key.js';

/** `write` must be idempotent. */
export async function repeatUpsert<Result>(write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    return write();
  }
}
