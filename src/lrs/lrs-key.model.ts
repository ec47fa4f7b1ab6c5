// Keys by which programs use the LRS: what they may do, and a hash of their secret. A revoked key stays, so that its
// statements still say whose they are.
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';
import type { LrsScope } from './lrs-request.js';

const MOST_LISTED = 1_000;

export interface LrsKeyRecord {
  /** The key itself: the user name of Basic authentication. */
  key: string;
  name: string;
  scopes: LrsScope[];
  secretHash: string;
  createdAt: Date;
  revokedAt: Date | null;
}

type LrsKeyDocument = Omit<LrsKeyRecord, 'key'> & { _id: string };

const schema = new mongoose.Schema<LrsKeyDocument>({
  _id: { type: String, required: true },
  name: { type: String, required: true },
  scopes: { type: [String], required: true },
  secretHash: { type: String, required: true },
  createdAt: { type: Date, required: true },
  revokedAt: { type: Date, default: null },
});
const LrsKeyModel = defineModel({
  name: 'LrsKey',
  collection: 'lrsKeys',
  schema,
  shardKey: ['_id'],
  scatter: ['listLrsKeyRecords'],
  people: 'nothing',
});

export async function insertLrsKey(record: LrsKeyRecord): Promise<void> {
  const { key, ...rest } = record;
  await LrsKeyModel.create({ _id: key, ...rest });
}

export async function findLrsKeyRecord(options: { key: string }): Promise<LrsKeyRecord | null> {
  const found = await LrsKeyModel.findOne({ _id: options.key }).lean();
  return found ? toRecord(found) : null;
}

/** All keys, the oldest first. */
export async function listLrsKeyRecords(): Promise<LrsKeyRecord[]> {
  const found = await LrsKeyModel.find().sort({ _id: 1 }).limit(MOST_LISTED).lean();
  return found
    .map((document) => toRecord(document))
    .sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
}

/** False when there is no such key. A key that is revoked already keeps its first moment. */
export async function markLrsKeyRevoked(options: { key: string; now: Date }): Promise<boolean> {
  const { key, now } = options;
  await LrsKeyModel.updateOne({ _id: key, revokedAt: null }, { $set: { revokedAt: now } });
  return (await LrsKeyModel.exists({ _id: key })) !== null;
}

function toRecord({ _id, ...rest }: LrsKeyDocument): LrsKeyRecord {
  return { key: _id, ...rest };
}
