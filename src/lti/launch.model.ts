// Every verified launch, once. `stated` says whether it is in an xAPI statement yet: the launch record is the fact, and a
// worker of activities/ states it later. Also settles that a deep linking request is answered once.
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';
import { ROLES, type Role } from './roles.js';

export interface LaunchRecord {
  _id: string;
  platform: string;
  deployment: string;
  course: string | null;
  user: string;
  /** Our id of the resource link. */
  resourceLink: string | null;
  messageType: string;
  roles: Role[];
  at: Date;
  testUser: boolean;
  /** Null for launches that are never stated: those of test users. */
  stated: boolean | null;
  /** When its deep linking request was answered. */
  answeredAt: Date | null;
}

const required = { type: String, required: true };
const optional = { type: String, default: null };
const schema = new mongoose.Schema<LaunchRecord>({
  _id: required,
  platform: required,
  deployment: required,
  course: optional,
  user: required,
  resourceLink: optional,
  messageType: required,
  roles: [{ type: String, enum: ROLES }],
  at: { type: Date, required: true },
  testUser: { type: Boolean, required: true },
  stated: { type: Boolean, default: null },
  answeredAt: { type: Date, default: null },
});
schema.index({ at: 1, _id: 1 }, { partialFilterExpression: { stated: false } });
const LaunchModel = defineModel({
  name: 'Launch',
  collection: 'launches',
  schema,
  shardKey: ['_id'],
  scatter: ['listUnstatedLaunches'],
});

export async function insertLaunch(launch: LaunchRecord): Promise<void> {
  await LaunchModel.create(launch);
}

export async function findLaunch(options: { launch: string }): Promise<LaunchRecord | null> {
  return LaunchModel.findOne({ _id: options.launch }).lean();
}

/** Launches that no statement tells of yet, oldest first. */
export async function listUnstatedLaunches(options: { limit: number }): Promise<LaunchRecord[]> {
  return LaunchModel.find({ stated: false }).sort({ at: 1, _id: 1 }).limit(options.limit).lean();
}

/** Idempotent; call it after the statement is in the outbox. */
export async function markLaunchStated(options: { launch: string }): Promise<void> {
  await LaunchModel.updateOne({ _id: options.launch }, { $set: { stated: true } });
}

/** True for the first answer to this launch's deep linking request, false for every later one. */
export async function claimDeepLinkingAnswer(options: {
  launch: string;
  deployment: string;
  now: Date;
}): Promise<boolean> {
  const { launch, deployment, now } = options;
  const { modifiedCount } = await LaunchModel.updateOne(
    { _id: launch, deployment, answeredAt: null },
    { $set: { answeredAt: now } },
  );
  return modifiedCount === 1;
}
