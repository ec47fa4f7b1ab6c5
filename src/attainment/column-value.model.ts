// What was last given to the score queue for a learner in the course's column of attainment, and a lower value that waits for
// a second look. One record a learner and course.
import mongoose from 'mongoose';
import { repeatUpsert } from '../db/duplicate-key.js';
import { defineModel } from '../db/models.js';

export interface ColumnValue {
  user: string;
  /** Column that the value went to. */
  lineItemUrl: string;
  /** 0 to 100; null while nothing was given for this column. */
  score: number | null;
  /** Grows with each value. */
  revision: number;
  /** A lower value as it was first seen; null where there is none. */
  lower: { score: number; generation: number; since: Date } | null;
}

interface StoredValue extends ColumnValue {
  _id: string;
  schemaVersion: number;
  deployment: string;
  course: string;
}

const SCHEMA_VERSION = 1;
const MAX_LISTED = 20_000;

const required = { type: String, required: true };
const number = { type: Number, required: true };
const schema = new mongoose.Schema<StoredValue>({
  _id: required,
  schemaVersion: number,
  deployment: required,
  course: required,
  user: required,
  lineItemUrl: required,
  score: { type: Number, default: null },
  revision: number,
  lower: {
    type: new mongoose.Schema(
      { score: number, generation: number, since: { type: Date, required: true } },
      { _id: false },
    ),
    default: null,
  },
});
schema.index({ deployment: 1, course: 1 });
schema.index({ deployment: 1, user: 1 });
const ValueModel = defineModel({
  name: 'ColumnValue',
  collection: 'columnValues',
  schema,
  shardKey: ['deployment'],
  people: { about: ['user'], course: 'course' },
});

export async function listColumnValues(options: {
  deployment: string;
  course: string;
}): Promise<ColumnValue[]> {
  const { deployment, course } = options;
  const found = await ValueModel.find({ deployment, course }).limit(MAX_LISTED).lean();
  return found.map(({ user, lineItemUrl, score, revision, lower }) => ({
    user,
    lineItemUrl,
    score,
    revision,
    lower,
  }));
}

export async function recordColumnValues(options: {
  deployment: string;
  course: string;
  values: readonly ColumnValue[];
}): Promise<void> {
  const { deployment, course, values } = options;
  if (values.length === 0) return;
  await repeatUpsert(() =>
    ValueModel.bulkWrite(
      values.map(({ user, ...rest }) => ({
        updateOne: {
          filter: { _id: `${deployment}/${user}/${course}`, deployment, course },
          update: { $set: { user, ...rest, schemaVersion: SCHEMA_VERSION } },
          upsert: true,
        },
      })),
      { ordered: false, throwOnValidationError: true },
    ),
  );
}
