// How often a key was used in a minute or on a day, where it has a limit: one count for all processes. Swept when the period
// is over.
import mongoose from 'mongoose';
import { isDuplicateKey } from '../db/duplicate-key.js';
import { defineModel } from '../db/models.js';

interface UseDocument {
  /** Key, what is counted, and the period's beginning. */
  _id: string;
  count: number;
  expiresAt: Date;
}

const schema = new mongoose.Schema<UseDocument>({
  _id: { type: String, required: true },
  count: { type: Number, required: true },
  expiresAt: { type: Date, required: true },
});
const LrsKeyUseModel = defineModel({
  name: 'LrsKeyUse',
  collection: 'lrsKeyUses',
  schema,
  shardKey: ['_id'],
  expires: 'expiresAt',
  backup: 'never',
  people: 'nothing',
});

/** Counts `count` more in a period; false, and nothing counted, where that would be more than `most`. */
export async function countUse(options: {
  /** Names the key, what is counted, and the period. */
  id: string;
  count: number;
  most: number;
  expiresAt: Date;
}): Promise<boolean> {
  const { id, count, most, expiresAt } = options;
  if (count > most) return false;
  const within = { _id: id, count: mongoose.trusted({ $lte: most - count }) };
  try {
    const update = { $inc: { count }, $setOnInsert: { expiresAt } };
    await LrsKeyUseModel.updateOne(within, update, { upsert: true });
    return true;
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    // It is there: beyond the limit, or made by somebody else a moment ago.
    return (await LrsKeyUseModel.updateOne(within, { $inc: { count } })).matchedCount === 1;
  }
}
