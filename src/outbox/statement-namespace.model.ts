// The one record that holds the sealed namespace of statement ids.
import mongoose from 'mongoose';
import { isDuplicateKey } from '../db/duplicate-key.js';
import { defineModel } from '../db/models.js';

const ID = 'statement-ids';

interface StatementNamespace {
  _id: string;
  sealed: string;
  createdAt: Date;
}

const schema = new mongoose.Schema<StatementNamespace>({
  _id: { type: String, required: true },
  sealed: { type: String, required: true },
  createdAt: { type: Date, default: Date.now },
});
const StatementNamespaceModel = defineModel({
  name: 'StatementNamespace',
  collection: 'statementNamespaces',
  schema,
  shardKey: ['_id'],
  sealed: { sealed: 'statement-namespace' },
  people: 'nothing',
});

export async function findSealedNamespace(): Promise<string | null> {
  const found = await StatementNamespaceModel.findOne({ _id: ID }).lean();
  return found?.sealed ?? null;
}

/** Keeps `sealed` unless there is one already; the one that is kept comes back. */
export async function keepSealedNamespace(options: { sealed: string }): Promise<string> {
  try {
    await StatementNamespaceModel.create({ _id: ID, sealed: options.sealed });
    return options.sealed;
  } catch (error) {
    const first = isDuplicateKey(error) ? await findSealedNamespace() : null;
    if (first === null) throw error;
    return first;
  }
}
