// Courses whose learners' records were kept long enough: announced, being emptied, and emptied, with what went. It names no
// person; whose records went is in the erasures. At most one of a course is open, and those that are done stay as the log.
import mongoose from 'mongoose';
import { isDuplicateKey } from '../db/duplicate-key.js';
import { defineModel } from '../db/models.js';

const STATES = ['announced', 'erasing', 'done'] as const;

export interface CourseEmptying {
  id: string;
  deployment: string;
  course: string;
  state: (typeof STATES)[number];
  /** End of the course from which the months are counted. */
  endedAt: Date;
  months: number;
  announcedAt: Date;
  /** No sooner than this. */
  eraseAt: Date;
  startedAt: Date | null;
  doneAt: Date | null;
  /** How much went; zeros until it is done. */
  people: number;
  statements: number;
  files: number;
}

interface StoredEmptying extends Omit<CourseEmptying, 'id'> {
  _id: string;
  number: number;
}

const MOST_OPEN = 10_000;

const required = { type: String, required: true };
const when = { type: Date, required: true };
const count = { type: Number, required: true };
const schema = new mongoose.Schema<StoredEmptying>({
  _id: required,
  deployment: required,
  course: required,
  number: count,
  state: { type: String, enum: STATES, required: true },
  endedAt: when,
  months: count,
  announcedAt: when,
  eraseAt: when,
  startedAt: { type: Date, default: null },
  doneAt: { type: Date, default: null },
  people: count,
  statements: count,
  files: count,
});
schema.index({ deployment: 1, state: 1, doneAt: -1 });
schema.index({ state: 1, startedAt: 1 });
const EmptyingModel = defineModel({
  name: 'CourseEmptying',
  collection: 'courseEmptyings',
  schema,
  shardKey: ['_id'],
  scatter: ['listOpenEmptyings', 'listErasingCourses', 'listDoneEmptyings', 'readNextEmptyings'],
  people: 'nothing',
});

type Announcement = Pick<
  CourseEmptying,
  'deployment' | 'course' | 'endedAt' | 'months' | 'announcedAt' | 'eraseAt'
>;

/** Repeatable: two announcers at once make one record, whose number follows the ones that are done. */
export async function announceEmptying(announcement: Announcement): Promise<void> {
  const { deployment, course } = announcement;
  const number = await EmptyingModel.countDocuments({ deployment, course, state: 'done' });
  try {
    await EmptyingModel.create({
      _id: `${course}/${String(number)}`,
      ...announcement,
      number,
      state: 'announced',
      people: 0,
      statements: 0,
      files: 0,
    });
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
  }
}

/** Takes announcements back that do not hold any more; what has begun goes on. */
export async function withdrawEmptyings(options: {
  deployment: string;
  ids: readonly string[];
}): Promise<void> {
  const { deployment, ids } = options;
  if (ids.length === 0) return;
  await EmptyingModel.deleteMany({
    _id: mongoose.trusted({ $in: [...ids] }),
    deployment,
    state: 'announced',
  });
}

/** Writes what is known now of announced ones: the day may move. */
export async function moveEmptyings(options: {
  deployment: string;
  moves: readonly Pick<CourseEmptying, 'id' | 'endedAt' | 'months' | 'eraseAt'>[];
}): Promise<void> {
  const { deployment, moves } = options;
  if (moves.length === 0) return;
  await EmptyingModel.bulkWrite(
    moves.map(({ id, ...change }) => ({
      updateOne: { filter: { _id: id, deployment, state: 'announced' }, update: { $set: change } },
    })),
  );
}

export async function beginEmptying(options: {
  deployment: string;
  id: string;
  now: Date;
}): Promise<void> {
  const { deployment, id, now } = options;
  await EmptyingModel.updateOne(
    { _id: id, deployment, state: 'announced' },
    { $set: { state: 'erasing', startedAt: now } },
  );
}

export async function finishEmptying(options: {
  emptying: CourseEmptying;
  gone: Pick<CourseEmptying, 'people' | 'statements' | 'files'>;
  now: Date;
}): Promise<void> {
  const { emptying, gone, now } = options;
  await EmptyingModel.updateOne(
    { _id: emptying.id, deployment: emptying.deployment, state: 'erasing' },
    { $set: { state: 'done', doneAt: now, ...gone } },
  );
}

/** Announced ones and those under way of a deployment, in no order. */
export async function listOpenEmptyings(options: {
  deployment: string;
}): Promise<CourseEmptying[]> {
  const found = await EmptyingModel.find({
    deployment: options.deployment,
    state: mongoose.trusted({ $in: ['announced', 'erasing'] }),
  })
    .limit(MOST_OPEN)
    .lean();
  return found.map(toEmptying);
}

/** Those under way in all deployments, or in one; oldest first. */
export async function listErasingCourses(options: {
  deployment?: string;
  limit: number;
}): Promise<CourseEmptying[]> {
  const { deployment, limit } = options;
  const found = await EmptyingModel.find({
    state: 'erasing',
    ...(deployment !== undefined && { deployment }),
  })
    .sort({ startedAt: 1 })
    .limit(limit)
    .lean();
  return found.map(toEmptying);
}

/** The log, newest first. */
export async function listDoneEmptyings(options: {
  deployment: string;
  limit: number;
}): Promise<CourseEmptying[]> {
  const { deployment, limit } = options;
  const found = await EmptyingModel.find({ deployment, state: 'done' })
    .sort({ doneAt: -1 })
    .limit(limit)
    .lean();
  return found.map(toEmptying);
}

/** How many courses are announced, and the day of the first; of one deployment or of all. */
export async function readNextEmptyings(options: {
  deployment?: string;
}): Promise<{ courses: number; eraseAt: Date | null }> {
  const { deployment } = options;
  const [found] = await EmptyingModel.aggregate<{ courses: number; eraseAt: Date }>([
    { $match: { state: 'announced', ...(deployment !== undefined && { deployment }) } },
    { $group: { _id: null, courses: { $sum: 1 }, eraseAt: { $min: '$eraseAt' } } },
  ]);
  return { courses: found?.courses ?? 0, eraseAt: found?.eraseAt ?? null };
}

function toEmptying({ _id, number, ...rest }: StoredEmptying): CourseEmptying {
  void number;
  return { id: _id, ...rest };
}
