// For files whose tests share a costly world: remembers every record, and puts them back after the root hook emptied the
// database. What the tool holds in memory stays valid, as ids stay the same.
import { testDatabase } from './engine.js';

export interface KeptRecords {
  /** Replaces what is stored now. */
  putBack(): Promise<void>;
}

export async function keepRecords(): Promise<KeptRecords> {
  const kept: { name: string; rows: object[] }[] = [];
  for (const name of await collectionNames()) {
    const rows = await testDatabase().collection(name).find().toArray();
    if (rows.length > 0) kept.push({ name, rows });
  }
  return {
    async putBack() {
      await Promise.all(
        kept.map(async ({ name, rows }) => {
          await testDatabase().collection(name).deleteMany({});
          await testDatabase().collection(name).insertMany(rows);
        }),
      );
    },
  };
}

async function collectionNames(): Promise<string[]> {
  const found = await testDatabase().listCollections({}, { nameOnly: true }).toArray();
  return found.map(({ name }) => name).filter((name) => !name.startsWith('system.'));
}
