// Every verified launch, once: its id is derived from the login, so that a second launch of the same login is refused by the
// insert. A login that the platform ended with an error has a row here too, until the login would have expired. `stated` says whether it is in an xAPI statement yet: the launch record is the fact, and a
// worker of activities/ states it later. Also settles that a deep linking request is answered once.
import mongoose from 'mongoose';
import { isDuplicateKey } from '../db/duplicate-key.js';
import { defineModel } from '../db/models.js';
import { ROLES, type Role } from './roles.js';

/** What proved the browser: its cookie, the platform's storage, or a cookie in a window of its own. */
const ENTRIES = ['cookie', 'storage', 'window'] as const;
export type Entry = (typeof ENTRIES)[number];

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
  /** Null for launches of earlier releases. */
  entry: Entry | null;
}

interface StoredLaunch extends LaunchRecord {
  outcome: 'opened' | 'refused';
  /** Only of refused ones: the others stay. */
  expiresAt?: Date;
}

type StoredRow = Partial<StoredLaunch> & { _id: string };

const required = { type: String, required: true };
const optional = { type: String, default: null };
const schema = new mongoose.Schema<StoredLaunch>({
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
  entry: { type: String, enum: [...ENTRIES, null], default: null },
  outcome: { type: String, enum: ['opened', 'refused'], default: 'opened' },
  expiresAt: Date,
});
schema.index({ at: 1, _id: 1 }, { partialFilterExpression: { stated: false } });
schema.index({ expiresAt: 1 }, { sparse: true });
schema.index({ user: 1 });
schema.index({ deployment: 1, at: 1 });
const LaunchModel = defineModel({
  name: 'Launch',
  collection: 'launches',
  schema,
  shardKey: ['_id'],
  scatter: ['listUnstatedLaunches'],
  expires: 'expiresAt',
  people: { about: ['user'], course: 'course' },
});

/** False when its login was used before. */
export async function insertLaunch(launch: LaunchRecord): Promise<boolean> {
  return insertOnce({ ...launch, outcome: 'opened' });
}

/** Uses a login up that the platform ended with an error. False when it was used before. */
export async function insertRefusedState(options: {
  launch: string;
  platform: string;
  now: Date;
  expiresAt: Date;
}): Promise<boolean> {
  const { launch, platform, now, expiresAt } = options;
  return insertOnce({
    _id: launch,
    platform,
    outcome: 'refused',
    at: now,
    stated: null,
    expiresAt,
  });
}

/** As it is: the types hold, and a launch has no time for a second check. */
async function insertOnce(row: StoredRow): Promise<boolean> {
  try {
    await mongoose.connection.collection<StoredRow>('launches').insertOne(row);
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}

export async function findLaunch(options: { launch: string }): Promise<LaunchRecord | null> {
  const found = await LaunchModel.findOne({
    _id: options.launch,
    outcome: mongoose.trusted({ $ne: 'refused' }),
  }).lean();
  return found && { ...found, entry: found.entry ?? null };
}

/** Launches that no statement tells of yet, oldest first. */
export async function listUnstatedLaunches(options: { limit: number }): Promise<LaunchRecord[]> {
  return LaunchModel.find({ stated: false }).sort({ at: 1, _id: 1 }).limit(options.limit).lean();
}

/** Idempotent; call it after their statements are in the outbox. */
export async function markLaunchesStated(options: { launches: readonly string[] }): Promise<void> {
  const { launches } = options;
  if (launches.length === 0) return;
  await LaunchModel.updateMany(
    { _id: mongoose.trusted({ $in: [...launches] }) },
    { $set: { stated: true } },
  );
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

/** Deletes the oldest of those before a moment that are in a statement, or never will be. Returns how many; repeatable. */
export async function deleteLaunchesBefore(options: {
  deployment: string;
  before: Date;
  limit: number;
}): Promise<number> {
  const { deployment, before, limit } = options;
  const found = await LaunchModel.find({
    deployment,
    at: mongoose.trusted({ $lt: before }),
    stated: mongoose.trusted({ $ne: false }),
  })
    .sort({ at: 1 })
    .limit(limit)
    .select({ _id: 1 })
    .lean();
  if (found.length === 0) return 0;
  const ids = found.map(({ _id }) => _id);
  await LaunchModel.deleteMany({ _id: mongoose.trusted({ $in: ids }), deployment });
  return ids.length;
}

/** Whether the person opened the deployment anywhere. */
export async function hasLaunches(options: { deployment: string; user: string }): Promise<boolean> {
  const { deployment, user } = options;
  return (await LaunchModel.exists({ user, deployment })) !== null;
}
