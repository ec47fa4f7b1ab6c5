// Keys by which programs use the LRS: what they may do, how much, from which pages, until when, and a hash of their secret.
// A revoked key stays, so that its statements still say whose they are.
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';
import type { LrsScope } from './lrs-request.js';

const MOST_LISTED = 1_000;

/** What may be changed of a key after it was made. */
export interface LrsKeyTerms {
  /** Origins of web pages that may use it, as browsers write them; none: no page elsewhere. */
  origins: string[];
  /** Refused from this moment on; null for never. */
  expiresAt: Date | null;
  /** Null for no limit. */
  requestsPerMinute: number | null;
  statementsPerDay: number | null;
}

export interface LrsKeyRecord extends LrsKeyTerms {
  /** The key itself: the user name of Basic authentication. */
  key: string;
  name: string;
  scopes: LrsScope[];
  secretHash: string;
  /** The secret before the last rotation, good until then. */
  previous: { secretHash: string; until: Date } | null;
  rotatedAt: Date | null;
  createdAt: Date;
  revokedAt: Date | null;
  /** `2026-05-04`, in UTC; null before its first use. */
  lastUsedDay: string | null;
}

/** A key as it is made; a record of an earlier version may lack what came later. */
type LrsKeyDocument = Pick<
  LrsKeyRecord,
  'name' | 'scopes' | 'secretHash' | 'createdAt' | 'revokedAt'
> &
  Partial<Omit<LrsKeyRecord, 'key'>> & { _id: string };

const schema = new mongoose.Schema<LrsKeyDocument>({
  _id: { type: String, required: true },
  name: { type: String, required: true },
  scopes: { type: [String], required: true },
  secretHash: { type: String, required: true },
  previous: {
    type: new mongoose.Schema({ secretHash: String, until: Date }, { _id: false }),
    default: null,
  },
  rotatedAt: { type: Date, default: null },
  createdAt: { type: Date, required: true },
  revokedAt: { type: Date, default: null },
  lastUsedDay: { type: String, default: null },
  origins: { type: [String], default: [] },
  expiresAt: { type: Date, default: null },
  requestsPerMinute: { type: Number, default: null },
  statementsPerDay: { type: Number, default: null },
});
const LrsKeyModel = defineModel({
  name: 'LrsKey',
  collection: 'lrsKeys',
  schema,
  shardKey: ['_id'],
  scatter: ['listLrsKeyRecords'],
  people: 'nothing',
});

export async function insertLrsKey(
  record: Omit<LrsKeyRecord, 'previous' | 'rotatedAt' | 'revokedAt' | 'lastUsedDay'>,
): Promise<void> {
  const { key, ...rest } = record;
  await LrsKeyModel.create({ _id: key, ...rest, revokedAt: null });
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

/** False when there is no such key, or it is revoked. */
export async function replaceLrsKeyTerms(options: {
  key: string;
  terms: LrsKeyTerms;
}): Promise<boolean> {
  const { key, terms } = options;
  const { matchedCount } = await LrsKeyModel.updateOne(
    { _id: key, revokedAt: null },
    { $set: { ...terms } },
  );
  return matchedCount === 1;
}

/** Puts a secret in the place of the one that was seen; false when somebody else was first, or it is revoked. */
export async function replaceLrsKeySecret(options: {
  key: string;
  seenHash: string;
  secretHash: string;
  previous: LrsKeyRecord['previous'];
  now: Date;
}): Promise<boolean> {
  const { key, seenHash, secretHash, previous, now } = options;
  const { matchedCount } = await LrsKeyModel.updateOne(
    { _id: key, secretHash: seenHash, revokedAt: null },
    { $set: { secretHash, previous, rotatedAt: now } },
  );
  return matchedCount === 1;
}

export async function noteLrsKeyUsed(options: { key: string; day: string }): Promise<void> {
  await LrsKeyModel.updateOne({ _id: options.key }, { $set: { lastUsedDay: options.day } });
}

function toRecord({ _id, ...rest }: LrsKeyDocument): LrsKeyRecord {
  return { ...NEVER_SAID, ...rest, key: _id };
}

const NEVER_SAID = {
  previous: null,
  rotatedAt: null,
  lastUsedDay: null,
  origins: [],
  expiresAt: null,
  requestsPerMinute: null,
  statementsPerDay: null,
};
