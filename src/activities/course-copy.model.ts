// What a course's staff decided about the alignments of a course it was copied from, so that nobody is asked twice.
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';
import { repeatUpsert } from '../db/duplicate-key.js';

export type CopyDecision = 'copied' | 'declined';

interface StoredCopy {
  _id: string;
  schemaVersion: number;
  deployment: string;
  course: string;
  /** Our id of the course it was copied from. */
  from: string;
  decision: CopyDecision;
  by: string;
  at: Date;
}

const SCHEMA_VERSION = 1;

const required = { type: String, required: true };
const schema = new mongoose.Schema<StoredCopy>({
  _id: required,
  schemaVersion: { type: Number, required: true },
  deployment: required,
  course: required,
  from: required,
  decision: { type: String, enum: ['copied', 'declined'], required: true },
  by: required,
  at: { type: Date, required: true },
});
schema.index({ deployment: 1, course: 1 });
const CopyModel = defineModel({
  name: 'CourseCopy',
  collection: 'courseCopies',
  schema,
  shardKey: ['deployment'],
  people: { by: ['by'] },
});

/** Courses whose alignments this course took over, or did not want. */
export async function listDecidedCopies(options: {
  deployment: string;
  course: string;
}): Promise<string[]> {
  const { deployment, course } = options;
  const found = await CopyModel.find({ deployment, course }).select({ from: 1 }).lean();
  return found.map(({ from }) => from);
}

/** Idempotent; the last word counts. */
export async function recordCopyDecision(options: {
  deployment: string;
  course: string;
  from: string;
  decision: CopyDecision;
  by: string;
  now: Date;
}): Promise<void> {
  const { deployment, course, from, decision, by, now } = options;
  await repeatUpsert(() =>
    CopyModel.updateOne(
      { _id: `${deployment}/${course}/${from}`, deployment },
      { $set: { schemaVersion: SCHEMA_VERSION, course, from, decision, by, at: now } },
      { upsert: true },
    ),
  );
}
