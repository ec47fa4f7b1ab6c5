// Who belongs to a course, and as what: from launches, later from rosters too. Rights never come from here; a launch
// gives them. Counts of learners leave staff and test users out.
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';
import { membershipRecordId } from './record-ids.js';
import { ROLES, type Role } from './roles.js';

const STAFF: readonly Role[] = [
  'Instructor',
  'TeachingAssistant',
  'ContentDeveloper',
  'Administrator',
  'Reviewer',
];

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
}

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
});
schema.index({ course: 1, user: 1 }, { unique: true });
schema.index({ course: 1, countsAsLearner: 1, user: 1 });
schema.index({ deployment: 1, roles: 1 });
const MembershipModel = defineModel({
  name: 'Membership',
  collection: 'memberships',
  schema,
  shardKey: ['course'],
  scatter: ['listDeploymentMembers'],
});

/** One launch more of this person in this course, with the roles of that launch. */
export async function recordLaunchedMembership(options: {
  deployment: string;
  course: string;
  user: string;
  roles: Role[];
  roleUris: string[];
  testUser: boolean;
  now: Date;
}): Promise<void> {
  const { deployment, course, user, roles, roleUris, testUser, now } = options;
  await MembershipModel.updateOne(
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
    { upsert: true },
  );
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
    .lean();
  const members = found.slice(0, page.limit);
  return { members, next: found.length > page.limit ? (members.at(-1)?.user ?? null) : null };
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

/** A page of the people whom rates of this course count, in order of user id. */
export async function listCourseLearners(options: {
  deployment: string;
  course: string;
  page: { after?: string; limit: number };
}): Promise<MemberPage> {
  const { deployment, course, page } = options;
  const found = await MembershipModel.find({
    course,
    deployment,
    countsAsLearner: true,
    user: mongoose.trusted({ $gt: page.after ?? '' }),
  })
    .sort({ user: 1 })
    .limit(page.limit + 1)
    .lean();
  const members = found.slice(0, page.limit);
  return { members, next: found.length > page.limit ? (members.at(-1)?.user ?? null) : null };
}

/** Learners of a course without staff and test users. */
export async function countCourseLearners(options: {
  deployment: string;
  course: string;
}): Promise<number> {
  const { deployment, course } = options;
  return MembershipModel.countDocuments({ course, deployment, countsAsLearner: true });
}

/** Pure: staff and test users enter no rate. */
export function isCountedLearner(options: { roles: Role[]; testUser: boolean }): boolean {
  const { roles, testUser } = options;
  return roles.includes('Learner') && !testUser && !roles.some((role) => STAFF.includes(role));
}
