// Our own signing keys: public members as they are published, private keys sealed under the instance's secret.
// States: next is offered before it signs; active signs; retiring is offered while what it signed may live; withdrawn is
// offered no more, has lost its private part, and is kept for people who look.
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';

export type ToolKeyState = 'next' | 'active' | 'retiring' | 'withdrawn';

export interface ToolKeyRecord {
  /** The `kid`. */
  _id: string;
  state: ToolKeyState;
  /** RSA modulus and exponent, base64url. */
  n: string;
  e: string;
  /** PKCS #8 PEM, sealed; null once it is withdrawn. */
  sealedPrivateKey: string | null;
  /** When it was first offered. */
  createdAt: Date;
  /** When it began to sign. */
  activatedAt: Date | null;
  /** When it ceased to sign. */
  endedAt: Date | null;
}

const MOST_LISTED = 100;
const required = { type: String, required: true };
const schema = new mongoose.Schema<ToolKeyRecord>({
  _id: required,
  state: { type: String, enum: ['next', 'active', 'retiring', 'withdrawn'], required: true },
  n: required,
  e: required,
  sealedPrivateKey: { type: String, default: null },
  createdAt: { type: Date, required: true },
  activatedAt: { type: Date, default: null },
  endedAt: { type: Date, default: null },
});
const ToolKeyModel = defineModel({
  name: 'ToolKey',
  collection: 'toolKeys',
  schema,
  shardKey: ['_id'],
  scatter: ['listToolKeys'],
  sealed: { sealedPrivateKey: 'tool-key' },
  people: 'nothing',
});

/** A key of this id stays as it is: two processes that make one at once agree on the first. */
export async function insertToolKey(key: ToolKeyRecord): Promise<void> {
  const { _id, ...rest } = key;
  await ToolKeyModel.updateOne({ _id }, { $setOnInsert: rest }, { upsert: true });
}

/** All keys there are, oldest first. */
export async function listToolKeys(): Promise<ToolKeyRecord[]> {
  const found = await ToolKeyModel.find({})
    .sort({ createdAt: 1, _id: 1 })
    .limit(MOST_LISTED)
    .lean();
  // Keys of the first release hold no times but the one of their making, and all of them were active.
  return found.map(({ activatedAt, endedAt, sealedPrivateKey, ...key }) => ({
    ...key,
    sealedPrivateKey: sealedPrivateKey ?? null,
    activatedAt: activatedAt ?? (key.state === 'active' ? key.createdAt : null),
    endedAt: endedAt ?? null,
  }));
}

/** From `next` to `active`; a key that is in another state by now is left. */
export async function activateToolKey(options: { kid: string; now: Date }): Promise<void> {
  const { kid, now } = options;
  await ToolKeyModel.updateOne(
    { _id: kid, state: 'next' },
    { $set: { state: 'active', activatedAt: now } },
  );
}

/** From `active` to `retiring`; a key that is in another state by now is left. */
export async function retireToolKey(options: { kid: string; now: Date }): Promise<void> {
  const { kid, now } = options;
  await ToolKeyModel.updateOne(
    { _id: kid, state: 'active' },
    { $set: { state: 'retiring', endedAt: now } },
  );
}

/** Withdraws the keys of these ids; their private parts go. Answers how many went. */
export async function withdrawToolKeys(options: {
  kids: readonly string[];
  now: Date;
}): Promise<number> {
  const { modifiedCount } = await ToolKeyModel.updateMany(
    {
      _id: mongoose.trusted({ $in: [...options.kids] }),
      state: mongoose.trusted({ $ne: 'withdrawn' }),
    },
    { $set: { state: 'withdrawn', sealedPrivateKey: null, endedAt: options.now } },
  );
  return modifiedCount;
}

/** Only a key that is in this state still is deleted. */
export async function deleteToolKey(options: { kid: string; state: ToolKeyState }): Promise<void> {
  await ToolKeyModel.deleteOne({ _id: options.kid, state: options.state });
}
