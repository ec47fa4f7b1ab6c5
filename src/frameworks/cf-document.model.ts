// CFDocument: a framework as published, with the page around it. Its `revision` says which items and associations are
// in force: an import writes new ones under a reserved number, and one write to this document makes them visible.
import { randomUUID } from 'node:crypto';
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';
import { forgetReads, shareReads } from '../db/shared-reads.js';
import { AppError } from '../http/errors.js';
import type { PageFurniture } from './cf-package.js';
import { ownerKeyOf, visibleOwnerKeys, type Owner, type Viewer } from './viewer.js';

const SCHEMA_VERSION = 1;

export interface FrameworkRecord {
  /** Our id in addresses, for instance `him`. */
  id: string;
  /** CASE GUID. */
  identifier: string;
  uri: string;
  title: string;
  /** CASE `version`: the edition in the publisher's words. */
  version: string | null;
  revision: number;
  /** Changes with every publication; what is cached of a framework is cached under it. */
  stamp: string;
  itemCount: number;
  owner: Owner;
  language: string;
  isPublic: boolean;
  page: PageFurniture;
  sourceName: string | null;
  lastChangeDateTime: Date;
}

interface StoredDocument {
  _id: string;
  schemaVersion: number;
  owner: Owner;
  ownerKey: string;
  identifier: string;
  uri: string;
  title: string;
  creator: string;
  language: string;
  version: string | null;
  lastChangeDateTime: Date;
  isPublic: boolean;
  page: PageFurniture;
  sourceName: string | null;
  /** 0 until the first publication. */
  revision: number;
  previousRevision: number;
  /** Highest revision given to an import, published or not. */
  reservedRevision: number;
  stamp: string;
  contentHash: string;
  itemCount: number;
}

/** What an import publishes. */
interface PublishedFramework {
  identifier: string;
  uri: string;
  title: string;
  creator: string;
  language: string;
  page: PageFurniture;
  sourceName: string | null;
  contentHash: string;
  itemCount: number;
}

/** What an import has to know of the document before it. */
export interface FrameworkState {
  revision: number;
  previousRevision: number;
  ownerKey: string;
  uri: string;
  contentHash: string;
}

const text = { type: String, default: null };
const number = { type: Number, default: 0 };
const schema = new mongoose.Schema<StoredDocument>({
  _id: { type: String, required: true },
  schemaVersion: { type: Number, required: true },
  owner: { type: mongoose.Schema.Types.Mixed, required: true },
  ownerKey: { type: String, required: true },
  identifier: text,
  uri: text,
  title: text,
  creator: text,
  language: text,
  version: text,
  lastChangeDateTime: { type: Date, default: null },
  isPublic: { type: Boolean, default: true },
  page: { type: mongoose.Schema.Types.Mixed, default: null },
  sourceName: text,
  revision: number,
  previousRevision: number,
  reservedRevision: number,
  stamp: text,
  contentHash: text,
  itemCount: number,
});
schema.index({ ownerKey: 1, title: 1 });
schema.index({ identifier: 1 });

const DocumentModel = defineModel({
  name: 'CFDocument',
  collection: 'cfDocuments',
  schema,
  shardKey: ['_id'],
  scatter: ['listFrameworks', 'listAllFrameworks'],
  people: 'nothing',
});

/** A published framework this viewer may see. */
export async function findFramework(options: {
  framework: string;
  viewer: Viewer;
}): Promise<FrameworkRecord | null> {
  const found = await DocumentModel.findOne({
    _id: options.framework,
    ...visibleTo(options.viewer),
  }).lean();
  return found ? toRecord(found) : null;
}

/** Throws `framework.not-found` (404) where there is none that this viewer may see. */
export async function getFramework(options: {
  framework: string;
  viewer: Viewer;
}): Promise<FrameworkRecord> {
  const found = await findFramework(options);
  if (!found)
    throw new AppError('framework.not-found', {
      status: 404,
      values: { framework: options.framework },
    });
  return found;
}

/** As getFramework, for pages: up to two seconds old where another process published. Shared: do not change it. */
export const getSharedFramework = shareReads({
  about: ({ framework }: Parameters<typeof getFramework>[0]) => topicOf(framework),
  read: getFramework,
});

function topicOf(framework: string): string {
  return `framework ${framework}`;
}

/** All published frameworks this viewer may see, by title. */
export async function listFrameworks(options: { viewer: Viewer }): Promise<FrameworkRecord[]> {
  const found = await DocumentModel.find(visibleTo(options.viewer))
    .sort({ title: 1, _id: 1 })
    .limit(MAX_LISTED)
    .lean();
  return found.map(toRecord);
}

/** For the operator: every published framework, whoever owns it. */
export async function listAllFrameworks(): Promise<FrameworkRecord[]> {
  const found = await DocumentModel.find({ revision: mongoose.trusted({ $gt: 0 }) })
    .sort({ title: 1, _id: 1 })
    .limit(MAX_LISTED)
    .lean();
  return found.map(toRecord);
}

const MAX_LISTED = 1_000;

/** What stands before an import; null where nothing was ever imported under this name. */
export async function findFrameworkState(framework: string): Promise<FrameworkState | null> {
  return DocumentModel.findOne({ _id: framework })
    .select({ _id: 0, revision: 1, previousRevision: 1, ownerKey: 1, uri: 1, contentHash: 1 })
    .lean<FrameworkState>();
}

/** Takes a revision number for an import; nobody else gets the same. Makes the document, unpublished, where there is none. */
export async function reserveRevision(options: {
  framework: string;
  owner: Owner;
}): Promise<number> {
  const { framework, owner } = options;
  const found = await DocumentModel.findOneAndUpdate(
    { _id: framework },
    {
      $inc: { reservedRevision: 1 },
      $setOnInsert: { schemaVersion: SCHEMA_VERSION, owner, ownerKey: ownerKeyOf(owner) },
    },
    { upsert: true, returnDocument: 'after', setDefaultsOnInsert: true },
  ).lean();
  return found.reservedRevision;
}

/**
 * The one write that makes a revision visible. False where another import published since `base`: nothing was changed.
 */
export async function publishRevision(options: {
  framework: string;
  base: number;
  revision: number;
  content: PublishedFramework;
  now: Date;
}): Promise<boolean> {
  const { framework, base, revision, content, now } = options;
  const publishing = DocumentModel.updateOne(
    { _id: framework, revision: base },
    {
      $set: {
        ...content,
        revision,
        previousRevision: base,
        stamp: randomUUID(),
        lastChangeDateTime: now,
      },
    },
  );
  const { matchedCount } = await publishing.finally(() => forgetReads(topicOf(framework)));
  return matchedCount === 1;
}

/** On a public page only what is public; in a launch also what its deployment owns. */
function visibleTo(viewer: Viewer): mongoose.QueryFilter<StoredDocument> {
  const filter: mongoose.QueryFilter<StoredDocument> = {
    ownerKey: mongoose.trusted({ $in: visibleOwnerKeys(viewer) }),
    revision: mongoose.trusted({ $gt: 0 }),
  };
  return viewer.deployment === null ? { ...filter, isPublic: true } : filter;
}

function toRecord(stored: StoredDocument): FrameworkRecord {
  return {
    id: stored._id,
    identifier: stored.identifier,
    uri: stored.uri,
    title: stored.title,
    version: stored.version,
    revision: stored.revision,
    stamp: stored.stamp,
    itemCount: stored.itemCount,
    owner: stored.owner,
    language: stored.language,
    isPublic: stored.isPublic,
    page: stored.page,
    sourceName: stored.sourceName,
    lastChangeDateTime: stored.lastChangeDateTime,
  };
}
