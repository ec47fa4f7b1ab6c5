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
  'held',
  'sessions',
  'scores',
  'reviewers',
  'parked',
  'search',
  'grants',
] as const;

export interface AccessLogEntry {
  deployment: string;
  /** Null for a page of the administration, which belongs to no course. */
  course: string | null;
  /** Who looked; `operator` for whoever runs the instance. */
  user: string;
  roles: string[];
  action: (typeof ACTIONS)[number];
  subject: (typeof SUBJECTS)[number];
  /** What of that kind: an item, a learner, a statement, or the person whose file it was; null for a whole list. */
  subjectId: string | null;
  /** Whose record it was, where it was one person's. */
  person?: string | null;
  /** Who stood on a page that showed several; absent where the subject says it. */
  people?: string[];
  names: 'shown' | 'hidden';
  format: 'page' | 'csv' | 'json' | 'file';
  at: Date;
}

/** Subjects whose id is the person's own. */
const SUBJECTS_OF_ONE: readonly AccessLogEntry['subject'][] = ['learner', 'file', 'held'];
/** Lists in which every learner of the course stood. */
const SUBJECTS_OF_ALL: readonly AccessLogEntry['subject'][] = ['item', 'learners', 'statements'];

interface StoredEntry extends AccessLogEntry {
  _id: string;
}

const required = { type: String, required: true };
const schema = new mongoose.Schema<StoredEntry>({
  _id: required,
  deployment: required,
  course: { type: String, default: null },
  user: required,
  roles: [String],
  action: { type: String, enum: ACTIONS, required: true },
  subject: { type: String, enum: SUBJECTS, required: true },
  subjectId: { type: String, default: null },
  person: { type: String, default: null },
  people: [String],
  names: { type: String, enum: ['shown', 'hidden'], required: true },
  format: { type: String, enum: ['page', 'csv', 'json', 'file'], required: true },
  at: { type: Date, required: true },
});
schema.index({ deployment: 1, at: -1 });
schema.index({ deployment: 1, person: 1, at: -1 });
schema.index({ deployment: 1, people: 1, at: -1 });
schema.index({ deployment: 1, course: 1, at: -1 });
schema.index({ deployment: 1, user: 1 });
schema.index({ deployment: 1, subject: 1, subjectId: 1, at: -1 });
const AccessLogModel = defineModel({
  name: 'AccessLogEntry',
  collection: 'accessLog',
  schema,
  shardKey: ['deployment'],
  people: { about: ['person', 'subjectId'], among: ['people'], by: ['user'] },
});

/** Written before the answer is sent: what cannot be noted is not shown. */
export async function insertAccess(entry: AccessLogEntry): Promise<void> {
  const { subject, subjectId } = entry;
  const person = entry.person ?? (SUBJECTS_OF_ONE.includes(subject) ? subjectId : null);
  await AccessLogModel.create({ _id: randomUUID(), ...entry, person });
}

/** How often somebody looked at the named records of this person. */
export async function countAccessesAbout(options: {
  deployment: string;
  user: string;
}): Promise<number> {
  return AccessLogModel.countDocuments(aboutOne(options));
}

/**
 * Looks and exports that showed this person to others, newest first: of their own record, and of lists with names in the
 * courses they are in.
 */
export async function listAccessesAbout(options: {
  deployment: string;
  user: string;
  courses: readonly string[];
  limit: number;
}): Promise<AccessLogEntry[]> {
  const { deployment, user, courses, limit } = options;
  const inLists = {
    course: mongoose.trusted({ $in: [...courses] }),
    subject: mongoose.trusted({ $in: [...SUBJECTS_OF_ALL] }),
    person: null,
    names: 'shown' as const,
  };
  const choices = [...aboutOne({ deployment, user }).$or, inLists];
  return AccessLogModel.find(
    { deployment, user: mongoose.trusted({ $ne: user }), $or: choices },
    { _id: 0 },
  )
    .sort({ at: -1 })
    .limit(limit)
    .lean();
}

/** Newest first. */
export async function listAccesses(options: {
  deployment: string;
  limit: number;
}): Promise<AccessLogEntry[]> {
  const { deployment, limit } = options;
  return AccessLogModel.find({ deployment }, { _id: 0 }).sort({ at: -1 }).limit(limit).lean();
}

/** Deletes the oldest of those before a moment. Returns how many; repeatable. */
export async function deleteAccessesBefore(options: {
  deployment: string;
  before: Date;
  limit: number;
}): Promise<number> {
  const { deployment, before, limit } = options;
  const found = await AccessLogModel.find({ deployment, at: mongoose.trusted({ $lt: before }) })
    .sort({ at: 1 })
    .limit(limit)
    .select({ _id: 1 })
    .lean();
  if (found.length === 0) return 0;
  const ids = mongoose.trusted({ $in: found.map(({ _id }) => _id) });
  const { deletedCount } = await AccessLogModel.deleteMany({ _id: ids, deployment });
  return deletedCount;
}

function aboutOne({ deployment, user }: { deployment: string; user: string }) {
  return { deployment, $or: [{ person: user }, { subjectId: user }, { people: user }] };
}
