// What the projection reads and writes of attainment records: the marks that tell what differs, and the parts that do. The
// records belong to attainment.model.ts; thousands of them that we made ourselves go by the driver and need no casting.
import mongoose from 'mongoose';
import { repeatUpsert } from '../db/duplicate-key.js';
import { pickPart, type AttainmentChange } from './attainment-change.js';
import type { Attainment, AttainmentMarks, StoredAttainment } from './attainment-row.model.js';
import type { AttainmentScope } from './plan-attainment.js';

const SCHEMA_VERSION = 1;

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

/** What a rule or tie changed for many in the same way is one update of them all. */
function listWrites(options: {
  deployment: string;
  changes: readonly AttainmentChange[];
}): Write[] {
  const { deployment, changes } = options;
  const alike = new Map<
    string,
    { ids: string[]; update: mongoose.mongo.UpdateFilter<StoredAttainment> }
  >();
  const writes: Write[] = [];
  for (const { id, attainment, marks, parts } of changes) {
    if (parts === 'all') {
      writes.push({ replaceOne: replaceWhole({ deployment, id, attainment, marks }) });
      continue;
    }
    const isShared = parts.length === 1 && parts[0] === 'demand';
    const group = isShared ? alike.get(marks.demand) : undefined;
    if (group) {
      group.ids.push(id);
      continue;
    }
    const update = { $set: buildSet({ attainment, marks, parts }) };
    if (isShared) alike.set(marks.demand, { ids: [id], update });
    else writes.push({ updateOne: { filter: { _id: id, deployment }, update } });
  }
  for (const { ids, update } of alike.values())
    writes.push({ updateMany: { filter: { _id: { $in: ids }, deployment }, update } });
  return writes;
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

function buildSet({ attainment, marks, parts }: Omit<AttainmentChange, 'id'>) {
  const set: Record<string, unknown> = { asOf: attainment.asOf };
  for (const part of parts === 'all' ? [] : parts)
    Object.assign(set, pickPart(attainment, part), { [`marks.${part}`]: marks[part] });
  // Told is how somebody stands: where that is as before, so is what is still to be told.
  return parts.includes('standing') && isWorthTelling(attainment) ? { ...set, untold: true } : set;
}

function isWorthTelling({ status, withdrawnAt }: Attainment): boolean {
  return status === 'achieved' || withdrawnAt !== null;
}

function records(): mongoose.mongo.Collection<StoredAttainment> {
  return mongoose.connection.collection<StoredAttainment>('attainments');
}
