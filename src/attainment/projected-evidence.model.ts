// What the projection computes from: the evidence of many people at once, by the driver, and whether it is as it was. The
// records belong to evidence.model.ts.
import mongoose from 'mongoose';
import type { Evidence } from './evidence.js';

/** More than any answer has: the driver asks once, and the engine's bound of 16 MB parts what is larger. */
const WHOLE_ANSWER = 1_000_000;
const BY_OBJECT = { deployment: 1, user: 1, objectId: 1 };
const BY_COURSE = { deployment: 1, user: 1, course: 1, at: 1 };

interface StoredEvidence extends Evidence {
  _id: string;
  change: number;
}

/** Each change of a piece counts one up, and none goes but with the erasure of its person. */
export interface EvidenceStamp {
  pieces: number;
  changes: number;
}

export interface EvidenceRequest {
  deployment: string;
  users: readonly string[];
  objectIds: readonly string[];
}

/** All evidence of some people for some objects, in no order: for computing, which must miss none. Callers bound the people. */
export async function listAllEvidence(
  request: EvidenceRequest,
): Promise<{ evidence: Evidence[]; stamp: EvidenceStamp }> {
  const found = await findAll(request).toArray();
  let changes = 0;
  for (const one of found) {
    changes += one.change;
    // Evidence of the first schema named neither.
    one.item ??= null;
    one.by ??= null;
  }
  return { evidence: found, stamp: { pieces: found.length, changes } };
}

/** The stamp of what `listAllEvidence` would read now. */
export async function stampEvidence(request: EvidenceRequest): Promise<EvidenceStamp> {
  const [found] = await evidence()
    .aggregate<EvidenceStamp>(
      [
        { $match: filterOf(request) },
        { $group: { _id: null, pieces: { $sum: 1 }, changes: { $sum: '$change' } } },
        { $project: { _id: 0 } },
      ],
      { hint: BY_OBJECT },
    )
    .toArray();
  return found ?? { pieces: 0, changes: 0 };
}

/** For each person the courses in which there is evidence of them, with the time of the first; read from an index alone. */
export async function listCoursesOfPeople(options: {
  deployment: string;
  users: readonly string[];
}): Promise<Map<string, Map<string, Date>>> {
  const { deployment, users } = options;
  const found = await groupCourses({ deployment, users }).toArray();
  const byUser = new Map<string, Map<string, Date>>(
    users.map((user) => [user, new Map<string, Date>()]),
  );
  for (const { _id, first } of found)
    if (_id.course !== null) byUser.get(_id.user)?.set(_id.course, first);
  return byUser;
}

/** How the engine carries out each read of this file: for a test of their indexes. */
export async function explainEvidenceReads(
  request: EvidenceRequest,
): Promise<mongoose.mongo.Document[]> {
  return [
    await findAll(request).explain('executionStats'),
    await groupCourses(request).explain('executionStats'),
  ];
}

function findAll(request: EvidenceRequest): mongoose.mongo.FindCursor<StoredEvidence> {
  return evidence().find(filterOf(request), {
    projection: { _id: 0, schemaVersion: 0, pending: 0 },
    hint: BY_OBJECT,
    batchSize: WHOLE_ANSWER,
  }) as mongoose.mongo.FindCursor<StoredEvidence>;
}

function groupCourses({ deployment, users }: Pick<EvidenceRequest, 'deployment' | 'users'>) {
  return evidence().aggregate<{ _id: { user: string; course: string | null }; first: Date }>(
    [
      { $match: { deployment, user: { $in: [...users] } } },
      { $group: { _id: { user: '$user', course: '$course' }, first: { $min: '$at' } } },
    ],
    { hint: BY_COURSE, batchSize: WHOLE_ANSWER },
  );
}

function filterOf(request: EvidenceRequest): mongoose.mongo.Filter<StoredEvidence> {
  const { deployment, users, objectIds } = request;
  return { deployment, user: { $in: [...users] }, objectId: { $in: [...objectIds] } };
}

function evidence(): mongoose.mongo.Collection<StoredEvidence> {
  return mongoose.connection.collection<StoredEvidence>('evidence');
}
