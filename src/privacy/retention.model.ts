// How long a deployment keeps what learners did, as its administrators chose: of a course after its end, of the log of looks, and
// of launches. Without a record, or where a part is null, it is kept until somebody asks for an erase.
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';
import { isDuplicateKey } from '../db/duplicate-key.js';
import type { Period } from './retention-period.js';

export const KEPT_KINDS = ['courses', 'accessLog', 'launches'] as const;
export type KeptKind = (typeof KEPT_KINDS)[number];
/** In months; null for ever. */
export type KeptMonths = Record<KeptKind, number | null>;
export type Periods = Record<KeptKind, Period | null>;

export interface Retention extends Periods {
  deployment: string;
  /** Zero for a deployment that never chose. */
  revision: number;
  /** Who changed it to what, newest last. */
  history: (KeptMonths & { by: string; at: Date })[];
}

interface StoredRetention extends Retention {
  _id: string;
}

const MOST_HISTORY = 100;

const period = new mongoose.Schema<Period>(
  { months: { type: Number, required: true }, from: { type: Date, required: true } },
  { _id: false },
);
const months = { type: Number, default: null };
const schema = new mongoose.Schema<StoredRetention>({
  _id: { type: String, required: true },
  deployment: { type: String, required: true },
  revision: { type: Number, required: true },
  courses: { type: period, default: null },
  accessLog: { type: period, default: null },
  launches: { type: period, default: null },
  history: [
    new mongoose.Schema(
      {
        courses: months,
        accessLog: months,
        launches: months,
        by: { type: String, required: true },
        at: { type: Date, required: true },
      },
      { _id: false },
    ),
  ],
});
const RetentionModel = defineModel({
  name: 'Retention',
  collection: 'retentions',
  schema,
  shardKey: ['_id'],
  scatter: ['listRetentions'],
  people: { by: ['history.by'] },
});

/** What holds in the deployment; everything for ever where nobody chose. */
export async function findRetention(options: { deployment: string }): Promise<Retention> {
  const { deployment } = options;
  const found = await RetentionModel.findOne({ _id: deployment, deployment }).lean();
  if (found) return toRetention(found);
  return { deployment, revision: 0, courses: null, accessLog: null, launches: null, history: [] };
}

/** A page of the deployments that ever chose, in order of id. */
export async function listRetentions(options: {
  after: string;
  limit: number;
}): Promise<Retention[]> {
  const { after, limit } = options;
  const found = await RetentionModel.find({ _id: mongoose.trusted({ $gt: after }) })
    .sort({ _id: 1 })
    .limit(limit)
    .lean();
  return found.map(toRetention);
}

/** Follows `before`. False when somebody else changed it since that was read. */
export async function saveRetention(options: {
  before: Retention;
  periods: Periods;
  by: string;
  at: Date;
}): Promise<boolean> {
  const { before, periods, by, at } = options;
  const { deployment, revision } = before;
  const told = {
    courses: periods.courses?.months ?? null,
    accessLog: periods.accessLog?.months ?? null,
    launches: periods.launches?.months ?? null,
    by,
    at,
  };
  try {
    const { matchedCount, upsertedCount } = await RetentionModel.updateOne(
      { _id: deployment, deployment, revision },
      {
        $set: { ...periods, revision: revision + 1 },
        $push: { history: { $each: [told], $slice: -MOST_HISTORY } },
      },
      { upsert: revision === 0, setDefaultsOnInsert: false },
    );
    return matchedCount + upsertedCount === 1;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}

function toRetention({ _id, ...rest }: StoredRetention): Retention {
  void _id;
  return rest;
}
