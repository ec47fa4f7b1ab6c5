// One document an owner: the revision of its part of the library, bumped by each change, so that counts may be kept in the
// process. While a change is under way nothing is kept; a change that was stopped leaves that so until the next one ends.
import { randomUUID } from 'node:crypto';
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';
import { forgetReads, shareReads } from '../db/shared-reads.js';
import { visibleOwnerKeys, type Viewer } from '../frameworks/viewer.js';

const SCHEMA_VERSION = 1;
const TOPIC = 'library';

interface StoredState {
  _id: string;
  schemaVersion: number;
  revision: number;
  stamp: string;
  isChanging: boolean;
  /** Of the starter content that was imported last. */
  starterHash: string | null;
}

interface LibraryState {
  /** Sum over the owners this viewer sees. */
  revision: number;
  /** Changes with every change of what the viewer sees; null while one is under way. */
  stamp: string | null;
}

const schema = new mongoose.Schema<StoredState>({
  _id: { type: String, required: true },
  schemaVersion: { type: Number, required: true },
  revision: { type: Number, default: 0 },
  stamp: { type: String, default: '' },
  isChanging: { type: Boolean, default: false },
  starterHash: { type: String, default: null },
});

const StateModel = defineModel({
  name: 'LibraryState',
  collection: 'libraryStates',
  schema,
  shardKey: ['_id'],
  people: 'nothing',
});

/** One query. */
export async function readLibraryState(options: { viewer: Viewer }): Promise<LibraryState> {
  const found = await StateModel.find({
    _id: mongoose.trusted({ $in: visibleOwnerKeys(options.viewer) }),
  })
    .sort({ _id: 1 })
    .lean();
  const isChanging = found.some((state) => state.isChanging);
  return {
    revision: found.reduce((sum, state) => sum + state.revision, 0),
    stamp: isChanging ? null : found.map(({ _id, stamp }) => `${_id} ${stamp}`).join(' '),
  };
}

/** As readLibraryState, for pages: up to two seconds old where another process imports. */
export const readSharedLibraryState = shareReads({ about: () => TOPIC, read: readLibraryState });

/** Before the first write of a change. */
export async function beginLibraryChange(ownerKey: string): Promise<void> {
  await StateModel.updateOne(
    { _id: ownerKey },
    { $set: { isChanging: true }, $setOnInsert: { schemaVersion: SCHEMA_VERSION } },
    { upsert: true },
  ).finally(() => forgetReads(TOPIC));
}

/** After the last write of a change. */
export async function endLibraryChange(ownerKey: string): Promise<void> {
  await StateModel.updateOne(
    { _id: ownerKey },
    {
      $inc: { revision: 1 },
      $set: { isChanging: false, stamp: randomUUID() },
      $setOnInsert: { schemaVersion: SCHEMA_VERSION },
    },
    { upsert: true },
  ).finally(() => forgetReads(TOPIC));
}

/** Hash of the starter content that was imported whole; null before the first time. */
export async function findStarterHash(ownerKey: string): Promise<string | null> {
  const found = await StateModel.findOne({ _id: ownerKey }).select({ starterHash: 1 }).lean();
  return found?.starterHash ?? null;
}

/** The last write of an import of the starter content. */
export async function saveStarterHash(options: {
  ownerKey: string;
  starterHash: string;
}): Promise<void> {
  await StateModel.updateOne(
    { _id: options.ownerKey },
    { $set: { starterHash: options.starterHash }, $setOnInsert: { schemaVersion: SCHEMA_VERSION } },
    { upsert: true },
  );
}
