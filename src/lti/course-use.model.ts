// When courses were last used, and who is in them without being staff: what the keeping of a course's records goes by. The
// records belong to membership.model.ts; here they are read by course.
import mongoose from 'mongoose';
import { STAFF } from './membership.model.js';
import type { Role } from './roles.js';

const MOST_PEOPLE = 200_000;

interface Row {
  deployment: string;
  course: string;
  user: string;
  roles: Role[];
  lastLaunchAt: Date | null;
}

export interface CourseUse {
  course: string;
  /** Null where nobody of the roster ever launched. */
  lastLaunchAt: Date | null;
  /** People without a role of staff: learners, test users, listeners. */
  people: number;
}

/** Courses without any person are left out. */
export async function listCourseUses(options: {
  deployment: string;
  courses: readonly string[];
}): Promise<CourseUse[]> {
  const { deployment, courses } = options;
  const isStaff = { $gt: [{ $size: { $setIntersection: ['$roles', [...STAFF]] } }, 0] };
  return rows()
    .aggregate<CourseUse>([
      { $match: { course: { $in: [...courses] }, deployment } },
      {
        $group: {
          _id: '$course',
          lastLaunchAt: { $max: '$lastLaunchAt' },
          people: { $sum: { $cond: [isStaff, 0, 1] } },
        },
      },
      { $project: { _id: 0, course: '$_id', lastLaunchAt: 1, people: 1 } },
    ])
    .toArray();
}

/** Whoever is in these courses without a role of staff, in no order. */
export async function listPeopleOfCourses(options: {
  deployment: string;
  courses: readonly string[];
}): Promise<{ course: string; user: string }[]> {
  const { deployment, courses } = options;
  return rows()
    .find({ course: { $in: [...courses] }, deployment, roles: { $nin: [...STAFF] } })
    .project<{ course: string; user: string }>({ _id: 0, course: 1, user: 1 })
    .limit(MOST_PEOPLE)
    .toArray();
}

/** The first of those who are left and did not launch since; whose membership is erased is listed no more. */
export async function listPeopleToErase(options: {
  deployment: string;
  course: string;
  notSince: Date;
  after: string;
  limit: number;
}): Promise<string[]> {
  const { deployment, course, notSince, after, limit } = options;
  const found = await rows()
    .find({
      course,
      deployment,
      user: { $gt: after },
      roles: { $nin: [...STAFF] },
      $or: [{ lastLaunchAt: null }, { lastLaunchAt: { $lte: notSince } }],
    })
    .project<{ user: string }>({ _id: 0, user: 1 })
    .sort({ user: 1 })
    .limit(limit)
    .toArray();
  return found.map(({ user }) => user);
}

function rows(): mongoose.mongo.Collection<Row> {
  return mongoose.connection.collection<Row>('memberships');
}
