// When a course's results and roster are read from the platform next: on a schedule, and soon after a launch, but not more
// often than once in some minutes. A reader moves the time ahead before it begins, so that one that was killed is succeeded.
import mongoose from 'mongoose';
import { isDuplicateKey } from '../db/duplicate-key.js';
import { defineModel } from '../db/models.js';

export type CourseReadKind = 'results' | 'roster';

export interface CourseRead {
  _id: string;
  kind: CourseReadKind;
  deployment: string;
  course: string;
  /** Null for a course that nobody launches any more: the next launch asks again. */
  dueAt: Date | null;
  /** Begin of the last reading that came to its end. */
  lastReadAt: Date | null;
  lastLaunchAt: Date;
  /** Failures since. */
  tries: number;
  /** The platform's words of the last failure; null after a success. */
  lastFault: string | null;
}

const MINUTES_MS = 60_000;
const READ_AGAIN_AFTER_MS = 5 * MINUTES_MS;

const required = { type: String, required: true };
const schema = new mongoose.Schema<CourseRead>({
  _id: required,
  kind: { type: String, enum: ['results', 'roster'], required: true },
  deployment: required,
  course: required,
  dueAt: { type: Date, default: null },
  lastReadAt: { type: Date, default: null },
  lastLaunchAt: { type: Date, required: true },
  tries: { type: Number, required: true },
  lastFault: { type: String, default: null },
});
schema.index({ kind: 1, dueAt: 1 });
const CourseReadModel = defineModel({
  name: 'CourseRead',
  collection: 'courseReads',
  schema,
  shardKey: ['_id'],
  scatter: ['claimDueReads'],
  people: 'nothing',
});

interface ReadOf {
  kind: CourseReadKind;
  deployment: string;
  course: string;
}

/**
 * A launch: the course is read now, or as soon as five minutes have passed since the last time. With `onlyFirst` a course
 * that was read or asked for before stays as it is planned.
 */
export async function requestCourseRead(
  options: ReadOf & { launchedAt: Date; now: Date; onlyFirst?: boolean },
): Promise<void> {
  const { kind, deployment, course, launchedAt, now, onlyFirst = false } = options;
  const _id = idOf(options);
  const known = await CourseReadModel.findOne({ _id, deployment }).lean();
  if (known) {
    const earliest = (known.lastReadAt?.getTime() ?? 0) + READ_AGAIN_AFTER_MS;
    const wanted = new Date(Math.max(now.getTime(), earliest));
    const isSooner = known.dueAt === null || (!onlyFirst && known.dueAt > wanted);
    await CourseReadModel.updateOne(
      { _id, deployment },
      { $max: { lastLaunchAt: launchedAt }, ...(isSooner ? { $set: { dueAt: wanted } } : {}) },
    );
    return;
  }
  const fresh = { kind, course, dueAt: now, lastReadAt: null, tries: 0, lastFault: null };
  await CourseReadModel.updateOne(
    { _id, deployment },
    { $setOnInsert: { ...fresh, lastLaunchAt: launchedAt } },
    { upsert: true },
  ).catch((error: unknown) => {
    if (!isDuplicateKey(error)) throw error; // Another process met the same launch.
  });
}

/** What is due, each for one reader: its time moves to `until` before it is handed out. */
export async function claimDueReads(options: {
  kind: CourseReadKind;
  now: Date;
  until: Date;
  limit: number;
}): Promise<CourseRead[]> {
  const { kind, now, until, limit } = options;
  const due = await CourseReadModel.find({
    kind,
    dueAt: mongoose.trusted({ $ne: null, $lte: now }),
  })
    .sort({ dueAt: 1 })
    .limit(limit)
    .lean();
  const claimed: CourseRead[] = [];
  for (const read of due) {
    const { modifiedCount } = await CourseReadModel.updateOne(
      { _id: read._id, dueAt: read.dueAt },
      { $set: { dueAt: until } },
    );
    if (modifiedCount === 1) claimed.push(read);
  }
  return claimed;
}

/** The reading that began at `startedAt` came to its end; `dueAt` null until the next launch. */
export async function finishCourseRead(
  options: ReadOf & { startedAt: Date; dueAt: Date | null },
): Promise<void> {
  const { deployment, startedAt, dueAt } = options;
  await CourseReadModel.updateOne(
    { _id: idOf(options), deployment },
    { $set: { lastReadAt: startedAt, dueAt, tries: 0, lastFault: null } },
  );
}

/** The reading failed; what was read before stays. */
export async function failCourseRead(
  options: ReadOf & { fault: string; dueAt: Date | null },
): Promise<void> {
  const { deployment, fault, dueAt } = options;
  await CourseReadModel.updateOne(
    { _id: idOf(options), deployment },
    { $set: { dueAt, lastFault: fault }, $inc: { tries: 1 } },
  );
}

/** Nothing of the course is read until somebody launches it again. */
export async function forgetCourseReads(options: {
  deployment: string;
  course: string;
}): Promise<void> {
  const { deployment, course } = options;
  const ids = (['results', 'roster'] as const).map((kind) => idOf({ kind, deployment, course }));
  await CourseReadModel.deleteMany({ _id: mongoose.trusted({ $in: ids }), deployment });
}

/** When the course was read last, and what went wrong since; null where no launch asked for it. */
export async function findCourseRead(options: ReadOf): Promise<CourseRead | null> {
  return CourseReadModel.findOne({ _id: idOf(options), deployment: options.deployment }).lean();
}

function idOf({ kind, course }: ReadOf): string {
  return `${kind}/${course}`;
}
