// What we know of each learner's result in a gradebook column, so that an unchanged result makes nothing new. A change is
// written here first, as a revision with the ids of the statements it means; telling them is repeated until it is marked as
// done, so that a stop between any two steps loses and doubles nothing.
import mongoose from 'mongoose';
import { isDuplicateKey } from '../db/duplicate-key.js';
import { defineModel } from '../db/models.js';

/** A statement about the result that stands. */
export interface StandingResult {
  statementId: string;
  share: number;
}

export interface ResultState {
  deployment: string;
  course: string;
  activity: string;
  user: string;
  /** Grows with each change; statements are numbered by it. */
  revision: number;
  /** Null after it was cleared. */
  score: number | null;
  maximum: number;
  passed: boolean;
  /** When it was graded, as far as the platform says; else when we saw it. */
  at: Date;
  /** The statement of this revision; null where it only takes back. */
  statementId: string | null;
  standing: StandingResult[];
  /** Statements that this revision takes back. */
  voids: string[];
  /** Where a person brought the score in from a file; null for a result that was read from the gradebook itself. */
  imported: ImportedResult | null;
}

export interface ImportedResult {
  /** Our id of the import. */
  import: string;
  by: string;
  at: Date;
  /** What stood before, which an undo brings back; null where nothing did. */
  before: { score: number; maximum: number; at: Date } | null;
}

interface StoredResult extends ResultState {
  _id: string;
  schemaVersion: number;
  /** False until the statements of this revision are in the outbox. */
  told: boolean;
}

const SCHEMA_VERSION = 1;
const WRITTEN_AT_ONCE = 1_000;

const required = { type: String, required: true };
const number = { type: Number, required: true };
const schema = new mongoose.Schema<StoredResult>({
  _id: required,
  schemaVersion: number,
  deployment: required,
  course: required,
  activity: required,
  user: required,
  revision: number,
  score: { type: Number, default: null },
  maximum: number,
  passed: { type: Boolean, required: true },
  at: { type: Date, required: true },
  statementId: { type: String, default: null },
  standing: [{ _id: false, statementId: required, share: number }],
  voids: [String],
  imported: {
    type: new mongoose.Schema<ImportedResult>(
      {
        import: required,
        by: required,
        at: { type: Date, required: true },
        before: {
          type: new mongoose.Schema(
            { score: number, maximum: number, at: { type: Date, required: true } },
            { _id: false },
          ),
          default: null,
        },
      },
      { _id: false },
    ),
    default: null,
  },
  told: { type: Boolean, required: true },
});
schema.index(
  { deployment: 1, 'imported.import': 1, _id: 1 },
  { partialFilterExpression: { 'imported.import': { $exists: true } }, name: 'imported' },
);
schema.index({ at: 1 }, { partialFilterExpression: { told: false }, name: 'untold' });
const ResultModel = defineModel({
  name: 'ResultState',
  collection: 'resultStates',
  schema,
  shardKey: ['deployment'],
  scatter: ['listUntoldResults'],
  people: { about: ['user'], course: 'course', by: ['imported.by'] },
});

/** By user; people without a result yet are absent. */
export async function listResultStates(options: {
  deployment: string;
  activity: string;
  users: readonly string[];
}): Promise<Map<string, ResultState>> {
  const { deployment, activity, users } = options;
  const ids = users.map((user) => idOf({ deployment, activity, user }));
  const found = await ResultModel.find({
    _id: mongoose.trusted({ $in: ids }),
    deployment,
  }).lean();
  return new Map(found.map((stored) => [stored.user, toState(stored)]));
}

/**
 * The next revision, where it follows the one that is stored and that one was told: this write is the fact. False when
 * another reader was quicker.
 */
export async function advanceResult(options: { next: ResultState }): Promise<boolean> {
  const { next } = options;
  const { deployment, ...rest } = next;
  const _id = idOf(next);
  if (next.revision > 1) {
    const { modifiedCount } = await ResultModel.updateOne(
      { _id, deployment, revision: next.revision - 1, told: true },
      { $set: { ...rest, told: false } },
    );
    return modifiedCount === 1;
  }
  try {
    await ResultModel.create({ _id, ...next, schemaVersion: SCHEMA_VERSION, told: false });
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}

/**
 * Many next revisions, each as advanceResult writes one; those that do not follow what is stored are left out. Returns how
 * many were written.
 */
export async function advanceResults(options: { next: readonly ResultState[] }): Promise<number> {
  let written = 0;
  for (let at = 0; at < options.next.length; at += WRITTEN_AT_ONCE) {
    const part = options.next.slice(at, at + WRITTEN_AT_ONCE);
    const result = await ResultModel.bulkWrite(part.map(toWrite), { ordered: false }).catch(
      (error: unknown) => {
        // Another reader made the same first revision.
        if (isDuplicateKey(error)) return null;
        throw error;
      },
    );
    written += result === null ? 0 : result.modifiedCount + result.upsertedCount;
  }
  return written;
}

function toWrite(next: ResultState) {
  const { deployment, revision, ...rest } = next;
  const _id = idOf(next);
  const fields = { ...rest, told: false };
  return revision > 1
    ? {
        updateOne: {
          filter: { _id, deployment, revision: revision - 1, told: true },
          update: { $set: { ...fields, revision } },
        },
      }
    : {
        updateOne: {
          filter: { _id, deployment },
          update: { $setOnInsert: { ...fields, revision, schemaVersion: SCHEMA_VERSION } },
          upsert: true,
        },
      };
}

/** A page of the results that stand as this import left them, in order; give the last one's `after` for the next. */
export async function listImportedResults(options: {
  deployment: string;
  course: string;
  import: string;
  after: string;
  limit: number;
}): Promise<{ results: ResultState[]; after: string | null }> {
  const { deployment, course, import: id, after, limit } = options;
  const found = await ResultModel.find({
    deployment,
    course,
    'imported.import': id,
    _id: mongoose.trusted({ $gt: after }),
  })
    .sort({ _id: 1 })
    .limit(limit)
    .lean();
  const last = found.at(-1);
  return {
    results: found.map(toState),
    after: last && found.length === limit ? last._id : null,
  };
}

/** Call it after its statements are in the outbox. */
export async function markResultTold(options: { state: ResultState }): Promise<void> {
  const { state } = options;
  const { deployment, revision } = state;
  await ResultModel.updateOne(
    { _id: idOf(state), deployment, revision },
    { $set: { told: true, voids: [] } },
  );
}

/** Changes whose statements may not be in the outbox, oldest first. */
export async function listUntoldResults(options: { limit: number }): Promise<ResultState[]> {
  const found = await ResultModel.find({ told: false }).sort({ at: 1 }).limit(options.limit).lean();
  return found.map(toState);
}

function idOf(of: Pick<ResultState, 'deployment' | 'activity' | 'user'>): string {
  return `${of.deployment}/${of.activity}/${of.user}`;
}

function toState(stored: StoredResult): ResultState {
  const { _id, schemaVersion, told, ...state } = stored;
  void [_id, schemaVersion, told];
  return { ...state, imported: state.imported ?? null };
}
