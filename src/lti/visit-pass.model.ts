// Passes of links to new tabs that were used: a pass opens once, and the insert decides who was first. Kept until the pass
// would have ended anyway. Lost with a restored backup, as are the sessions that signed them.
import mongoose from 'mongoose';
import { isDuplicateKey } from '../db/duplicate-key.js';
import { defineModel } from '../db/models.js';

interface UsedPass {
  /** The signature, which is another one for each drawing of each link. */
  _id: string;
  expiresAt: Date;
}

const schema = new mongoose.Schema<UsedPass>({
  _id: { type: String, required: true },
  expiresAt: { type: Date, required: true },
});
schema.index({ expiresAt: 1 });
const UsedPassModel = defineModel({
  name: 'UsedVisitPass',
  collection: 'usedVisitPasses',
  schema,
  shardKey: ['_id'],
  expires: 'expiresAt',
  backup: 'never',
  people: 'nothing',
});

/** False when it was used before. */
export async function useVisitPass(options: { pass: string; endsAt: Date }): Promise<boolean> {
  try {
    await UsedPassModel.create({ _id: options.pass, expiresAt: options.endsAt });
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}
