// Files that people of a course handed in or attached. This record is the fact: it is written after the last byte, and a file
// without it is nobody's (sweep-files.ts). A person has a number of places in each course; a unique index gives them out.
import mongoose from 'mongoose';
import { isDuplicateKey } from '../db/duplicate-key.js';
import { defineModel } from '../db/models.js';
import { MEDIA_TYPES, type MediaType } from './media-type.js';

export interface StoredFile {
  id: string;
  deployment: string;
  course: string;
  /** Whose file it is: a learner's work or record, or staff's material. */
  user: string;
  name: string;
  mediaType: MediaType;
  /** Bytes. */
  size: number;
  /** Hexadecimal, of the content. */
  sha256: string;
  at: Date;
}

interface FileRecord extends Omit<StoredFile, 'id'> {
  _id: string;
  place: number;
}

const required = { type: String, required: true };
const number = { type: Number, required: true };
const schema = new mongoose.Schema<FileRecord>({
  _id: required,
  deployment: required,
  course: required,
  user: required,
  place: number,
  name: required,
  mediaType: { type: String, enum: Object.keys(MEDIA_TYPES), required: true },
  size: number,
  sha256: required,
  at: { type: Date, required: true },
});
schema.index({ deployment: 1, course: 1, user: 1, place: 1 }, { unique: true });
const FileModel = defineModel({
  name: 'StoredFile',
  collection: 'storedFiles',
  schema,
  shardKey: ['deployment'],
  scatter: ['listStored'],
  // Before the content: what a backup names it also holds.
  backup: 'early',
  people: { about: ['user'], course: 'course' },
});

/** How many files a person has in a course. */
export async function countFiles(options: {
  deployment: string;
  course: string;
  user: string;
}): Promise<number> {
  const { deployment, course, user } = options;
  return FileModel.countDocuments({ deployment, course, user });
}

/** Writes the record in a free one of `places`. False where none is free. */
export async function insertFile(options: { file: StoredFile; places: number }): Promise<boolean> {
  const { file, places } = options;
  const { id, ...rest } = file;
  const { deployment, course, user } = file;
  // Somebody else may take the free place first: then there is one fewer to try.
  for (let attempt = 0; attempt <= places; attempt += 1) {
    const found = await FileModel.find({ deployment, course, user }, { _id: 0, place: 1 })
      .limit(places)
      .lean();
    const taken = new Set(found.map(({ place }) => place));
    const place = firstFree(taken, places);
    if (place === null) return false;
    try {
      await FileModel.create({ _id: id, ...rest, place });
      return true;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
    }
  }
  return false;
}

/** Null where there is none in this deployment. */
export async function findFile(options: {
  deployment: string;
  file: string;
}): Promise<StoredFile | null> {
  const { deployment, file } = options;
  const found = await FileModel.findOne({ _id: file, deployment }).lean();
  return found && toFile(found);
}

/** For a page that names several; those that are gone are left out. */
export async function listFiles(options: {
  deployment: string;
  files: readonly string[];
}): Promise<Map<string, StoredFile>> {
  const { deployment, files } = options;
  if (files.length === 0) return new Map();
  const found = await FileModel.find({
    _id: mongoose.trusted({ $in: [...files] }),
    deployment,
  })
    .limit(files.length)
    .lean();
  return new Map(found.map((one) => [one._id, toFile(one)]));
}

/** Some of the files of a person, whatever the course unless one is named; what is deleted is listed no more. */
export async function listFilesOf(options: {
  deployment: string;
  user: string;
  course: string | null;
  limit: number;
}): Promise<StoredFile[]> {
  const { deployment, user, course, limit } = options;
  const found = await FileModel.find({ deployment, user, ...(course !== null && { course }) })
    .limit(limit)
    .lean();
  return found.map(toFile);
}

/** How many files people have in courses, a row for each of both; those without any are left out. */
export async function countFilesByPerson(options: {
  deployment: string;
  courses: readonly string[];
}): Promise<{ course: string; user: string; count: number }[]> {
  const { deployment, courses } = options;
  return FileModel.aggregate<{ course: string; user: string; count: number }>([
    { $match: { deployment, course: { $in: [...courses] } } },
    { $group: { _id: { course: '$course', user: '$user' }, count: { $sum: 1 } } },
    { $project: { _id: 0, course: '$_id.course', user: '$_id.user', count: 1 } },
  ]);
}

/** Which of these are stored. For the sweep, which knows no deployment. */
export async function listStored(options: { files: readonly string[] }): Promise<Set<string>> {
  const ids = mongoose.trusted({ $in: [...options.files] });
  const found = await FileModel.find({ _id: ids }, { _id: 1 }).limit(options.files.length).lean();
  return new Set(found.map(({ _id }) => _id));
}

/** The file is gone with this; its content follows. */
export async function deleteFileRecord(options: {
  deployment: string;
  file: string;
}): Promise<void> {
  const { deployment, file } = options;
  await FileModel.deleteOne({ _id: file, deployment });
}

function firstFree(taken: ReadonlySet<number>, places: number): number | null {
  for (let place = 0; place < places; place += 1) if (!taken.has(place)) return place;
  return null;
}

function toFile({ _id, place, ...rest }: FileRecord): StoredFile {
  void place;
  return { id: _id, ...rest };
}
