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
  /** The platform's own number of the person where it is not the `sub`, as in Canvas; null where it is not told. */
  lmsId: string | null;
  /** The platform's test user (student view), or anyone of a test platform. */
  testUser: boolean;
}

export interface User extends UserFacts {
  _id: string;
  platform: string;
  sub: string;
  /** Stands for a missing name, as in "Learner 7F3KQ2". */
  code: string;
  firstSeenAt: Date;
}

const MOST_BY_IDS = 10_000;

const required = { type: String, required: true };
const optional = { type: String, default: null };
const schema = new mongoose.Schema<User>({
  _id: required,
  platform: required,
  sub: required,
  name: optional,
  email: optional,
  sisId: optional,
  lmsId: optional,
  testUser: { type: Boolean, required: true },
  code: required,
  firstSeenAt: { type: Date, required: true },
});
schema.index({ platform: 1, sub: 1 });
schema.index({ platform: 1, sisId: 1 });
schema.index({ platform: 1, email: 1 });
const UserModel = defineModel({
  name: 'User',
  collection: 'users',
  schema,
  shardKey: ['_id'],
  scatter: ['listUsers', 'findPeopleCalled', 'listUsersByIds'],
  people: {
    otherwise: 'erase-person.ts: once no deployment of the platform holds more of the person',
  },
});

/** Writes what the platform shares of the person now; what it shares no longer is forgotten. Idempotent; true for a new one. */
export async function recordUser(options: {
  user: string;
  platform: string;
  sub: string;
  facts: UserFacts;
  now: Date;
}): Promise<boolean> {
  const { user, platform, sub, facts, now } = options;
  const { upsertedCount } = await UserModel.updateOne(
    { _id: user },
    { $set: facts, $setOnInsert: { platform, sub, code: personCode(user), firstSeenAt: now } },
    { upsert: true },
  );
  return upsertedCount === 1;
}

/**
 * People whom a roster names: made where they are new, and given the name and the school's id that it shares where none is
 * known. Whatever a launch said stays.
 */
export async function recordRosterUsers(options: {
  platform: string;
  people: readonly {
    user: string;
    sub: string;
    name: string | null;
    sisId: string | null;
    testUser: boolean;
  }[];
  now: Date;
}): Promise<void> {
  const { platform, people, now } = options;
  const ids = people.map(({ user }) => user);
  const found = await UserModel.find({ _id: mongoose.trusted({ $in: ids }) })
    .select({ name: 1, sisId: 1 })
    .lean();
  const known = new Map(found.map((one) => [one._id, one]));
  const writes = people
    .map((person) => ({ person, news: rosterNews(person, known.get(person.user)) }))
    .filter(({ person, news }) => !known.has(person.user) || Object.keys(news).length > 0)
    .map(({ person: { user, sub, testUser }, news }) => {
      const fresh = {
        platform,
        sub,
        name: null,
        email: null,
        sisId: null,
        lmsId: null,
        testUser,
        code: personCode(user),
        firstSeenAt: now,
      };
      return {
        updateOne: {
          filter: { _id: user },
          update: { $set: news, $setOnInsert: without(fresh, news) },
          upsert: true,
        },
      };
    });
  if (writes.length > 0) await UserModel.bulkWrite(writes, { ordered: false });
}

function rosterNews(
  told: Pick<UserFacts, 'name' | 'sisId'>,
  known: Pick<UserFacts, 'name' | 'sisId'> | undefined,
): { name?: string; sisId?: string } {
  return {
    ...(told.name !== null && !known?.name && { name: told.name }),
    ...(told.sisId !== null && !known?.sisId && { sisId: told.sisId }),
  };
}

/** What is set may not be set on insert as well. */
function without(fields: Record<string, unknown>, set: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !(name in set)));
}

export async function findUser(options: { user: string }): Promise<User | null> {
  return UserModel.findOne({ _id: options.user }).lean();
}

/** Up to 10,000 people by id, in no order; ids nobody has are left out. */
export async function listUsers(options: { ids: string[] }): Promise<User[]> {
  const ids = options.ids.slice(0, 10_000);
  return UserModel.find({ _id: mongoose.trusted({ $in: ids }) })
    .batchSize(ids.length + 1)
    .lean();
}

/** People of a platform who have one of these ids or addresses, test users left out; up to 10,000, in no order. */
export async function listUsersByIds(options: {
  platform: string;
  subs: readonly string[];
  sisIds: readonly string[];
  emails: readonly string[];
}): Promise<User[]> {
  const { platform, subs, sisIds, emails } = options;
  const choices = [
    { sub: mongoose.trusted({ $in: [...subs] }) },
    { sisId: mongoose.trusted({ $in: [...sisIds] }) },
    { email: mongoose.trusted({ $in: [...emails] }) },
  ];
  return UserModel.find({ platform, testUser: false, $or: choices }).limit(MOST_BY_IDS).lean();
}

export async function deleteUser(options: { user: string }): Promise<void> {
  await UserModel.deleteOne({ _id: options.user });
}

/** People of a platform whom it calls so: by its own id of them, the school's, the e-mail address or the whole name. */
export async function findPeopleCalled(options: {
  platform: string;
  text: string;
  limit: number;
}): Promise<User[]> {
  const { platform, text, limit } = options;
  const choices = [{ sub: text }, { sisId: text }, { email: text }, { name: text }];
  return UserModel.find({ platform, $or: choices }).limit(limit).lean();
}
