// Courses: what LTI calls a context, as verified launches told of it. `_id` is derived from deployment and context id.
// Holds nothing that another deployment could read: every query names the deployment.
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';
import type { LaunchServices } from './current-launch.js';
import { courseRecordId } from './record-ids.js';

export interface CourseFacts {
  /** The platform's context id. */
  contextId: string;
  label: string | null;
  title: string | null;
  types: string[];
  term: { name: string | null; startsAt: Date | null; endsAt: Date | null } | null;
  sisIds: { course: string | null; section: string | null };
  /** Courses of the same platform this one was copied from, newest copy first; says nothing about access. */
  contextIdHistory: string[];
  /** Services that the last launch offered, for work outside of a launch. */
  services: Pick<LaunchServices, 'lineItemsUrl' | 'gradeScopes' | 'membershipsUrl'>;
}

export interface Course extends CourseFacts {
  _id: string;
  platform: string;
  deployment: string;
  /** The course's own choice; null stands for the deployment's default. */
  framework: string | null;
  firstSeenAt: Date;
}

const required = { type: String, required: true };
const optional = { type: String, default: null };
const schema = new mongoose.Schema<Course>({
  _id: required,
  platform: required,
  deployment: required,
  contextId: required,
  label: optional,
  title: optional,
  types: [String],
  term: {
    type: new mongoose.Schema(
      {
        name: optional,
        startsAt: { type: Date, default: null },
        endsAt: { type: Date, default: null },
      },
      { _id: false },
    ),
    default: null,
  },
  sisIds: {
    type: new mongoose.Schema({ course: optional, section: optional }, { _id: false }),
    required: true,
  },
  contextIdHistory: [String],
  services: {
    type: new mongoose.Schema(
      { lineItemsUrl: optional, gradeScopes: [String], membershipsUrl: optional },
      { _id: false },
    ),
    required: true,
  },
  framework: optional,
  firstSeenAt: { type: Date, required: true },
});
schema.index({ deployment: 1, contextId: 1 });
const CourseModel = defineModel({
  name: 'Course',
  collection: 'courses',
  schema,
  shardKey: ['_id'],
  scatter: ['listCourses'],
  people: 'nothing',
});

/** Writes what the platform says of the course; the framework chosen here stays. Idempotent. */
export async function recordCourse(options: {
  course: string;
  platform: string;
  deployment: string;
  facts: CourseFacts;
  now: Date;
}): Promise<void> {
  const { course, platform, deployment, facts, now } = options;
  await CourseModel.updateOne(
    { _id: course },
    {
      $set: facts,
      $setOnInsert: { platform, deployment, framework: null, firstSeenAt: now },
    },
    { upsert: true },
  );
}

export async function findCourse(options: {
  deployment: string;
  course: string;
}): Promise<Course | null> {
  return CourseModel.findOne({ _id: options.course, deployment: options.deployment }).lean();
}

/** Courses of a deployment by our ids, in no order; ids that nothing has are left out. */
export async function listCoursesById(options: {
  deployment: string;
  courses: readonly string[];
}): Promise<Course[]> {
  const { deployment, courses } = options;
  return CourseModel.find({ _id: mongoose.trusted({ $in: [...courses] }), deployment }).lean();
}

/** A page of a deployment's courses in order of id; `after` is the last id of the page before. */
export async function listCourses(options: {
  deployment: string;
  after?: string;
  limit: number;
}): Promise<Course[]> {
  const { deployment, after = '', limit } = options;
  return CourseModel.find({ deployment, _id: mongoose.trusted({ $gt: after }) })
    .sort({ _id: 1 })
    .limit(limit)
    .lean();
}

/** Those of the deployment that the platform calls by these ids. */
export async function listCoursesOfContexts(options: {
  deployment: string;
  contextIds: string[];
}): Promise<Course[]> {
  const { deployment, contextIds } = options;
  const ids = contextIds.map((contextId) => courseRecordId({ deployment, contextId }));
  return CourseModel.find({ _id: mongoose.trusted({ $in: ids }), deployment }).lean();
}
