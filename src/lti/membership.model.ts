// Who belongs to a course, and as what: from launches, later from rosters too. Rights never come from here; a launch
// gives them. Counts of learners leave staff and test users out.
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';
import { membershipRecordId } from './record-ids.js';
import { repeatUpsert } from '../db/duplicate-key.js';
import { ROLES, type Role } from './roles.js';

export const STAFF: readonly Role[] = [
  'Instructor',
  'TeachingAssistant',
  'ContentDeveloper',
  'Administrator',
  'Reviewer',
];

const ROSTER_STATUSES = ['Active', 'Inactive', 'Deleted'] as const;
export type RosterStatus = (typeof ROSTER_STATUSES)[number];

export interface Membership {
  _id: string;
  deployment: string;
  course: string;
  user: string;
  roles: Role[];
  roleUris: string[];
  /** A learner who is neither staff nor a test user. */
  countsAsLearner: boolean;
  source: 'launch' | 'nrps';
  lastLaunchAt: Date | null;
  launchCount: number;
  /** In the newest roster that was read as a whole; null where no roster named the person. */
  listed: boolean | null;
  /** What the roster says of the person; null where none did. */
  rosterStatus: RosterStatus | null;
  /** Hash of what the last launch wrote of the person (record-launch.ts); null where that is not known. */
  personHash: string | null;
}

const UNLISTED_AT_ONCE = 2_000;
const MOST_COURSES_OF_ONE = 1_000;

const required = { type: String, required: true };
const schema = new mongoose.Schema<Membership>({
  _id: required,
  deployment: required,
  course: required,
  user: required,
  roles: [{ type: String, enum: ROLES }],
  roleUris: [String],
  countsAsLearner: { type: Boolean, required: true },
  source: { type: String, enum: ['launch', 'nrps'], required: true },
  lastLaunchAt: { type: Date, default: null },
  launchCount: { type: Number, required: true },
  listed: { type: Boolean, default: null },
  rosterStatus: { type: String, enum: [...ROSTER_STATUSES, null], default: null },
  personHash: { type: String, default: null },
});
schema.index({ course: 1, user: 1 }, { unique: true });
schema.index({ course: 1, countsAsLearner: 1, user: 1 });
schema.index({ deployment: 1, roles: 1 });
schema.index({ deployment: 1, user: 1, lastLaunchAt: -1 });
const MembershipModel = defineModel({
  name: 'Membership',
  collection: 'memberships',
  schema,
  shardKey: ['course'],
  scatter: ['listDeploymentMembers', 'listCoursesTaught', 'listMembershipsOf'],
  people: { about: ['user'], course: 'course' },
});

/** One launch more of this person in this course, with the roles of that launch. Returns what was known before, or null. */
export async function recordLaunchedMembership(options: {
  deployment: string;
  course: string;
  user: string;
  roles: Role[];
  roleUris: string[];
  testUser: boolean;
  now: Date;
}): Promise<{ personHash: string | null } | null> {
  const { deployment, course, user, roles, roleUris, testUser, now } = options;
  const before = await repeatUpsert(() =>
    MembershipModel.findOneAndUpdate(
      { course, user },
      {
        $set: {
          roles,
          roleUris,
          countsAsLearner: isCountedLearner({ roles, testUser }),
          source: 'launch',
          lastLaunchAt: now,
        },
        $inc: { launchCount: 1 },
        $setOnInsert: { _id: membershipRecordId({ course, user }), deployment },
      },
      { upsert: true, returnDocument: 'before', projection: { personHash: 1 } },
    ).lean(),
  );
  return before && { personHash: before.personHash ?? null };
}

/** Call it after the person's record was written: a stop in between only writes it once more. */
export async function setPersonHash(options: {
  course: string;
  user: string;
  personHash: string;
}): Promise<void> {
  const { course, user, personHash } = options;
  await MembershipModel.updateOne({ course, user }, { $set: { personHash } });
}

export interface MemberPage {
  members: Membership[];
  /** Give it as `after` for the next page; null on the last. */
  next: string | null;
}

/** A page of a course's members in order of user id; `role` narrows to holders of one of our roles. */
export async function listCourseMembers(options: {
  deployment: string;
  course: string;
  role?: Role;
  page: { after?: string; limit: number };
}): Promise<MemberPage> {
  const { deployment, course, role, page } = options;
  const found = await MembershipModel.find({
    course,
    deployment,
    user: mongoose.trusted({ $gt: page.after ?? '' }),
    ...(role === undefined ? {} : { roles: role }),
  })
    .sort({ user: 1 })
    .limit(page.limit + 1)
    .batchSize(page.limit + 2)
    .lean();
  const members = found.slice(0, page.limit);
  return { members, next: found.length > page.limit ? (members.at(-1)?.user ?? null) : null };
}

/** People of a course who have the same roles, and stand the same way in it. */
export interface MemberCount {
  roles: Role[];
  countsAsLearner: boolean;
  /** The roster listed them once and does no more. */
  hasLeft: boolean;
  count: number;
  /** How many of them have launched. */
  opened: number;
}

/** One row for each combination that there is, in no order. */
export async function countCourseMembers(options: {
  deployment: string;
  course: string;
}): Promise<MemberCount[]> {
  const { deployment, course } = options;
  const found = await MembershipModel.aggregate<{
    _id: Pick<MemberCount, 'roles' | 'countsAsLearner' | 'hasLeft'>;
    count: number;
    opened: number;
  }>([
    { $match: { course, deployment } },
    {
      $group: {
        _id: {
          roles: '$roles',
          countsAsLearner: '$countsAsLearner',
          hasLeft: { $eq: ['$listed', false] },
        },
        count: { $sum: 1 },
        opened: { $sum: { $cond: [{ $gt: ['$launchCount', 0] }, 1, 0] } },
      },
    },
  ]);
  return found.map(({ _id, count, opened }) => ({ ..._id, count, opened }));
}

/** Ids of the people who hold one of our roles in any course of a deployment, for the administrator's choice. */
export async function listDeploymentMembers(options: {
  deployment: string;
  role: Role;
  limit: number;
}): Promise<string[]> {
  const { deployment, role, limit } = options;
  const found = await MembershipModel.aggregate<{ _id: string }>([
    { $match: { deployment, roles: role } },
    { $group: { _id: '$user' } },
    { $sort: { _id: 1 } },
    { $limit: limit },
  ]);
  return found.map(({ _id }) => _id);
}

/** A person's courses in a deployment, with what the roster says of them. */
export async function listMembershipsOf(options: {
  deployment: string;
  user: string;
}): Promise<Pick<Membership, 'course' | 'roles' | 'listed' | 'lastLaunchAt'>[]> {
  const { deployment, user } = options;
  return MembershipModel.find(
    { deployment, user },
    { _id: 0, course: 1, roles: 1, listed: 1, lastLaunchAt: 1 },
  )
    .limit(MOST_COURSES_OF_ONE)
    .lean();
}

/**
 * A page of the people whom rates of this course count, in order of user id: with a roster those whom it lists as active and
 * those who launched since it was read, else everybody who launched as a learner.
 */
export async function listCourseLearners(options: {
  deployment: string;
  course: string;
  page: { after?: string; limit: number };
  /** When the roster was read; null or absent where none was. */
  rosterAt?: Date | null;
}): Promise<MemberPage> {
  const { deployment, course, page, rosterAt = null } = options;
  const found = await MembershipModel.find({
    course,
    deployment,
    countsAsLearner: true,
    user: mongoose.trusted({ $gt: page.after ?? '' }),
    $or:
      rosterAt === null
        ? [{ launchCount: mongoose.trusted({ $gt: 0 }) }]
        : [
            { listed: true, rosterStatus: 'Active' },
            { lastLaunchAt: mongoose.trusted({ $gt: rosterAt }) },
          ],
  })
    .sort({ user: 1 })
    .limit(page.limit + 1)
    .batchSize(page.limit + 2)
    .lean();
  const members = found.slice(0, page.limit);
  return { members, next: found.length > page.limit ? (members.at(-1)?.user ?? null) : null };
}

/** Those of the people who are counted learners of the course, launched or listed. */
export async function listCountedLearners(options: {
  deployment: string;
  course: string;
  users: readonly string[];
}): Promise<string[]> {
  const { deployment, course, users } = options;
  const found = await MembershipModel.find({
    course,
    deployment,
    countsAsLearner: true,
    user: mongoose.trusted({ $in: [...users] }),
  })
    .select({ user: 1 })
    .lean();
  return found.map(({ user }) => user);
}

/** Learners of a course without staff and test users. */
export async function countCourseLearners(options: {
  deployment: string;
  course: string;
}): Promise<number> {
  const { deployment, course } = options;
  return MembershipModel.countDocuments({ course, deployment, countsAsLearner: true });
}

/** Courses of a deployment that this person last launched into as an instructor, newest launch first. */
export async function listCoursesTaught(options: {
  deployment: string;
  user: string;
  limit: number;
}): Promise<string[]> {
  const { deployment, user, limit } = options;
  const found = await MembershipModel.find({
    deployment,
    user,
    roles: 'Instructor',
    lastLaunchAt: mongoose.trusted({ $ne: null }),
  })
    .sort({ lastLaunchAt: -1 })
    .limit(limit)
    .select({ course: 1 })
    .lean();
  return found.map(({ course }) => course);
}

/** Pure: staff and test users enter no rate. */
export function isCountedLearner(options: { roles: Role[]; testUser: boolean }): boolean {
  const { roles, testUser } = options;
  return roles.includes('Learner') && !testUser && !roles.some((role) => STAFF.includes(role));
}

/** A member as the roster tells of them. */
export interface RosterMember {
  user: string;
  roles: Role[];
  roleUris: string[];
  status: RosterStatus;
  testUser: boolean;
}

/**
 * Writes what a page of the roster changes, and nothing for whom it changes nothing. Roles of somebody who launched stay
 * those of the launch: the roster gives no rights, and Moodle calls its non-editing teachers learners there.
 */
export async function recordRosterMembers(options: {
  deployment: string;
  course: string;
  members: readonly RosterMember[];
}): Promise<void> {
  const { deployment, course, members } = options;
  const users = members.map(({ user }) => user);
  const found = await MembershipModel.find({
    course,
    user: mongoose.trusted({ $in: users }),
  }).lean();
  const known = new Map(found.map((one) => [one.user, one]));
  const writes = members.flatMap((member) => {
    const { user, roles, roleUris, status } = member;
    const before = known.get(user);
    const listing = { listed: true, rosterStatus: status };
    const countsAsLearner = isCountedLearner(member);
    const isListed = before?.listed === true && before.rosterStatus === status;
    const isSame =
      before !== undefined &&
      before.countsAsLearner === countsAsLearner &&
      before.roleUris.join(' ') === roleUris.join(' ');
    if (before && isListed && (before.lastLaunchAt !== null || isSame)) return [];
    const told = { roles, roleUris, countsAsLearner };
    const fresh = {
      _id: membershipRecordId({ course, user }),
      deployment,
      ...told,
      source: 'nrps' as const,
      lastLaunchAt: null,
      launchCount: 0,
    };
    const upsert = {
      updateOne: {
        filter: { course, user },
        update: { $set: listing, $setOnInsert: fresh },
        upsert: true,
      },
    };
    const retell = {
      updateOne: { filter: { course, user, lastLaunchAt: null }, update: { $set: told } },
    };
    return before && !isSame ? [upsert, retell] : [upsert];
  });
  if (writes.length === 0) return;
  await repeatUpsert(() => MembershipModel.bulkWrite(writes, { ordered: false }));
}

/** After a whole reading: who was listed and is no more. They stay known, with all that they did. */
export async function unlistMembers(options: {
  deployment: string;
  course: string;
  isListed: (user: string) => boolean;
}): Promise<number> {
  const { deployment, course, isListed } = options;
  let count = 0;
  for (let after = ''; ;) {
    const page = await MembershipModel.find({
      course,
      deployment,
      listed: true,
      user: mongoose.trusted({ $gt: after }),
    })
      .sort({ user: 1 })
      .limit(UNLISTED_AT_ONCE)
      .select({ user: 1 })
      .lean();
    const gone = page.map(({ user }) => user).filter((user) => !isListed(user));
    if (gone.length > 0)
      await MembershipModel.updateMany(
        { course, user: mongoose.trusted({ $in: gone }) },
        { $set: { listed: false } },
      );
    count += gone.length;
    const last = page.at(-1);
    if (!last || page.length < UNLISTED_AT_ONCE) return count;
    after = last.user;
  }
}
