// People as a platform knows them: a learner is (platform, sub), `_id` is derived from both. Name and e-mail are kept only
// while the platform shares them. Nothing is ever matched by name or e-mail.
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';
import { personCode } from './record-ids.js';

export interface UserFacts {
  name: string | null;
  email: string | null;
  /** The school's own id of the person, where the platform tells it. */
  sisId: string | null;
  /** The platform's test user (student view), or anyone of a test platform. */
  testUser: boolean;
}

export interface User extends UserFacts {
  _id: string;
  platform: string;
  sub: string;
  /** Stands for a missing name, as in "Learner 7F3A". */
  code: string;
  firstSeenAt: Date;
}

const required = { type: String, required: true };
const optional = { type: String, default: null };
const schema = new mongoose.Schema<User>({
  _id: required,
  platform: required,
  sub: required,
  name: optional,
  email: optional,
  sisId: optional,
  testUser: { type: Boolean, required: true },
  code: required,
  firstSeenAt: { type: Date, required: true },
});
schema.index({ platform: 1, sub: 1 });
const UserModel = defineModel({
  name: 'User',
  collection: 'users',
  schema,
  shardKey: ['_id'],
  scatter: ['listUsers'],
});

/** Writes what the platform shares of the person now; what it shares no longer is forgotten. Idempotent. */
export async function recordUser(options: {
  user: string;
  platform: string;
  sub: string;
  facts: UserFacts;
  now: Date;
}): Promise<void> {
  const { user, platform, sub, facts, now } = options;
  await UserModel.updateOne(
    { _id: user },
    { $set: facts, $setOnInsert: { platform, sub, code: personCode(user), firstSeenAt: now } },
    { upsert: true },
  );
}

export async function findUser(options: { user: string }): Promise<User | null> {
  return UserModel.findOne({ _id: options.user }).lean();
}

/** Up to 10,000 people by id, in no order; ids nobody has are left out. */
export async function listUsers(options: { ids: string[] }): Promise<User[]> {
  const ids = options.ids.slice(0, 10_000);
  return UserModel.find({ _id: mongoose.trusted({ $in: ids }) }).lean();
}
