// Two first launches at once may both insert the same derived record: the second meets the first one's key and is repeated.
import { isDuplicateKey } from '../db/duplicate-key.js';

/** `upsert` must change nothing when it fails. */
export async function repeatOnce<Result>(upsert: () => Promise<Result>): Promise<Result> {
  try {
    return await upsert();
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    return upsert();
  }
}
