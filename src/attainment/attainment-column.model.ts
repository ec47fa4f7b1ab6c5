// The gradebook column in which a course shows what its learners achieved: one a course, switched on and off by its staff. The
// write that switches is the fact; the job that sends the values reads it each time.
import mongoose from 'mongoose';
import { repeatUpsert } from '../db/duplicate-key.js';
import { defineModel } from '../db/models.js';

/** `share`: percent of the competencies that the course's activities are aligned to; `item`: one of them, all or nothing. */
export type ColumnContent = { kind: 'share' } | { kind: 'item'; item: string };

const STATUSES = ['on', 'off', 'gone'] as const;

export interface AttainmentColumn {
  deployment: string;
  course: string;
  platform: string;
  framework: string;
  content: ColumnContent;
  label: string;
  lineItemUrl: string;
  gradeScopes: string[];
  /** `gone`: somebody deleted it in the gradebook. */
  status: (typeof STATUSES)[number];
  /** Who switched it last, and when. */
  by: string;
  at: Date;
  /** When the gradebook last said that the column is there. */
  checkedAt: Date;
}

interface StoredColumn extends AttainmentColumn {
  _id: string;
  schemaVersion: number;
  nextAt: Date;
}

const SCHEMA_VERSION = 1;

const required = { type: String, required: true };
const when = { type: Date, required: true };
const schema = new mongoose.Schema<StoredColumn>({
  _id: required,
  schemaVersion: { type: Number, required: true },
  deployment: required,
  course: required,
  platform: required,
  framework: required,
  content: {
    type: new mongoose.Schema({ kind: required, item: String }, { _id: false }),
    required: true,
  },
  label: required,
  lineItemUrl: required,
  gradeScopes: [String],
  status: { type: String, enum: STATUSES, required: true },
  by: required,
  at: when,
  checkedAt: when,
  nextAt: when,
});
schema.index({ nextAt: 1 }, { partialFilterExpression: { status: 'on' }, name: 'due' });
const ColumnModel = defineModel({
  name: 'AttainmentColumn',
  collection: 'attainmentColumns',
  schema,
  shardKey: ['deployment'],
  scatter: ['listDueColumns'],
  people: { by: ['by'] },
});

interface ColumnOf {
  deployment: string;
  course: string;
}

export async function findColumn(options: ColumnOf): Promise<AttainmentColumn | null> {
  const { deployment, course } = options;
  const found = await ColumnModel.findOne({ _id: idOf(options), deployment, course }).lean();
  return found && toColumn(found);
}

/** Switches it on, in place of what it showed before. Due at once. */
export async function writeColumn(options: { column: AttainmentColumn }): Promise<void> {
  const { column } = options;
  const { deployment, course, ...rest } = column;
  await repeatUpsert(() =>
    ColumnModel.updateOne(
      { _id: idOf(column), deployment, course },
      { $set: { ...rest, schemaVersion: SCHEMA_VERSION, nextAt: column.at } },
      { upsert: true },
    ),
  );
}

/** Only the column that stands at this address: one that was made anew meanwhile stays on. */
export async function endColumn(
  options: ColumnOf & { lineItemUrl: string; status: 'off' | 'gone'; by?: string; now: Date },
): Promise<void> {
  const { deployment, course, lineItemUrl, status, by, now } = options;
  await ColumnModel.updateOne(
    { _id: idOf(options), deployment, course, lineItemUrl, status: 'on' },
    { $set: { status, at: now, ...(by !== undefined && { by }) } },
  );
}

/** Columns whose values are to be looked at now, the longest due first. */
export async function listDueColumns(options: {
  now: Date;
  limit: number;
}): Promise<AttainmentColumn[]> {
  const { now, limit } = options;
  const found = await ColumnModel.find({ status: 'on', nextAt: mongoose.trusted({ $lte: now }) })
    .sort({ nextAt: 1 })
    .limit(limit)
    .lean();
  return found.map(toColumn);
}

export async function postponeColumn(
  options: ColumnOf & { nextAt: Date; checkedAt?: Date },
): Promise<void> {
  const { deployment, course, nextAt, checkedAt } = options;
  await ColumnModel.updateOne(
    { _id: idOf(options), deployment, course },
    { $set: { nextAt, ...(checkedAt && { checkedAt }) } },
  );
}

function idOf({ deployment, course }: ColumnOf): string {
  return `${deployment}/${course}`;
}

function toColumn(stored: StoredColumn): AttainmentColumn {
  const { _id, schemaVersion, nextAt, ...column } = stored;
  void [_id, schemaVersion, nextAt];
  return column;
}
