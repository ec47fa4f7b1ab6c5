// Reads, in one call to the database, what is already known of a launch's course, person and link, so that a launch writes
// only what changed. The records themselves belong to their own model files.
import mongoose from 'mongoose';
import type { Course } from './course.model.js';
import type { ResourceLink } from './resource-link.model.js';
import type { User } from './user.model.js';

export interface KnownRecords {
  user: User | null;
  course: Course | null;
  resourceLink: ResourceLink | null;
}

/** By derived id; null for what no launch told of yet. */
export async function findKnownRecords(options: {
  user: string;
  deployment: string;
  course: string | null;
  resourceLink: string | null;
}): Promise<KnownRecords> {
  const { user, deployment, course, resourceLink } = options;
  const also = (collection: string, match: Record<string, string>, kind: string) => ({
    $unionWith: { coll: collection, pipeline: [{ $match: match }, { $set: { kind } }] },
  });
  const pipeline: Record<string, unknown>[] = [
    { $match: { _id: user } },
    { $set: { kind: 'user' } },
  ];
  if (course !== null) pipeline.push(also('courses', { _id: course, deployment }, 'course'));
  if (resourceLink !== null)
    pipeline.push(also('resourceLinks', { _id: resourceLink, deployment }, 'resourceLink'));
  const found = await mongoose.connection.collection('users').aggregate(pipeline).toArray();
  return {
    user: pick<User>(found, 'user'),
    course: pick<Course>(found, 'course'),
    resourceLink: pick<ResourceLink>(found, 'resourceLink'),
  };
}

function pick<T>(found: mongoose.mongo.Document[], kind: string): T | null {
  const { kind: _kind, ...record } = found.find((one) => one['kind'] === kind) ?? {};
  // The driver gives plain documents; their collections are written through the models of these types only.
  return '_id' in record ? (record as T) : null;
}
