// A file of alignments that was read and waits for a person's word, and what it changed once it was confirmed, for taking it
// back. Kept for a week.
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';
import { STAGES, type AlignedItem } from './alignment.model.js';
import type { ChangedAlignment } from './align-activity.js';

export interface ImportedChange {
  activity: string;
  /** Revision that the preview saw; what was changed since is left alone. */
  revision: number;
  items: AlignedItem[];
}

export interface AlignmentImport {
  id: string;
  deployment: string;
  course: string;
  by: string;
  state: 'read' | 'confirmed' | 'undone';
  changes: ImportedChange[];
  changed: ChangedAlignment[];
}

interface StoredImport extends Omit<AlignmentImport, 'id'> {
  _id: string;
  schemaVersion: number;
  expiresAt: Date;
}

const SCHEMA_VERSION = 1;
const KEPT_MS = 7 * 24 * 60 * 60_000;

const required = { type: String, required: true };
const schema = new mongoose.Schema<StoredImport>({
  _id: required,
  schemaVersion: { type: Number, required: true },
  deployment: required,
  course: required,
  by: required,
  state: { type: String, enum: ['read', 'confirmed', 'undone'], required: true },
  changes: [
    {
      _id: false,
      activity: required,
      revision: { type: Number, required: true },
      items: [
        {
          _id: false,
          framework: required,
          item: required,
          stage: { type: String, enum: STAGES, required: true },
        },
      ],
    },
  ],
  changed: [{ _id: false, activity: required, revision: { type: Number, required: true } }],
  expiresAt: { type: Date, required: true },
});
schema.index({ expiresAt: 1 });
const ImportModel = defineModel({
  name: 'AlignmentImport',
  collection: 'alignmentImports',
  people: { by: ['by'] },
  schema,
  shardKey: ['deployment'],
  expires: 'expiresAt',
});

export async function insertAlignmentImport(options: {
  read: Pick<AlignmentImport, 'id' | 'deployment' | 'course' | 'by' | 'changes'>;
  now: Date;
}): Promise<void> {
  const { id, ...rest } = options.read;
  await ImportModel.create({
    ...rest,
    _id: `${rest.deployment}/${id}`,
    schemaVersion: SCHEMA_VERSION,
    state: 'read',
    changed: [],
    expiresAt: new Date(options.now.getTime() + KEPT_MS),
  });
}

/** Null where it is none of the course, or too old. */
export async function findAlignmentImport(options: {
  deployment: string;
  course: string;
  id: string;
}): Promise<AlignmentImport | null> {
  const { deployment, course, id } = options;
  const found = await ImportModel.findOne({
    _id: `${deployment}/${id}`,
    deployment,
    course,
  }).lean();
  if (!found) return null;
  const { by, state, changes, changed } = found;
  return { id, deployment, course, by, state, changes, changed };
}

export async function setAlignmentImport(options: {
  deployment: string;
  course: string;
  id: string;
  change: Partial<Pick<AlignmentImport, 'state' | 'changed'>>;
}): Promise<void> {
  const { deployment, course, id, change } = options;
  await ImportModel.updateOne({ _id: `${deployment}/${id}`, deployment, course }, { $set: change });
}
