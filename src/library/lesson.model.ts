// The lessons that we host, one for each learning resource whose completion is a question set.
import { createHash } from 'node:crypto';
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';
import { AppError } from '../http/errors.js';
import type { Lesson } from './lesson.js';

const SCHEMA_VERSION = 1;

interface StoredLesson extends Omit<Lesson, 'resource'> {
  /** Id of the learning resource. */
  _id: string;
  schemaVersion: number;
  contentHash: string;
  updatedAt: Date;
}

const mixed = mongoose.Schema.Types.Mixed;
const schema = new mongoose.Schema<StoredLesson>({
  _id: { type: String, required: true },
  schemaVersion: { type: Number, required: true },
  title: { type: String, required: true },
  sections: { type: mixed, required: true },
  questions: { type: mixed, required: true },
  passFraction: { type: Number, required: true },
  contentHash: { type: String, required: true },
  updatedAt: { type: Date, required: true },
});

const LessonModel = defineModel({
  name: 'Lesson',
  collection: 'lessons',
  schema,
  shardKey: ['_id'],
  people: 'nothing',
});

/** The lesson of a resource that the caller may see (getResource says so). */
export async function findLesson(options: { resource: string }): Promise<Lesson | null> {
  const found = await LessonModel.findOne({ _id: options.resource }).lean();
  if (!found) return null;
  const { _id, title, sections, questions, passFraction } = found;
  return { resource: _id, title, sections, questions, passFraction };
}

/** Throws `library.no-lesson` (404). */
export async function getLesson(options: { resource: string }): Promise<Lesson> {
  const found = await findLesson(options);
  if (!found) throw new AppError('library.no-lesson', { status: 404 });
  return found;
}

/** Writes lessons; those that say the same already are left. Answers how many were written. */
export async function saveLessons(options: {
  lessons: readonly Lesson[];
  now: Date;
}): Promise<number> {
  const { lessons, now } = options;
  const known = await LessonModel.find({
    _id: mongoose.trusted({ $in: lessons.map(({ resource }) => resource) }),
  })
    .select({ contentHash: 1 })
    .lean();
  const hashes = new Map(known.map(({ _id, contentHash }) => [_id, contentHash]));
  const changed = lessons.filter((lesson) => hashes.get(lesson.resource) !== hashOf(lesson));
  if (changed.length === 0) return 0;
  await LessonModel.bulkWrite(
    changed.map((lesson) => {
      const { resource, ...content } = lesson;
      const replacement = {
        _id: resource,
        schemaVersion: SCHEMA_VERSION,
        ...content,
        contentHash: hashOf(lesson),
        updatedAt: now,
      };
      return { replaceOne: { filter: { _id: resource }, replacement, upsert: true } };
    }),
    { ordered: false },
  );
  return changed.length;
}

function hashOf(lesson: Lesson): string {
  return createHash('sha256').update(JSON.stringify(lesson)).digest('hex');
}
