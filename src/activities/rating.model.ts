// Ratings: what a named person thinks of a learner's work in one activity for one competency. One document each, with its
// history inside: a changed rating is a new revision, nothing is overwritten. The write is the fact; the statements it means
// are told until they are in the outbox.
import mongoose from 'mongoose';
import { isDuplicateKey } from '../db/duplicate-key.js';
import { defineModel } from '../db/models.js';
import type { GivenRating } from './rating-scale.js';

export interface RatingRevision {
  revision: number;
  /** Level of a scale; null where the rating was taken away, or came in as points. */
  level: string | null;
  /** What that was worth then; null where it was taken away, absent in records of the first release. */
  given?: GivenRating | null;
  /** The file that it came in with; absent for what somebody gave here. */
  import?: string;
  by: string;
  at: Date;
  /** When the work was handed in, where a file says so; absent for `at`. */
  workAt?: Date | null;
  /** Null where the revision only takes back. */
  statementId: string | null;
}

export interface Rating {
  deployment: string;
  course: string;
  activity: string;
  user: string;
  framework: string;
  item: string;
  revision: number;
  /** Oldest first; the last one is in force. */
  history: RatingRevision[];
}

interface StoredRating extends Rating {
  _id: string;
  schemaVersion: number;
  /** False until the statements of the last revision are in the outbox. */
  told: boolean;
  changedAt: Date;
  /** The file that the last revision came in with; absent for what somebody gave here. */
  lastImport?: string;
}

const SCHEMA_VERSION = 1;
/** The oldest go first: so many changes of one judgement nobody makes. */
const MAX_HISTORY = 200;
const MAX_LISTED = 40_000;

const required = { type: String, required: true };
const number = { type: Number, required: true };
const when = { type: Date, required: true };
const givenSchema = new mongoose.Schema<GivenRating>(
  {
    label: { type: String, default: null },
    score: number,
    success: { type: Boolean, required: true },
    points: {
      type: new mongoose.Schema({ raw: number, max: number }, { _id: false }),
      default: null,
    },
  },
  { _id: false },
);
const schema = new mongoose.Schema<StoredRating>({
  _id: required,
  schemaVersion: number,
  deployment: required,
  course: required,
  activity: required,
  user: required,
  framework: required,
  item: required,
  revision: number,
  history: [
    {
      _id: false,
      revision: number,
      level: { type: String, default: null },
      given: { type: givenSchema },
      import: { type: String },
      workAt: { type: Date },
      by: required,
      at: when,
      statementId: { type: String, default: null },
    },
  ],
  told: { type: Boolean, required: true },
  changedAt: when,
  lastImport: { type: String },
});
schema.index({ deployment: 1, course: 1, activity: 1, user: 1 });
schema.index({ deployment: 1, course: 1, user: 1, item: 1 });
schema.index({ changedAt: 1 }, { partialFilterExpression: { told: false }, name: 'untold' });
schema.index(
  { deployment: 1, course: 1, lastImport: 1, _id: 1 },
  { partialFilterExpression: { lastImport: { $exists: true } }, name: 'imported' },
);
const RatingModel = defineModel({
  name: 'Rating',
  collection: 'ratings',
  people: { about: ['user'], course: 'course', by: ['history.by'] },
  schema,
  shardKey: ['deployment'],
  scatter: ['listUntoldRatings'],
});

/** Ratings of some learners in a course, in one activity or for one competency. */
export async function listRatings(options: {
  deployment: string;
  course: string;
  users: readonly string[];
  activity?: string;
  item?: string;
}): Promise<Rating[]> {
  const { deployment, course, users, activity, item } = options;
  const found = await RatingModel.find({
    deployment,
    course,
    user: mongoose.trusted({ $in: [...users] }),
    ...(activity === undefined ? {} : { activity }),
    ...(item === undefined ? {} : { item }),
  })
    .limit(MAX_LISTED)
    .lean();
  return found.map(toRating);
}

/**
 * Writes each where it follows the revision that is stored: these writes are the facts. What somebody else changed first
 * is left as it is; the caller reads again to see which those are.
 */
export async function advanceRatings(options: { ratings: readonly Rating[] }): Promise<void> {
  const { ratings } = options;
  if (ratings.length === 0) return;
  const writes = ratings.map(({ deployment, course, revision, history, ...rest }) => {
    const last = history.at(-1);
    const change = {
      revision,
      history: history.slice(-MAX_HISTORY),
      told: false,
      changedAt: last?.at ?? new Date(0),
      ...(last?.import !== undefined && { lastImport: last.import }),
    };
    const forget = last?.import === undefined ? { $unset: { lastImport: '' } } : {};
    const _id = idOf({ deployment, ...rest });
    return {
      updateOne: {
        filter: { _id, deployment, course, revision: revision - 1 },
        update: {
          $set: change,
          ...forget,
          $setOnInsert: { ...rest, schemaVersion: SCHEMA_VERSION },
        },
        upsert: revision === 1,
      },
    };
  });
  try {
    await RatingModel.bulkWrite(writes, { ordered: false, throwOnValidationError: true });
  } catch (error) {
    // Somebody else rated it for the first time at the same moment.
    if (!isDuplicateKey(error)) throw error;
  }
}

/** Ratings whose last revision came in with a file, a page in order of id after `after`. */
export async function listImportedRatings(options: {
  deployment: string;
  course: string;
  import: string;
  after: string;
  limit: number;
}): Promise<{ ratings: Rating[]; after: string | null }> {
  const { deployment, course, import: lastImport, after, limit } = options;
  const found = await RatingModel.find({
    deployment,
    course,
    lastImport,
    _id: mongoose.trusted({ $gt: after }),
  })
    .sort({ _id: 1 })
    .limit(limit)
    .lean();
  const last = found.length < limit ? null : (found.at(-1)?._id ?? null);
  return { ratings: found.map(toRating), after: last };
}

/** Call it after their statements are in the outbox. */
export async function markRatingsTold(options: { ratings: readonly Rating[] }): Promise<void> {
  const { ratings } = options;
  if (ratings.length === 0) return;
  await RatingModel.bulkWrite(
    ratings.map((rating) => ({
      updateOne: {
        filter: { _id: idOf(rating), deployment: rating.deployment, revision: rating.revision },
        update: { $set: { told: true } },
      },
    })),
    { ordered: false, throwOnValidationError: true },
  );
}

/** Changes whose statements may not be in the outbox, oldest first. */
export async function listUntoldRatings(options: {
  before: Date;
  limit: number;
}): Promise<Rating[]> {
  const { before, limit } = options;
  const found = await RatingModel.find({
    told: false,
    changedAt: mongoose.trusted({ $lte: before }),
  })
    .sort({ changedAt: 1 })
    .limit(limit)
    .lean();
  return found.map(toRating);
}

function idOf(of: Pick<Rating, 'deployment' | 'activity' | 'user' | 'item'>): string {
  return `${of.deployment}/${of.activity}/${of.user}/${of.item}`;
}

function toRating(stored: StoredRating): Rating {
  const { _id, schemaVersion, told, changedAt, lastImport, ...rating } = stored;
  void [_id, schemaVersion, told, changedAt, lastImport];
  return rating;
}
