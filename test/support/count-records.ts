// Counts what is stored, for tests that say "nothing is stored": every collection but the notes of refused launches.
import mongoose from 'mongoose';

const NOT_COUNTED = ['launchRefusals', 'databaseFacts', 'leases'];

export async function countRecords(): Promise<Record<string, number>> {
  const { db } = mongoose.connection;
  if (db === undefined) throw new Error('not connected');
  const counts: Record<string, number> = {};
  for (const { name } of await db.listCollections({}, { nameOnly: true }).toArray()) {
    if (NOT_COUNTED.includes(name) || name.startsWith('system.')) continue;
    const count = await db.collection(name).countDocuments();
    if (count > 0) counts[name] = count;
  }
  return counts;
}
