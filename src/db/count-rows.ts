// Counts what is held about a person in a deployment, in every collection whose records name both: by the register of models,
// so that no collection is forgotten. Reads counts only.
import mongoose from 'mongoose';
import { listModels } from './models.js';

/** By collection; those with nothing are left out. */
export async function countRowsOf(options: {
  deployment: string;
  user: string;
}): Promise<Record<string, number>> {
  const { deployment, user } = options;
  const counts: Record<string, number> = {};
  for (const { name, collection } of listModels()) {
    const model = mongoose.model(name);
    if (!model.schema.path('deployment') || !model.schema.path('user')) continue;
    const count = await model.countDocuments({ deployment, user });
    if (count > 0) counts[collection] = count;
  }
  return counts;
}
