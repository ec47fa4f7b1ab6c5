// A gradebook file on its way in: kept from the upload to the confirmation, so that nobody uploads it twice, for the person
// who sent it and for two hours; then without the file, as the record of what was brought in, which can be undone.
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import mongoose from 'mongoose';
import { z } from 'zod';
import { defineModel } from '../db/models.js';
import { AppError } from '../http/errors.js';
import type { TableRow } from '../tables/table.js';

/** A gradebook, or a report of outcomes. */
const KINDS = ['scores', 'outcomes'] as const;
export type ImportKind = (typeof KINDS)[number];
const STATUSES = ['draft', 'taking', 'taken', 'undone'] as const;

export interface GradebookImport {
  id: string;
  deployment: string;
  course: string;
  user: string;
  kind: ImportKind;
  fileName: string;
  /** Rows of other courses, which were left out at once. */
  left: number;
  status: (typeof STATUSES)[number];
  /** In the words of the person; empty where none were given. */
  term: string;
  /** Scores that were new, changed and taken away. */
  counts: { fresh: number; changed: number; cleared: number };
  activities: number;
  at: Date;
}

interface StoredImport extends Omit<GradebookImport, 'id' | 'kind' | 'left'> {
  _id: string;
  /** Absent in records of the first release: a gradebook. */
  kind?: ImportKind;
  left?: number;
  schemaVersion: number;
  /** The rows, compressed; null once they are taken. */
  table: Buffer | null;
  claimedAt: Date | null;
  expiresAt: Date | null;
}

const SCHEMA_VERSION = 1;
const MINUTES_MS = 60_000;
const DRAFT_LASTS_MS = 120 * MINUTES_MS;
/** A taking that was killed may be taken up again. */
const CLAIM_LASTS_MS = 2 * MINUTES_MS;
const MAX_LISTED = 20;
const MOST_BYTES = 12 * 1024 * 1024;
const MOST_UNPACKED = 64 * 1024 * 1024;

const pack = promisify(gzip);
const unpack = promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip);
const Rows = z.array(z.tuple([z.number(), z.array(z.string())]));

const required = { type: String, required: true };
const number = { type: Number, required: true };
const schema = new mongoose.Schema<StoredImport>({
  _id: required,
  schemaVersion: number,
  deployment: required,
  course: required,
  user: required,
  kind: { type: String, enum: KINDS },
  fileName: required,
  left: Number,
  status: { type: String, enum: STATUSES, required: true },
  term: { type: String, default: '' },
  counts: {
    type: new mongoose.Schema({ fresh: number, changed: number, cleared: number }, { _id: false }),
    required: true,
  },
  activities: number,
  at: { type: Date, required: true },
  table: { type: Buffer, default: null },
  claimedAt: { type: Date, default: null },
  expiresAt: { type: Date, default: null },
});
schema.index({ deployment: 1, course: 1, at: -1 });
schema.index({ expiresAt: 1 });
const ImportModel = defineModel({
  name: 'GradebookImport',
  collection: 'gradebookImports',
  schema,
  shardKey: ['deployment'],
  expires: 'expiresAt',
  people: { by: ['user'] },
});

interface ImportOf {
  deployment: string;
  course: string;
  import: string;
}

/** Keeps the rows for two hours. Throws `table.too-large` (413) where they do not fit. */
export async function insertDraft(options: {
  import: string;
  deployment: string;
  course: string;
  user: string;
  kind: ImportKind;
  fileName: string;
  left: number;
  rows: readonly TableRow[];
  now: Date;
}): Promise<void> {
  const { import: _id, rows, now, ...rest } = options;
  const text = JSON.stringify(rows.map(({ row, cells }) => [row, cells]));
  const table = await pack(text);
  if (table.length > MOST_BYTES || text.length > MOST_UNPACKED)
    throw new AppError('table.too-large', { status: 413, values: { limit: 12, what: 'MB' } });
  await ImportModel.create({
    ...rest,
    _id,
    schemaVersion: SCHEMA_VERSION,
    status: 'draft',
    counts: { fresh: 0, changed: 0, cleared: 0 },
    activities: 0,
    at: now,
    table,
    expiresAt: new Date(now.getTime() + DRAFT_LASTS_MS),
  });
}

/** A draft only for who sent it. Throws `gradebook.not-found` (404), also for one that has expired or is of another kind. */
export async function getImport(
  options: ImportOf & { user: string; kind: ImportKind; now: Date },
): Promise<GradebookImport> {
  const { deployment, course, import: _id, user, kind, now } = options;
  const found = await ImportModel.findOne({
    _id,
    deployment,
    course,
    kind: kind === 'scores' ? mongoose.trusted({ $in: [kind, null] }) : kind,
    $or: [
      { status: mongoose.trusted({ $in: ['taken', 'undone'] }) },
      { user, expiresAt: mongoose.trusted({ $gt: now }) },
    ],
  })
    .select({ table: 0 })
    .lean();
  if (!found) throw new AppError('gradebook.not-found', { status: 404 });
  return toImport(found);
}

/** The rows of a draft. Throws `gradebook.not-found` (404) where they were taken or have expired. */
export async function readDraftRows(
  options: ImportOf & { user: string; now: Date },
): Promise<TableRow[]> {
  const { deployment, course, import: _id, user, now } = options;
  const found = await ImportModel.findOne({
    _id,
    deployment,
    course,
    user,
    expiresAt: mongoose.trusted({ $gt: now }),
  })
    .select({ table: 1 })
    .exec();
  if (!found?.table) throw new AppError('gradebook.not-found', { status: 404 });
  const text = await unpack(found.table, { maxOutputLength: MOST_UNPACKED });
  return Rows.parse(JSON.parse(text.toString())).map(([row, cells]) => ({ row, cells }));
}

/** True for the one request that takes the draft in; false where it is being taken, or was. */
export async function claimDraft(
  options: ImportOf & { user: string; now: Date },
): Promise<boolean> {
  const { deployment, course, import: _id, user, now } = options;
  const { modifiedCount } = await ImportModel.updateOne(
    {
      _id,
      deployment,
      course,
      user,
      $or: [
        { status: 'draft' },
        {
          status: 'taking',
          claimedAt: mongoose.trusted({ $lt: new Date(now.getTime() - CLAIM_LASTS_MS) }),
        },
      ],
    },
    { $set: { status: 'taking', claimedAt: now } },
  );
  return modifiedCount === 1;
}

/** After the results were written: the file goes, the record stays. */
export async function finishImport(
  options: ImportOf & Pick<GradebookImport, 'counts' | 'activities' | 'term'> & { now: Date },
): Promise<void> {
  const { deployment, course, import: _id, counts, activities, term, now } = options;
  await ImportModel.updateOne(
    { _id, deployment, course, status: 'taking' },
    {
      $set: { status: 'taken', counts, activities, term, at: now, table: null, expiresAt: null },
    },
  );
}

/** Back to a draft, when taking it was refused. */
export async function releaseDraft(options: ImportOf): Promise<void> {
  const { deployment, course, import: _id } = options;
  await ImportModel.updateOne(
    { _id, deployment, course, status: 'taking' },
    { $set: { status: 'draft', claimedAt: null } },
  );
}

export async function markUndone(options: ImportOf): Promise<void> {
  const { deployment, course, import: _id } = options;
  await ImportModel.updateOne(
    { _id, deployment, course, status: 'taken' },
    { $set: { status: 'undone' } },
  );
}

/** The newest of the course that were taken in, also those undone. */
export async function listImports(options: {
  deployment: string;
  course: string;
}): Promise<GradebookImport[]> {
  const { deployment, course } = options;
  const found = await ImportModel.find({
    deployment,
    course,
    status: mongoose.trusted({ $in: ['taken', 'undone'] }),
  })
    .select({ table: 0 })
    .sort({ at: -1 })
    .limit(MAX_LISTED)
    .lean();
  return found.map(toImport);
}

function toImport(stored: Omit<StoredImport, 'table'>): GradebookImport {
  const {
    _id: id,
    deployment,
    course,
    user,
    fileName,
    status,
    term,
    counts,
    activities,
    at,
  } = stored;
  const { kind = 'scores', left = 0 } = stored;
  return {
    id,
    deployment,
    course,
    user,
    kind,
    fileName,
    left,
    status,
    term,
    counts,
    activities,
    at,
  };
}
