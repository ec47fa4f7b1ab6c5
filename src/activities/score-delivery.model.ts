// Scores on their way to a platform's gradebook. Written before the statement that it belongs to, and sent only once that
// statement is in the outbox: a stop between the two writes sends nothing that nobody achieved, and loses nothing that was.
// What a platform refused for good stays here with its words until somebody sends it again.
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';
import type { KeptScore } from './choose-score.js';
import { repeatUpsert } from '../db/duplicate-key.js';
import type { ScoreLaneKey } from './score-lane.model.js';

/** What a score rests on: a statement, which has to be in the outbox first, or an attainment that was computed. */
const BASES = ['statement', 'attainment'] as const;
type ScoreBasis = (typeof BASES)[number];

export interface ScoreDelivery {
  id: string;
  basis: ScoreBasis;
  /** Of the statement; or what makes the value of an attainment the same one the next time. */
  statementId: string;
  platform: string;
  deployment: string;
  user: string;
  lineItemUrl: string;
  /** Scopes that the launch offered. */
  gradeScopes: string[];
  scoreGiven: number;
  scoreMaximum: number;
  /** What the column keeps of several. */
  keep: KeptScore;
  at: Date;
  tries: number;
}

/** A score that a platform refused, for people who look. */
export interface FailedScore {
  id: string;
  deployment: string;
  user: string;
  lineItemUrl: string;
  scoreGiven: number;
  scoreMaximum: number;
  at: Date;
  /** The platform's status and words. */
  fault: string;
}

type Settled = 'sent' | 'superseded' | 'dropped' | 'failed';

interface StoredDelivery extends Omit<ScoreDelivery, 'id' | 'keep' | 'basis'> {
  _id: string;
  schemaVersion: number;
  /** Absent where it is a statement. */
  basis?: ScoreBasis;
  /** Absent in records of the first release: the highest. */
  keep?: KeptScore;
  status: 'waiting' | Settled;
  nextAt: Date;
  lastFault: string | null;
}

const SCHEMA_VERSION = 1;
const MOST_FAILED = 200;

const required = { type: String, required: true };
const number = { type: Number, required: true };
const when = { type: Date, required: true };
const schema = new mongoose.Schema<StoredDelivery>({
  _id: required,
  schemaVersion: number,
  basis: { type: String, enum: BASES },
  statementId: required,
  platform: required,
  deployment: required,
  user: required,
  lineItemUrl: required,
  gradeScopes: [String],
  scoreGiven: number,
  scoreMaximum: number,
  keep: { type: String, enum: ['highest', 'latest'] },
  at: when,
  tries: number,
  status: {
    type: String,
    enum: ['waiting', 'sent', 'superseded', 'dropped', 'failed'],
    required: true,
  },
  nextAt: when,
  lastFault: { type: String, default: null },
});
schema.index({ nextAt: 1 }, { partialFilterExpression: { status: 'waiting' } });
schema.index({ deployment: 1, user: 1, lineItemUrl: 1, status: 1 });
schema.index({ deployment: 1, at: -1 }, { partialFilterExpression: { status: 'failed' } });
const DeliveryModel = defineModel({
  name: 'ScoreDelivery',
  collection: 'scoreDeliveries',
  schema,
  shardKey: ['deployment'],
  scatter: ['listDueScores', 'postponePlatform', 'listFailedScores', 'retryFailedScores'],
  people: { about: ['user'] },
});

/** Idempotent: one delivery a basis and line item. The highest score is kept unless the delivery says otherwise. */
export async function recordScoreDelivery(options: {
  delivery: Omit<ScoreDelivery, 'id' | 'tries' | 'keep' | 'basis'> & {
    keep?: KeptScore;
    basis?: ScoreBasis;
  };
}): Promise<void> {
  const { delivery } = options;
  const { deployment, statementId, lineItemUrl, at, ...rest } = delivery;
  const _id = `${deployment}/${statementId}/${lineItemUrl}`;
  const fresh = {
    schemaVersion: SCHEMA_VERSION,
    statementId,
    lineItemUrl,
    at,
    keep: 'highest' as const,
    ...rest,
    tries: 0,
    status: 'waiting' as const,
    nextAt: at,
    lastFault: null,
  };
  await repeatUpsert(() =>
    DeliveryModel.updateOne({ _id, deployment }, { $setOnInsert: fresh }, { upsert: true }),
  );
}

/** Learners and columns with something that may be sent now, the longest due first. */
export async function listDueScores(options: {
  now: Date;
  limit: number;
}): Promise<(ScoreLaneKey & { platform: string })[]> {
  const found = await DeliveryModel.find({
    status: 'waiting',
    nextAt: mongoose.trusted({ $lte: options.now }),
  })
    .sort({ nextAt: 1 })
    .limit(options.limit)
    .select({ platform: 1, deployment: 1, user: 1, lineItemUrl: 1 })
    .lean();
  const lanes = found.map(({ platform, deployment, user, lineItemUrl }) => ({
    platform,
    deployment,
    user,
    lineItemUrl,
  }));
  return [...new Map(lanes.map((lane) => [JSON.stringify(lane), lane])).values()];
}

/** Everything that waits for one learner and column, due or not, in the order in which it was reached. */
export async function listWaitingScores(options: { lane: ScoreLaneKey }): Promise<ScoreDelivery[]> {
  const { deployment, user, lineItemUrl } = options.lane;
  const found = await DeliveryModel.find({ deployment, user, lineItemUrl, status: 'waiting' })
    .sort({ at: 1 })
    .lean();
  return found.map(toDelivery);
}

export async function settleScores(options: {
  deployment: string;
  ids: readonly string[];
  status: Settled;
  fault: string | null;
}): Promise<void> {
  const { deployment, ids, status, fault } = options;
  if (ids.length === 0) return;
  await DeliveryModel.updateMany(
    { _id: mongoose.trusted({ $in: [...ids] }), deployment },
    { $set: { status, lastFault: fault } },
  );
}

/** `isTry` counts as one of the tries after which a delivery is given up. */
export async function postponeScores(options: {
  deployment: string;
  ids: readonly string[];
  nextAt: Date;
  fault: string | null;
  isTry: boolean;
}): Promise<void> {
  const { deployment, ids, nextAt, fault, isTry } = options;
  if (ids.length === 0) return;
  await DeliveryModel.updateMany(
    { _id: mongoose.trusted({ $in: [...ids] }), deployment },
    { $set: { nextAt, lastFault: fault }, $inc: { tries: isTry ? 1 : 0 } },
  );
}

/** Nothing of this platform is due before `until`, so that what waits for it holds up no other platform. */
export async function postponePlatform(options: { platform: string; until: Date }): Promise<void> {
  const { platform, until } = options;
  await DeliveryModel.updateMany(
    { status: 'waiting', nextAt: mongoose.trusted({ $lt: until }), platform },
    { $set: { nextAt: until } },
  );
}

/** After a score was taken: what had failed before for this learner and column is past. */
export async function supersedeFailedScores(options: { lane: ScoreLaneKey }): Promise<void> {
  const { deployment, user, lineItemUrl } = options.lane;
  await DeliveryModel.updateMany(
    { deployment, user, lineItemUrl, status: 'failed' },
    { $set: { status: 'superseded' } },
  );
}

/** What platforms refused for good, newest first: everywhere, of a deployment, or of some columns of it. */
export async function listFailedScores(options: {
  deployment?: string;
  lineItemUrls?: readonly string[];
}): Promise<FailedScore[]> {
  const found = await DeliveryModel.find({ ...narrow(options), status: 'failed' })
    .sort({ at: -1 })
    .limit(MOST_FAILED)
    .lean();
  return found.map(
    ({ _id, deployment, user, lineItemUrl, scoreGiven, scoreMaximum, at, lastFault }) => ({
      id: _id,
      deployment,
      user,
      lineItemUrl,
      scoreGiven,
      scoreMaximum,
      at,
      fault: lastFault ?? '',
    }),
  );
}

/** For a column that nobody wants scores in any more: what waits for it is not sent. */
export async function dropWaitingScores(options: {
  deployment: string;
  users: readonly string[];
  lineItemUrl: string;
  fault: string;
}): Promise<void> {
  const { deployment, users, lineItemUrl, fault } = options;
  await DeliveryModel.updateMany(
    {
      deployment,
      user: mongoose.trusted({ $in: [...users] }),
      lineItemUrl,
      status: mongoose.trusted({ $in: ['waiting', 'failed'] }),
    },
    { $set: { status: 'dropped', lastFault: fault } },
  );
}

/** Puts them back on their way; returns how many there were. */
export async function retryFailedScores(options: {
  deployment?: string;
  lineItemUrls?: readonly string[];
  now: Date;
}): Promise<number> {
  const { now, ...rest } = options;
  const { modifiedCount } = await DeliveryModel.updateMany(
    { ...narrow(rest), status: 'failed' },
    { $set: { status: 'waiting', tries: 0, nextAt: now } },
  );
  return modifiedCount;
}

function narrow(options: { deployment?: string; lineItemUrls?: readonly string[] }) {
  const { deployment, lineItemUrls } = options;
  return {
    ...(deployment === undefined ? {} : { deployment }),
    ...(lineItemUrls === undefined
      ? {}
      : { lineItemUrl: mongoose.trusted({ $in: [...lineItemUrls] }) }),
  };
}

function toDelivery(stored: StoredDelivery): ScoreDelivery {
  const { _id: id, schemaVersion, status, nextAt, lastFault, ...rest } = stored;
  void [schemaVersion, status, nextAt, lastFault];
  const { keep = 'highest', basis = 'statement' } = stored;
  return { ...rest, id, keep, basis };
}
