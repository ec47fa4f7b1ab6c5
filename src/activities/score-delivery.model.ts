// Scores on their way to a platform's gradebook. Written before the statement that it belongs to, and sent only once that
// statement is in the outbox: a stop between the two writes sends nothing that nobody achieved, and loses nothing that was.
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';
import { repeatUpsert } from './repeat-upsert.js';

export interface ScoreDelivery {
  id: string;
  statementId: string;
  platform: string;
  deployment: string;
  user: string;
  lineItemUrl: string;
  /** Scopes that the launch offered. */
  gradeScopes: string[];
  scoreGiven: number;
  scoreMaximum: number;
  at: Date;
  tries: number;
}

interface StoredDelivery extends Omit<ScoreDelivery, 'id'> {
  _id: string;
  schemaVersion: number;
  status: 'waiting' | 'sent' | 'superseded' | 'dropped' | 'failed';
  nextAt: Date;
  lastFault: string | null;
}

const SCHEMA_VERSION = 1;

const required = { type: String, required: true };
const number = { type: Number, required: true };
const when = { type: Date, required: true };
const schema = new mongoose.Schema<StoredDelivery>({
  _id: required,
  schemaVersion: number,
  statementId: required,
  platform: required,
  deployment: required,
  user: required,
  lineItemUrl: required,
  gradeScopes: [String],
  scoreGiven: number,
  scoreMaximum: number,
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
const DeliveryModel = defineModel({
  name: 'ScoreDelivery',
  collection: 'scoreDeliveries',
  schema,
  shardKey: ['deployment'],
  scatter: ['listDueScores'],
});

/** Idempotent: one delivery a statement and line item. */
export async function recordScoreDelivery(options: {
  delivery: Omit<ScoreDelivery, 'id' | 'tries'>;
}): Promise<void> {
  const { delivery } = options;
  const { deployment, statementId, lineItemUrl, at, ...rest } = delivery;
  const _id = `${deployment}/${statementId}/${lineItemUrl}`;
  const fresh = {
    schemaVersion: SCHEMA_VERSION,
    statementId,
    lineItemUrl,
    at,
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

/** What may be sent now, oldest first. */
export async function listDueScores(options: {
  now: Date;
  limit: number;
}): Promise<ScoreDelivery[]> {
  const found = await DeliveryModel.find({
    status: 'waiting',
    nextAt: mongoose.trusted({ $lte: options.now }),
  })
    .sort({ nextAt: 1 })
    .limit(options.limit)
    .lean();
  return found.map(
    ({
      _id,
      statementId,
      platform,
      deployment,
      user,
      lineItemUrl,
      gradeScopes,
      scoreGiven,
      scoreMaximum,
      at,
      tries,
    }) => ({
      id: _id,
      statementId,
      platform,
      deployment,
      user,
      lineItemUrl,
      gradeScopes,
      scoreGiven,
      scoreMaximum,
      at,
      tries,
    }),
  );
}

export async function settleScore(options: {
  delivery: Pick<ScoreDelivery, 'id' | 'deployment'>;
  status: 'sent' | 'superseded' | 'dropped' | 'failed';
  fault: string | null;
}): Promise<void> {
  const { delivery, status, fault } = options;
  await DeliveryModel.updateOne(
    { _id: delivery.id, deployment: delivery.deployment },
    { $set: { status, lastFault: fault } },
  );
}

export async function postponeScore(options: {
  delivery: Pick<ScoreDelivery, 'id' | 'deployment'>;
  nextAt: Date;
  fault: string | null;
}): Promise<void> {
  const { delivery, nextAt, fault } = options;
  await DeliveryModel.updateOne(
    { _id: delivery.id, deployment: delivery.deployment },
    { $set: { nextAt, lastFault: fault }, $inc: { tries: 1 } },
  );
}
