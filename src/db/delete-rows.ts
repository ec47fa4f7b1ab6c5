// Removes what a platform's people left, in every collection whose records name a platform or a deployment: by the register of
// models, so that no collection is forgotten. Logs without gaps, and what only names a statement, are emptied by their rooms.
import mongoose from 'mongoose';
import { listModels } from './models.js';

/** Registrations are no data of people, and places of a log must not go missing. */
const KEPT = [
  'platforms',
  'deployments',
  'invitations',
  'registrationAttempts',
  'outboxStatements',
];

/** How many rows went, by collection. Can be repeated. */
export async function deleteRowsOf(options: {
  platform: string;
  deployments: string[];
}): Promise<Record<string, number>> {
  const { platform, deployments } = options;
  const gone: Record<string, number> = {};
  for (const { name, collection } of listModels()) {
    if (KEPT.includes(collection)) continue;
    const model = mongoose.model(name);
    const filter = model.schema.path('platform')
      ? { platform }
      : model.schema.path('deployment')
        ? { deployment: mongoose.trusted({ $in: deployments }) }
        : null;
    if (filter === null) continue;
    const { deletedCount } = await model.deleteMany(filter);
    if (deletedCount > 0) gone[collection] = deletedCount;
  }
  return gone;
}
