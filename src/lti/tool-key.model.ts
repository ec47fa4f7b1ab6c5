// Our own signing keys: public members as they are published, private keys sealed under the instance's secret.
// States: active signs; published is offered only (new before use, old while tokens live); retired is offered no longer.
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';

export interface ToolKeyRecord {
  /** The `kid`. */
  _id: string;
  state: 'active' | 'published' | 'retired';
  /** RSA modulus and exponent, base64url. */
  n: string;
  e: string;
  /** PKCS #8 PEM, sealed. */
  sealedPrivateKey: string;
  createdAt: Date;
}

const required = { type: String, required: true };
const schema = new mongoose.Schema<ToolKeyRecord>({
  _id: required,
  state: { type: String, enum: ['active', 'published', 'retired'], required: true },
  n: required,
  e: required,
  sealedPrivateKey: required,
  createdAt: { type: Date, required: true },
});
const ToolKeyModel = defineModel({
  name: 'ToolKey',
  collection: 'toolKeys',
  schema,
  shardKey: ['_id'],
  scatter: ['listOfferedToolKeys'],
});

/** A key of this id stays as it is: two processes that start at once agree on the first. */
export async function insertToolKey(key: ToolKeyRecord): Promise<void> {
  const { _id, ...rest } = key;
  await ToolKeyModel.updateOne({ _id }, { $setOnInsert: rest }, { upsert: true });
}

/** Active and published keys, oldest first. */
export async function listOfferedToolKeys(): Promise<ToolKeyRecord[]> {
  return ToolKeyModel.find({ state: mongoose.trusted({ $in: ['active', 'published'] }) })
    .sort({ createdAt: 1 })
    .limit(100)
    .lean();
}

export async function setToolKeyState(options: {
  kid: string;
  state: ToolKeyRecord['state'];
}): Promise<void> {
  await ToolKeyModel.updateOne({ _id: options.kid }, { $set: { state: options.state } });
}
