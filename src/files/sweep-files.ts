// Removes pieces of files that have no record: of uploads that a stopped process left half-way, of files whose deletion was
// interrupted, and of those that a restored backup did not know.
import { deleteChunks, listBegun } from './file-chunk.model.js';
import { listStored } from './stored-file.model.js';

const BATCH = 500;
/** Twice the longest upload (store-file.ts): pieces of one that is still coming are left. */
const LEAST_AGE_MS = 60 * 60_000;

/** Looks at all files that have content, some hundreds at a time. Returns how many were removed; repeatable. */
export async function sweepFiles(options: { now: Date; signal?: AbortSignal }): Promise<number> {
  const { now, signal } = options;
  let after = '';
  let removed = 0;
  while (!signal?.aborted) {
    const begun = await listBegun({ after, limit: BATCH });
    const last = begun.at(-1);
    if (last === undefined) return removed;
    after = last.file;
    const old = begun.filter(({ at }) => now.getTime() - at.getTime() > LEAST_AGE_MS);
    if (old.length === 0) continue;
    const stored = await listStored({ files: old.map(({ file }) => file) });
    for (const orphan of old.filter(({ file }) => !stored.has(file))) {
      await deleteChunks(orphan);
      removed += 1;
    }
  }
  return removed;
}
