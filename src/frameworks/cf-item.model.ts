// CFItem: domains, subdomains and competencies, a full set for each revision of their framework. Nothing here is visible
// until the CFDocument names the revision.
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';
import { sweepFilters, type RevisionSweep } from './revision-sweep.model.js';
import type { CFItem } from './cf-package.js';

const SCHEMA_VERSION = 1;
const BATCH = 1_000;

interface StoredItem extends CFItem {
  _id: string;
  schemaVersion: number;
  framework: string;
  revision: number;
  writtenAt: Date;
}

const text = { type: String, default: null };
const schema = new mongoose.Schema<StoredItem>({
  _id: { type: String, required: true },
  schemaVersion: { type: Number, required: true },
  framework: { type: String, required: true },
  revision: { type: Number, required: true },
  writtenAt: { type: Date, required: true },
  identifier: { type: String, required: true },
  uri: { type: String, required: true },
  fullStatement: { type: String, default: '' },
  CFItemType: text,
  humanCodingScheme: text,
  notes: text,
  language: text,
  lastChangeDateTime: { type: Date, required: true },
  statusEndDate: { type: Date, default: null },
  bloomLevel: { type: Number, default: null },
  publishedResourceCount: { type: Number, default: null },
});
schema.index({ framework: 1, revision: 1, identifier: 1 }, { unique: true });

const ItemModel = defineModel({
  name: 'CFItem',
  collection: 'cfItems',
  schema,
  shardKey: ['framework'],
});

/** Writes the items of a revision that was reserved for this import. */
export async function insertItems(options: {
  framework: string;
  revision: number;
  items: readonly CFItem[];
  now: Date;
}): Promise<void> {
  const { framework, revision, items, now } = options;
  for (let at = 0; at < items.length; at += BATCH) {
    const batch = items.slice(at, at + BATCH).map((item) => ({
      ...item,
      _id: `${framework}/${revision}/${item.identifier}`,
      schemaVersion: SCHEMA_VERSION,
      framework,
      revision,
      writtenAt: now,
    }));
    await ItemModel.insertMany(batch, { ordered: false });
  }
}

/** All items of a revision, retired ones too, in order of identifier. */
export async function listItems(options: {
  framework: string;
  revision: number;
}): Promise<CFItem[]> {
  const { framework, revision } = options;
  return ItemModel.find({ framework, revision })
    .select({ _id: 0, schemaVersion: 0, framework: 0, revision: 0, writtenAt: 0 })
    .sort({ identifier: 1 })
    .lean<CFItem[]>();
}

/** Deletes what no reader can ask for: revisions below `current` but `previous`, and those above it left before `staleBefore`. */
export async function sweepItems(sweep: RevisionSweep): Promise<number> {
  const filters = sweepFilters(sweep);
  const older = await ItemModel.deleteMany(filters.older);
  const orphans = await ItemModel.deleteMany(filters.orphans);
  return older.deletedCount + orphans.deletedCount;
}
