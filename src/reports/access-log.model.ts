// Who looked at named records of learners, and who took a table out: one row a look or export, for the people it is about
// and for whoever answers for the deployment. A learner's own look and their instructors' are ordinary work and not noted,
// but whoever takes a learner's file is.
import { randomUUID } from 'node:crypto';
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';

const ACTIONS = ['look', 'export'] as const;
const SUBJECTS = [
  'attainment',
  'item',
  'learners',
  'learner',
  'statements',
  'statement',
  'file',
] as const;

export interface AccessLogEntry {
  deployment: string;
  course: string;
  /** Who looked. */
  user: string;
  roles: string[];
  action: (typeof ACTIONS)[number];
  subject: (typeof SUBJECTS)[number];
  /** What of that kind: an item, a learner, a statement, or the person whose file it was; null for a whole list. */
  subjectId: string | null;
  names: 'shown' | 'hidden';
  format: 'page' | 'csv' | 'json' | 'file';
  at: Date;
}

interface StoredEntry extends AccessLogEntry {
  _id: string;
}

const required = { type: String, required: true };
const schema = new mongoose.Schema<StoredEntry>({
  _id: required,
  deployment: required,
  course: required,
  user: required,
  roles: [String],
  action: { type: String, enum: ACTIONS, required: true },
  subject: { type: String, enum: SUBJECTS, required: true },
  subjectId: { type: String, default: null },
  names: { type: String, enum: ['shown', 'hidden'], required: true },
  format: { type: String, enum: ['page', 'csv', 'json', 'file'], required: true },
  at: { type: Date, required: true },
});
schema.index({ deployment: 1, at: -1 });
schema.index({ deployment: 1, subject: 1, subjectId: 1, at: -1 });
const AccessLogModel = defineModel({
  name: 'AccessLogEntry',
  collection: 'accessLog',
  schema,
  shardKey: ['deployment'],
});

/** Written before the answer is sent: what cannot be noted is not shown. */
export async function insertAccess(entry: AccessLogEntry): Promise<void> {
  await AccessLogModel.create({ _id: randomUUID(), ...entry });
}

/** How often somebody looked at the named records of this person, or took a file of theirs. */
export async function countAccessesAbout(options: {
  deployment: string;
  user: string;
}): Promise<number> {
  const { deployment, user } = options;
  return AccessLogModel.countDocuments({
    deployment,
    subject: mongoose.trusted({ $in: ['learner', 'file'] }),
    subjectId: user,
  });
}

/** Newest first. */
export async function listAccesses(options: {
  deployment: string;
  limit: number;
}): Promise<AccessLogEntry[]> {
  const { deployment, limit } = options;
  return AccessLogModel.find({ deployment }, { _id: 0 }).sort({ at: -1 }).limit(limit).lean();
}
