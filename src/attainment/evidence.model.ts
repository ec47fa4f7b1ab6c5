// Stored evidence: one record a statement that counts as evidence about an object of ours, whatever it is aligned to now.
// `pending` says that attainment has not seen the newest change of it yet. Withdrawals are kept apart as well, because a
// voiding statement may be read before the statement it voids.
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';
import { repeatUpsert } from '../db/duplicate-key.js';
import type { EvidenceKind } from '../xapi/evidence-claim.js';
import type { Evidence, FrameworkItem } from './evidence.js';
import { groupBy } from './group-by.js';

interface StoredEvidence extends Evidence {
  _id: string;
  schemaVersion: number;
  pending: boolean;
  /** Grows with each change, so that a change during a computation is not taken for seen. */
  change: number;
}

export interface Withdrawal {
  /** The statement that is taken back. */
  target: string;
  /** An evidence source, which takes back nothing but its own; absent where we take back. */
  source?: string;
  statementId: string;
  at: Date;
}

interface StoredWithdrawal {
  /** The target; for what a source takes back `SOURCE/TARGET`. */
  _id: string;
  target?: string;
  statementId: string;
  at: Date;
}

const SCHEMA_VERSION = 1;
const MAX_LISTED = 20_000;
const KINDS: EvidenceKind[] = ['declared', 'observed', 'assessed', 'attested'];

const required = { type: String, required: true };
const schema = new mongoose.Schema<StoredEvidence>({
  _id: required,
  schemaVersion: { type: Number, required: true },
  statementId: required,
  deployment: required,
  user: required,
  course: { type: String, default: null },
  objectId: required,
  objectKind: { type: String, enum: ['activity', 'resource', 'item'], required: true },
  title: required,
  item: {
    type: new mongoose.Schema<FrameworkItem>(
      { framework: required, item: required },
      { _id: false },
    ),
    default: null,
  },
  by: { type: String, default: null },
  kind: { type: String, enum: KINDS, required: true },
  completes: { type: Boolean, required: true },
  imported: { type: Boolean, default: false },
  source: String,
  success: { type: Boolean, default: null },
  score: { type: Number, default: null },
  at: { type: Date, required: true },
  withdrawn: {
    type: new mongoose.Schema(
      { at: { type: Date, required: true }, statementId: required },
      { _id: false },
    ),
    default: null,
  },
  pending: { type: Boolean, required: true },
  change: { type: Number, required: true },
});
schema.index({ deployment: 1, user: 1, objectId: 1 });
schema.index({ deployment: 1, user: 1, at: -1 });
schema.index({ deployment: 1, user: 1, course: 1, at: 1 });
schema.index({ deployment: 1, course: 1, objectId: 1 });
schema.index({ deployment: 1, course: 1, user: 1 });
schema.index({ statementId: 1 });
schema.index(
  { deployment: 1, user: 1 },
  { partialFilterExpression: { pending: true }, name: 'pending' },
);
const EvidenceModel = defineModel({
  name: 'Evidence',
  collection: 'evidence',
  schema,
  shardKey: ['deployment'],
  scatter: ['recordWithdrawals', 'listPending', 'listDeploymentsWithEvidence', 'emptyEvidence'],
  people: { about: ['user'], course: 'course', by: ['by'] },
});

const withdrawalSchema = new mongoose.Schema<StoredWithdrawal>({
  _id: required,
  target: String,
  statementId: required,
  at: { type: Date, required: true },
});
withdrawalSchema.index({ target: 1 }, { sparse: true });
const WithdrawalModel = defineModel({
  name: 'EvidenceWithdrawal',
  collection: 'evidenceWithdrawals',
  schema: withdrawalSchema,
  shardKey: ['_id'],
  people: { otherwise: 'erase-statements.ts: by the statement that was taken back' },
});

/** Stores what is new and applies withdrawals that came first. The same again changes nothing. */
export async function recordEvidence(options: { evidence: readonly Evidence[] }): Promise<void> {
  const { evidence } = options;
  if (evidence.length === 0) return;
  await repeatUpsert(() =>
    // The driver's own: hundreds of records that we made ourselves need no casting.
    EvidenceModel.db.collection<StoredEvidence>('evidence').bulkWrite(
      evidence.map((one) => ({
        updateOne: {
          filter: { _id: keyOf(one), deployment: one.deployment },
          update: {
            $setOnInsert: {
              ...withoutDeployment(one),
              schemaVersion: SCHEMA_VERSION,
              pending: true,
              change: 1,
            },
          },
          upsert: true,
        },
      })),
      { ordered: false },
    ),
  );
  const ids = evidence.flatMap(({ statementId: target, source }) => [
    target,
    ...(source === undefined ? [] : [withdrawalId({ target, source })]),
  ]);
  const withdrawn = await WithdrawalModel.find({ _id: mongoose.trusted({ $in: ids }) }).lean();
  await applyWithdrawals(
    withdrawn.map(({ _id, target = _id, statementId, at }) => ({
      target,
      statementId,
      at,
      ...(target !== _id && { source: _id.slice(0, _id.indexOf('/')) }),
    })),
  );
}

/** Takes evidence back, now or when it comes. The first withdrawal of a statement stands. */
export async function recordWithdrawals(options: {
  withdrawals: readonly Withdrawal[];
}): Promise<void> {
  const { withdrawals } = options;
  if (withdrawals.length === 0) return;
  await repeatUpsert(() =>
    WithdrawalModel.bulkWrite(
      withdrawals.map(({ target, source, statementId, at }) => ({
        updateOne: {
          filter: { _id: withdrawalId({ target, ...(source !== undefined && { source }) }) },
          update: { $setOnInsert: { statementId, at, ...(source !== undefined && { target }) } },
          upsert: true,
        },
      })),
      { ordered: false, throwOnValidationError: true },
    ),
  );
  await applyWithdrawals(withdrawals);
}

async function applyWithdrawals(withdrawals: readonly Withdrawal[]): Promise<void> {
  if (withdrawals.length === 0) return;
  await EvidenceModel.bulkWrite(
    withdrawals.map(({ target, source, statementId, at }) => ({
      updateMany: {
        filter: { statementId: target, withdrawn: null, ...(source !== undefined && { source }) },
        update: { $set: { withdrawn: { statementId, at }, pending: true }, $inc: { change: 1 } },
      },
    })),
    { ordered: false, throwOnValidationError: true },
  );
}

export interface PendingEvidence {
  id: string;
  change: number;
  deployment: string;
  user: string;
  objectId: string;
  /** The one competency it speaks for. */
  item: FrameworkItem | null;
  course: string | null;
}

/** Evidence whose newest change no computation has seen. */
export async function listPending(options: { limit: number }): Promise<PendingEvidence[]> {
  const found = await EvidenceModel.find({ pending: true })
    .sort({ deployment: 1, user: 1 })
    .limit(options.limit)
    .hint('pending')
    .select({ change: 1, deployment: 1, user: 1, objectId: 1, item: 1, course: 1 })
    .lean();
  return found.map(({ _id, change, deployment, user, objectId, item, course }) => ({
    id: _id,
    change,
    deployment,
    user,
    objectId,
    item: item ?? null,
    course,
  }));
}

/** Marks as seen what did not change meanwhile. */
export async function markSeen(options: { evidence: readonly PendingEvidence[] }): Promise<void> {
  if (options.evidence.length === 0) return;
  const groups = groupBy(options.evidence, (one) => `${one.deployment} ${String(one.change)}`);
  await EvidenceModel.bulkWrite(
    [...groups.values()].flatMap((group) => {
      const [first] = group;
      if (!first) return [];
      const { deployment, change } = first;
      const ids = mongoose.trusted({ $in: group.map(({ id }) => id) });
      return [
        {
          updateMany: {
            filter: { _id: ids, deployment, change },
            update: { $set: { pending: false } },
          },
        },
      ];
    }),
    { ordered: false, throwOnValidationError: true },
  );
}

/** Evidence of a deployment, newest first, narrowed by course, people and objects. */
export async function listEvidence(options: {
  deployment: string;
  course?: string;
  users?: readonly string[];
  objectIds?: readonly string[];
  statementIds?: readonly string[];
  limit?: number;
}): Promise<Evidence[]> {
  const { deployment, course, users, objectIds, statementIds, limit = MAX_LISTED } = options;
  const found = await EvidenceModel.find({
    deployment,
    ...(course === undefined ? {} : { course }),
    ...(users === undefined ? {} : { user: mongoose.trusted({ $in: [...users] }) }),
    ...(objectIds === undefined ? {} : { objectId: mongoose.trusted({ $in: [...objectIds] }) }),
    ...(statementIds === undefined
      ? {}
      : { statementId: mongoose.trusted({ $in: [...statementIds] }) }),
  })
    .sort({ at: -1 })
    .limit(limit)
    .lean();
  return found.map(toEvidence);
}

/** When each person last did something in a course, openings included; withdrawn evidence is left out. */
export async function listLatestEvidence(options: {
  deployment: string;
  course: string;
}): Promise<Map<string, Date>> {
  const { deployment, course } = options;
  const found = await EvidenceModel.aggregate<{ _id: string; latest: Date }>([
    { $match: { deployment, course, withdrawn: null } },
    { $group: { _id: '$user', latest: { $max: '$at' } } },
  ]);
  return new Map(found.map(({ _id, latest }) => [_id, latest]));
}

/**
 * How many pieces of evidence each object of a course has, of how many people, and how many of them are younger than
 * `since` (none without it); withdrawn ones and openings left out.
 */
export async function countEvidenceByObject(options: {
  deployment: string;
  course: string;
  objectIds: readonly string[];
  since?: Date | null;
}): Promise<Map<string, { evidence: number; people: number; fresh: number }>> {
  const { deployment, course, objectIds, since = null } = options;
  const isFresh = since === null ? false : { $gt: ['$at', since] };
  const found = await EvidenceModel.aggregate<{
    _id: string;
    evidence: number;
    people: string[];
    fresh: number;
  }>([
    {
      $match: {
        deployment,
        course,
        objectId: { $in: [...objectIds] },
        withdrawn: null,
        completes: true,
      },
    },
    {
      $group: {
        _id: '$objectId',
        evidence: { $sum: 1 },
        people: { $addToSet: '$user' },
        fresh: { $sum: { $cond: [isFresh, 1, 0] } },
      },
    },
  ]);
  return new Map(
    found.map(({ _id, evidence, people, fresh }) => [
      _id,
      { evidence, people: people.length, fresh },
    ]),
  );
}

/** People with evidence in a deployment, or in one course of it, in order of user, a page after `after`. */
export async function listPeopleWithEvidence(options: {
  deployment: string;
  course?: string;
  after: string | null;
  limit: number;
}): Promise<string[]> {
  const { deployment, course, after, limit } = options;
  const found = await EvidenceModel.aggregate<{ _id: string }>([
    {
      $match: {
        deployment,
        ...(course === undefined ? {} : { course }),
        ...(after === null ? {} : { user: { $gt: after } }),
      },
    },
    { $group: { _id: '$user' } },
    { $sort: { _id: 1 } },
    { $limit: limit },
  ]);
  return found.map(({ _id }) => _id);
}

/** Deployments whose learners have evidence. */
export async function listDeploymentsWithEvidence(): Promise<string[]> {
  return EvidenceModel.distinct('deployment');
}

/** For statements that are gone themselves. */
export async function deleteWithdrawals(options: { statementIds: string[] }): Promise<void> {
  const { statementIds } = options;
  await WithdrawalModel.deleteMany({ _id: mongoose.trusted({ $in: statementIds }) });
  await WithdrawalModel.deleteMany({ target: mongoose.trusted({ $in: statementIds }) });
}

/** Forgets everything; the statements are read again. */
export async function emptyEvidence(): Promise<void> {
  await EvidenceModel.deleteMany({});
  await WithdrawalModel.deleteMany({});
}

function withdrawalId({ target, source }: Pick<Withdrawal, 'target' | 'source'>): string {
  return source === undefined ? target : `${source}/${target}`;
}

function keyOf(evidence: Evidence): string {
  return `${evidence.deployment}/${evidence.statementId}`;
}

function withoutDeployment(evidence: Evidence): Omit<Evidence, 'deployment'> {
  const { deployment, ...rest } = evidence;
  void deployment;
  return rest;
}

function toEvidence(stored: StoredEvidence): Evidence {
  const { _id, schemaVersion, pending, change, ...evidence } = stored;
  void [_id, schemaVersion, pending, change];
  // Evidence of the first schema named neither.
  return { ...evidence, item: evidence.item ?? null, by: evidence.by ?? null };
}
