// Courses that are excepted from the retention of their deployment, because the law or a dispute asks for it. A hold that is
// lifted stands for the length of the notice, so that one lifted by mistake can be set again.
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';

export interface RetentionHold {
  deployment: string;
  course: string;
  reason: string;
  by: string;
  at: Date;
  /** When it ends; null while nobody lifted it. */
  until: Date | null;
}

interface StoredHold extends RetentionHold {
  _id: string;
}

const MOST_HOLDS = 10_000;

const required = { type: String, required: true };
const schema = new mongoose.Schema<StoredHold>({
  _id: required,
  deployment: required,
  course: required,
  reason: required,
  by: required,
  at: { type: Date, required: true },
  until: { type: Date, default: null },
});
schema.index({ deployment: 1, at: -1 });
const HoldModel = defineModel({
  name: 'RetentionHold',
  collection: 'retentionHolds',
  schema,
  shardKey: ['_id'],
  scatter: ['listHolds'],
  people: { by: ['by'] },
});

/** Sets it, or sets one that was lifted again. */
export async function setHold(options: Omit<RetentionHold, 'until'>): Promise<void> {
  const { deployment, course, reason, by, at } = options;
  await HoldModel.updateOne(
    { _id: course, deployment },
    { $set: { course, reason, by, at, until: null } },
    { upsert: true },
  );
}

/** True where one stood. */
export async function liftHold(options: {
  deployment: string;
  course: string;
  by: string;
  until: Date;
}): Promise<boolean> {
  const { deployment, course, by, until } = options;
  const { modifiedCount } = await HoldModel.updateOne(
    { _id: course, deployment, until: null },
    { $set: { until, by } },
  );
  return modifiedCount === 1;
}

/** Those that stand, also the lifted ones that have not ended; newest first. */
export async function listHolds(options: {
  deployment: string;
  now: Date;
}): Promise<RetentionHold[]> {
  const { deployment, now } = options;
  const found = await HoldModel.find({
    deployment,
    $or: [{ until: null }, { until: mongoose.trusted({ $gt: now }) }],
  })
    .sort({ at: -1 })
    .limit(MOST_HOLDS)
    .lean();
  return found.map(({ _id, ...hold }) => {
    void _id;
    return hold;
  });
}
