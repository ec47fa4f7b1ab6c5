// Deletes expired records of every model that names its `expires` field. The embedded engine's own expiry does not run,
// so this is a periodic job on every installation; queries filter by the field as well and never rely on it.
import mongoose from 'mongoose';
import { listModels } from './models.js';

/** Deletes what had expired by `now`. Returns how many records went, by collection; repeatable. */
export async function sweepExpired(options: {
  now: Date;
  signal?: AbortSignal;
}): Promise<Record<string, number>> {
  const swept: Record<string, number> = {};
  for (const { name, collection, expires } of listModels()) {
    if (expires === null) continue;
    if (options.signal?.aborted) break;
    const { deletedCount } = await mongoose
      .model(name)
      .deleteMany({ [expires]: mongoose.trusted({ $lte: options.now }) });
    if (deletedCount > 0) swept[collection] = deletedCount;
  }
  return swept;
}
