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
}

interface StoredResult extends ResultState {
  _id: string;
  schemaVersion: number;
  /** False until the statements of this revision are in the outbox. */
  told: boolean;
}

const SCHEMA_VERSION = 1;

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
  told: { type: Boolean, required: true },
});
schema.index({ at: 1 }, { partialFilterExpression: { told: false }, name: 'untold' });
const ResultModel = defineModel({
  name: 'ResultState',
  collection: 'resultStates',
  schema,
  shardKey: ['deployment'],
  scatter: ['listUntoldResults'],
  people: { about: ['user'], course: 'course' },
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
  return state;
}
