// What the projection reads and writes of attainment records: the marks that tell what differs, and the parts that do. The
// records belong to attainment.model.ts; thousands of them that we made ourselves go by the driver and need no casting.
import mongoose from 'mongoose';
import { repeatUpsert } from '../db/duplicate-key.js';
import { pickPart, type AttainmentChange } from './attainment-change.js';
import type { Attainment, AttainmentMarks, StoredAttainment } from './attainment-row.model.js';
import type { AttainmentScope } from './plan-attainment.js';

const SCHEMA_VERSION = 1;
const RECORDS_AN_UPDATE = 100;

type Write = mongoose.mongo.AnyBulkWriteOperation<StoredAttainment>;

export interface MarksRequest {
  deployment: string;
  users: readonly string[];
  framework: string;
  items: readonly string[];
  /** Only this scope; every one without it. */
  scope?: AttainmentScope | undefined;
}

/** Marks of the records of people in some items, by id; null for a record that has none yet. */
export async function listMarks(
  request: MarksRequest,
): Promise<Map<string, AttainmentMarks | null>> {
  const found = await records().find(marksFilter(request), marksOptions()).toArray();
  return new Map(found.map(({ _id, marks }) => [_id, marks ?? null]));
}

/** How the engine would carry out `listMarks`: for a test of the index. */
export function explainMarks(request: MarksRequest): Promise<mongoose.mongo.Document> {
  return records().find(marksFilter(request), marksOptions()).explain('executionStats');
}

function marksFilter(request: MarksRequest): mongoose.mongo.Filter<StoredAttainment> {
  const { deployment, users, framework, items, scope } = request;
  return {
    deployment,
    user: { $in: [...users] },
    framework,
    item: { $in: [...items] },
    ...(scope && { 'scope.kind': scope.kind, 'scope.id': scope.id }),
  };
}

function marksOptions(): mongoose.mongo.FindOptions {
  return { projection: { marks: 1 }, batchSize: 100_000 };
}

/** Writes what changed and removes records by their ids. Idempotent. */
export async function writeAttainments(options: {
  deployment: string;
  changes: readonly AttainmentChange[];
  removed?: readonly string[];
}): Promise<void> {
  const { deployment, changes, removed = [] } = options;
  const writes = [
    ...listWrites({ deployment, changes }),
    ...removed.map((_id): Write => ({ deleteOne: { filter: { _id, deployment } } })),
  ];
  if (writes.length > 0) await repeatUpsert(() => records().bulkWrite(writes, { ordered: false }));
}

/** What a rule or tie changed for many in the same way is one update of them all; the rest is changed many at a time. */
function listWrites(options: {
  deployment: string;
  changes: readonly AttainmentChange[];
}): Write[] {
  const { deployment, changes } = options;
  const alike = new Map<string, { ids: string[]; set: Record<string, unknown> }>();
  const single: [string, Record<string, unknown>][] = [];
  const writes: Write[] = [];
  for (const change of changes) {
    const { id, marks, parts } = change;
    if (parts === 'all') {
      writes.push({ replaceOne: replaceWhole({ ...change, deployment }) });
      continue;
    }
    const isShared = parts.length === 1 && parts[0] === 'demand';
    const group = isShared ? alike.get(marks.demand) : undefined;
    if (group) group.ids.push(id);
    else if (isShared) {
      const set = { ...buildSet(change), 'marks.demand': marks.demand };
      alike.set(marks.demand, { ids: [id], set });
    } else single.push([id, { ...buildSet(change), marks: pickMarks(change) }]);
  }
  for (const { ids, set } of alike.values())
    writes.push({
      updateMany: { filter: { _id: { $in: ids }, deployment }, update: { $set: set } },
    });
  for (let at = 0; at < single.length; at += RECORDS_AN_UPDATE)
    writes.push(updateEach({ deployment, sets: single.slice(at, at + RECORDS_AN_UPDATE) }));
  return writes;
}

/**
 * Each record gets what stands under its id. One update a record would make the engine plan each anew, which costs it three
 * times what the change does: a filter of an id and a deployment has no short way there.
 */
function updateEach(options: {
  deployment: string;
  sets: readonly [string, Record<string, unknown>][];
}): Write {
  const { deployment, sets } = options;
  const own = { $getField: { field: '$_id', input: { $literal: Object.fromEntries(sets) } } };
  const marks = { $mergeObjects: ['$marks', '$$own.marks'] };
  const merged = { $mergeObjects: ['$$ROOT', '$$own', { marks }] };
  return {
    updateMany: {
      filter: { _id: { $in: sets.map(([id]) => id) }, deployment },
      update: [{ $replaceWith: { $let: { vars: { own }, in: merged } } }],
    },
  };
}

function replaceWhole(options: {
  deployment: string;
  id: string;
  attainment: Attainment;
  marks: AttainmentMarks;
}) {
  const { deployment, id, attainment, marks } = options;
  return {
    filter: { _id: id, deployment },
    replacement: {
      _id: id,
      ...attainment,
      deployment,
      schemaVersion: SCHEMA_VERSION,
      marks,
      ...(isWorthTelling(attainment) && { untold: true as const }),
    },
    upsert: true,
  };
}

function buildSet({ attainment, parts }: AttainmentChange): Record<string, unknown> {
  const set: Record<string, unknown> = { asOf: attainment.asOf };
  for (const part of parts === 'all' ? [] : parts) Object.assign(set, pickPart(attainment, part));
  // Told is how somebody stands: where that is as before, so is what is still to be told.
  return parts.includes('standing') && isWorthTelling(attainment) ? { ...set, untold: true } : set;
}

/** Of the parts that are written and of no other, which another worker may be writing. */
function pickMarks({ marks, parts }: AttainmentChange): Partial<AttainmentMarks> {
  return parts === 'all' ? marks : Object.fromEntries(parts.map((part) => [part, marks[part]]));
}

function isWorthTelling({ status, withdrawnAt }: Attainment): boolean {
  return status === 'achieved' || withdrawnAt !== null;
}

function records(): mongoose.mongo.Collection<StoredAttainment> {
  return mongoose.connection.collection<StoredAttainment>('attainments');
}
