// The launch doctor's notes: each refused login or launch as a plain reason with what was expected and seen. Never holds
// a name, an e-mail address, a sub or a token; capped in number here and in rate by note-refusal.ts.
import { randomUUID } from 'node:crypto';
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';

export interface Refusal {
  _id: string;
  at: Date;
  /** Our id of the platform, where the login named one we know. */
  platform: string | null;
  step: 'login' | 'launch';
  code: string;
  status: number;
  /** Values of the code's words: which claim or parameter, what was expected, what was seen. */
  details: Record<string, string>;
  /** Names of the claims without their values. */
  claimNames: string[];
  /** The number the person was shown. */
  reference: string;
  expiresAt: Date;
}

const required = { type: String, required: true };
const schema = new mongoose.Schema<Refusal>({
  _id: required,
  at: { type: Date, required: true },
  platform: { type: String, default: null },
  step: { type: String, enum: ['login', 'launch'], required: true },
  code: required,
  status: { type: Number, required: true },
  details: { type: mongoose.Schema.Types.Mixed, required: true },
  claimNames: [String],
  reference: { type: String, default: '' },
  expiresAt: { type: Date, required: true },
});
schema.index({ expiresAt: 1 });
schema.index({ at: -1 });
schema.index({ platform: 1, at: -1 });
const RefusalModel = defineModel({
  name: 'Refusal',
  collection: 'launchRefusals',
  schema,
  shardKey: ['_id'],
  scatter: ['listRefusals'],
  expires: 'expiresAt',
});

/** Keeps one note, unless `cap` are kept already. */
export async function insertRefusal(
  refusal: Omit<Refusal, '_id'>,
  options: { cap: number },
): Promise<void> {
  if ((await RefusalModel.estimatedDocumentCount()) >= options.cap) return;
  await RefusalModel.create({ _id: randomUUID(), ...refusal });
}

/** Newest first; of one platform, or of all. */
export async function listRefusals(options: {
  platform?: string;
  now: Date;
  limit: number;
}): Promise<Refusal[]> {
  const { platform, now, limit } = options;
  return RefusalModel.find({
    ...(platform === undefined ? {} : { platform }),
    expiresAt: mongoose.trusted({ $gt: now }),
  })
    .sort({ at: -1 })
    .limit(limit)
    .lean();
}
