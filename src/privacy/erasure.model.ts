// Erasures that somebody asked for: which person of which deployment, of which course alone where it is one's retention, how
// far it is and what went. This record is the fact; the work that follows from it can be stopped and done again. It stays as the
// proof that the erase was done: it holds our id of the person, which says nothing without the platform's.
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';
import { isDuplicateKey } from '../db/duplicate-key.js';

/** `waiting` until all is gone once, `erased` until it was looked at again for what was on its way, then `settled`. */
const STATES = ['waiting', 'erased', 'settled'] as const;
const REASONS = ['request', 'retention'] as const;

export interface Erasure {
  id: string;
  deployment: string;
  user: string;
  /** Null for everything about the person in the deployment. */
  course: string | null;
  state: (typeof STATES)[number];
  reason: (typeof REASONS)[number];
  /** Who asked: a user, `operator`, or `retention`. */
  by: string;
  requestedAt: Date;
  erasedAt: Date | null;
  /** How much went, by collection. */
  counts: Record<string, number>;
  /** Statements that other record stores were told to void. */
  voided: number;
  /** How statements name the person, until the erasure is settled. */
  agentKeys: string[];
}

interface StoredErasure extends Omit<Erasure, 'id'> {
  _id: string;
}

const required = { type: String, required: true };
const schema = new mongoose.Schema<StoredErasure>({
  _id: required,
  deployment: required,
  user: required,
  course: { type: String, default: null },
  state: { type: String, enum: STATES, required: true },
  reason: { type: String, enum: REASONS, required: true },
  by: required,
  requestedAt: { type: Date, required: true },
  erasedAt: { type: Date, default: null },
  counts: { type: mongoose.Schema.Types.Mixed, required: true },
  voided: { type: Number, required: true },
  agentKeys: [String],
});
schema.index({ state: 1, requestedAt: 1 });
schema.index({ deployment: 1, requestedAt: -1 });
schema.index({ deployment: 1, course: 1, requestedAt: -1 });
const ErasureModel = defineModel({
  name: 'Erasure',
  collection: 'erasures',
  schema,
  shardKey: ['deployment'],
  scatter: ['listOpenErasures'],
  people: { by: ['by'], otherwise: 'stays as the proof of the erase, with our id of the person' },
});

/** One open erasure a person and course: asked for again while it is under way, the first one stands. Returns what stands. */
export async function insertErasure(options: {
  deployment: string;
  user: string;
  course: string | null;
  reason: Erasure['reason'];
  by: string;
  now: Date;
}): Promise<Erasure> {
  const { deployment, user, course, reason, by, now } = options;
  const _id = erasureId({ deployment, user, course });
  const fresh = {
    user,
    course,
    state: 'waiting' as const,
    reason,
    by,
    requestedAt: now,
    erasedAt: null,
    counts: {},
    voided: 0,
    agentKeys: [],
  };
  try {
    await ErasureModel.updateOne(
      { _id, deployment, state: mongoose.trusted({ $ne: 'waiting' }) },
      { $set: fresh },
      { upsert: true },
    );
  } catch (error) {
    if (!isDuplicateKey(error)) throw error; // It waits already.
  }
  const found = await ErasureModel.findOne({ _id, deployment }).lean();
  if (!found) throw new Error('an erasure was removed while it was asked for');
  return toErasure(found);
}

/** The newest word on a person as a whole; null where nobody asked. */
export async function findErasure(options: {
  deployment: string;
  user: string;
}): Promise<Erasure | null> {
  const { deployment } = options;
  const _id = erasureId({ ...options, course: null });
  const found = await ErasureModel.findOne({ _id, deployment }).lean();
  return found && toErasure(found);
}

/** Those that wait, and those erased before `settleBefore` that were not looked at again; oldest first. */
export async function listOpenErasures(options: {
  settleBefore: Date;
  limit: number;
}): Promise<Erasure[]> {
  const { settleBefore, limit } = options;
  const found = await ErasureModel.find({
    $or: [
      { state: 'waiting' },
      { state: 'erased', erasedAt: mongoose.trusted({ $lte: settleBefore }) },
    ],
  })
    .sort({ requestedAt: 1 })
    .limit(limit)
    .lean();
  return found.map(toErasure);
}

/** What the erasures of people in one course since a moment came to; `waiting` of them are not done. */
export async function sumCourseErasures(options: {
  deployment: string;
  course: string;
  since: Date;
}): Promise<{ people: number; waiting: number; statements: number; files: number }> {
  const { deployment, course, since } = options;
  const [sum] = await ErasureModel.aggregate<Awaited<ReturnType<typeof sumCourseErasures>>>([
    { $match: { deployment, course, requestedAt: { $gte: since } } },
    {
      $group: {
        _id: null,
        people: { $sum: 1 },
        waiting: { $sum: { $cond: [{ $eq: ['$state', 'waiting'] }, 1, 0] } },
        statements: { $sum: { $ifNull: ['$counts.statements', 0] } },
        files: { $sum: { $ifNull: ['$counts.storedFiles', 0] } },
      },
    },
    { $project: { _id: 0 } },
  ]);
  return sum ?? { people: 0, waiting: 0, statements: 0, files: 0 };
}

/** Newest first. */
export async function listErasures(options: {
  deployment: string;
  limit: number;
}): Promise<Erasure[]> {
  const { deployment, limit } = options;
  const found = await ErasureModel.find({ deployment })
    .sort({ requestedAt: -1 })
    .limit(limit)
    .lean();
  return found.map(toErasure);
}

/** Written before anything goes: what the second look needs to know. Adds to what an earlier run wrote. */
export async function noteAgents(options: {
  erasure: Erasure;
  agentKeys: readonly string[];
}): Promise<void> {
  const { erasure, agentKeys } = options;
  await ErasureModel.updateOne(
    { _id: erasure.id, deployment: erasure.deployment },
    { $addToSet: { agentKeys: { $each: [...agentKeys] } } },
  );
}

/** Adds what a step removed; a step that a stop repeats finds less and adds the rest. */
export async function addErased(options: {
  erasure: Erasure;
  counts: Record<string, number>;
  voided?: number;
}): Promise<void> {
  const { erasure, counts, voided = 0 } = options;
  const added = Object.entries(counts).map(([name, count]) => [`counts.${name}`, count]);
  if (added.length === 0 && voided === 0) return;
  await ErasureModel.updateOne(
    { _id: erasure.id, deployment: erasure.deployment },
    { $inc: { ...Object.fromEntries(added), voided } },
  );
}

export async function markErased(options: { erasure: Erasure; now: Date }): Promise<void> {
  const { erasure, now } = options;
  await ErasureModel.updateOne(
    { _id: erasure.id, deployment: erasure.deployment, state: 'waiting' },
    { $set: { state: 'erased', erasedAt: now } },
  );
}

export async function markSettled(options: { erasure: Erasure }): Promise<void> {
  const { erasure } = options;
  await ErasureModel.updateOne(
    { _id: erasure.id, deployment: erasure.deployment, state: 'erased' },
    { $set: { state: 'settled', agentKeys: [] } },
  );
}

function erasureId(of: { deployment: string; user: string; course: string | null }): string {
  return [of.deployment, of.user, ...(of.course === null ? [] : [of.course])].join('/');
}

function toErasure({ _id, ...rest }: StoredErasure): Erasure {
  return { id: _id, ...rest };
}
