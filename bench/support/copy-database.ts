// Copies all collections of a database with their indexes, so that a peer works on the same data without touching it.
import mongoose from 'mongoose';

const BATCH_DOCUMENTS = 1_000;

type Database = mongoose.mongo.Db;

export async function copyDatabase(options: {
  uri: string;
  from: string;
  to: string;
}): Promise<void> {
  const client = new mongoose.mongo.MongoClient(options.uri);
  try {
    const [source, target] = [client.db(options.from), client.db(options.to)];
    const collections = await source.listCollections({}, { nameOnly: true }).toArray();
    for (const { name } of collections)
      if (!name.startsWith('system.')) {
        await copyIndexes({ source, target, name });
        await copyDocuments({ source, target, name });
      }
  } finally {
    await client.close();
  }
}

/** Makes the collection with the indexes of the other one of that name. */
export async function copyIndexes(options: {
  source: Database;
  target: Database;
  name: string;
  /** Name of the copy, where it is another. */
  as?: string;
}): Promise<void> {
  const { source, target, name, as = name } = options;
  const copy = await target.createCollection(as);
  for (const { v: _version, key, ...settings } of await source.collection(name).indexes())
    if (settings.name !== '_id_')
      // What an index says of itself is what makes one.
      await copy.createIndex(key, settings as mongoose.mongo.CreateIndexesOptions);
}

async function copyDocuments(options: {
  source: Database;
  target: Database;
  name: string;
}): Promise<void> {
  const { source, target, name } = options;
  const waiting: mongoose.mongo.Document[] = [];
  const flush = async () => {
    if (waiting.length > 0) await target.collection(name).insertMany(waiting.splice(0));
  };
  for await (const document of source.collection(name).find()) {
    waiting.push(document);
    if (waiting.length === BATCH_DOCUMENTS) await flush();
  }
  await flush();
}
