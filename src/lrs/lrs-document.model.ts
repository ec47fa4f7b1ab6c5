// Documents of the state, activity profile and agent profile resources (Communication 2.2 to 2.7): bytes with their media
// type, found by whose they are. A change compares with the content it was made from and swaps in one write.
import { createHash } from 'node:crypto';
import mongoose from 'mongoose';
import { isDuplicateKey } from '../db/duplicate-key.js';
import { defineModel } from '../db/models.js';
import { toBuffer } from './to-buffer.js';

const MOST_LISTED = 10_000;

export type DocumentKind = 'state' | 'activityProfile' | 'agentProfile';

/** Whose documents: of an activity, an agent, or both; a state may belong to a registration besides. */
export interface DocumentOwner {
  kind: DocumentKind;
  activityId: string | null;
  /** agentKey of the agent. */
  agentKey: string | null;
}

export interface DocumentAddress extends DocumentOwner {
  registration: string | null;
  documentId: string;
}

export interface LrsContent {
  content: Buffer;
  contentType: string;
  /** SHA-1 of the content in lower case hexadecimal digits (Communication 3.1). */
  etag: string;
}

export interface LrsDocumentRecord extends LrsContent {
  updatedAt: Date;
}

interface StoredDocument extends LrsDocumentRecord {
  _id: string;
  owner: string;
  kind: DocumentKind;
  documentId: string;
  registration: string | null;
  /** agentKey of the agent, so that what is held of a person can be found; null for an activity's own. */
  agentKey: string | null;
}

const required = { type: String, required: true };
const schema = new mongoose.Schema<StoredDocument>({
  _id: required,
  owner: required,
  kind: { type: String, enum: ['state', 'activityProfile', 'agentProfile'], required: true },
  documentId: required,
  registration: { type: String, default: null },
  agentKey: { type: String, default: null },
  content: { type: Buffer, required: true },
  contentType: required,
  etag: required,
  updatedAt: { type: Date, required: true },
});
schema.index({ owner: 1, updatedAt: 1 });
schema.index({ agentKey: 1 }, { partialFilterExpression: { agentKey: { $type: 'string' } } });
const LrsDocumentModel = defineModel({
  name: 'LrsDocument',
  collection: 'lrsDocuments',
  people: { otherwise: 'erase-person.ts: by the agents of the person' },
  schema,
  shardKey: ['owner'],
});

/** What a body is as a document. */
export function toContent(options: { content: Buffer; contentType: string }): LrsContent {
  const { content, contentType } = options;
  return { content, contentType, etag: createHash('sha1').update(content).digest('hex') };
}

export async function findDocument(address: DocumentAddress): Promise<LrsDocumentRecord | null> {
  const found = await LrsDocumentModel.findOne(keyOf(address)).lean();
  if (!found) return null;
  const { content, contentType, etag, updatedAt } = found;
  return { content: toBuffer(content), contentType, etag, updatedAt };
}

/** Ids of the documents of an owner, of one registration where it is given, changed after `since` where it is given. */
export async function listDocumentIds(options: {
  owner: DocumentOwner;
  registration: string | null;
  since: Date | null;
}): Promise<string[]> {
  const { owner, registration, since } = options;
  const found = await LrsDocumentModel.find(
    {
      owner: ownerKey(owner),
      ...(registration === null ? {} : { registration }),
      ...(since === null ? {} : { updatedAt: mongoose.trusted({ $gt: since }) }),
    },
    { documentId: 1 },
  )
    .sort({ updatedAt: 1 })
    .limit(MOST_LISTED)
    .lean();
  return [...new Set(found.map(({ documentId }) => documentId))];
}

/** Puts the content in place of `before` (null: where there was none). False when somebody was quicker. */
export async function swapDocument(options: {
  address: DocumentAddress;
  before: { etag: string; contentType: string } | null;
  next: LrsContent;
  now: Date;
}): Promise<boolean> {
  const { address, before, next, now } = options;
  const change = { ...next, updatedAt: now };
  if (before) {
    const { matchedCount } = await LrsDocumentModel.updateOne(
      { ...keyOf(address), etag: before.etag, contentType: before.contentType },
      { $set: change },
    );
    return matchedCount === 1;
  }
  const { kind, documentId, registration, agentKey } = address;
  try {
    await LrsDocumentModel.create({
      ...keyOf(address),
      kind,
      documentId,
      registration,
      agentKey,
      ...change,
    });
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}

/** Removes a document while its content is still this. False when somebody changed it meanwhile. */
export async function removeDocument(options: {
  address: DocumentAddress;
  before: { etag: string };
}): Promise<boolean> {
  const { address, before } = options;
  const { deletedCount } = await LrsDocumentModel.deleteOne({
    ...keyOf(address),
    etag: before.etag,
  });
  return deletedCount === 1;
}

/** Removes the documents of an owner, of one registration where it is given. */
export async function removeDocuments(options: {
  owner: DocumentOwner;
  registration: string | null;
}): Promise<void> {
  const { owner, registration } = options;
  await LrsDocumentModel.deleteMany({
    owner: ownerKey(owner),
    ...(registration === null ? {} : { registration }),
  });
}

function keyOf(address: DocumentAddress): { _id: string; owner: string } {
  const owner = ownerKey(address);
  return { _id: `${owner}/${digest([address.registration, address.documentId])}`, owner };
}

function ownerKey({ kind, activityId, agentKey }: DocumentOwner): string {
  return digest([kind, activityId, agentKey]);
}

function digest(parts: (string | null)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}
