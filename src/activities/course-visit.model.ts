// When a person of the course's staff last looked at the course's page, so that it can say what is new to them. Pages that are
// opened within half an hour of each other are one visit: looking twice does not make what is new old.
import mongoose from 'mongoose';
import { repeatUpsert } from '../db/duplicate-key.js';
import { defineModel } from '../db/models.js';

interface StoredVisit {
  _id: string;
  schemaVersion: number;
  deployment: string;
  course: string;
  user: string;
  /** End of the visit before the one that is under way; null in the first. */
  previousAt: Date | null;
  lastSeenAt: Date;
}

interface VisitOf {
  deployment: string;
  course: string;
  user: string;
}

const SCHEMA_VERSION = 1;
const VISIT_ENDS_AFTER_MS = 30 * 60_000;
const WRITTEN_EVERY_MS = 60_000;

const required = { type: String, required: true };
const schema = new mongoose.Schema<StoredVisit>({
  _id: required,
  schemaVersion: { type: Number, required: true },
  deployment: required,
  course: required,
  user: required,
  previousAt: { type: Date, default: null },
  lastSeenAt: { type: Date, required: true },
});
schema.index({ deployment: 1, user: 1 });
const VisitModel = defineModel({
  name: 'CourseVisit',
  collection: 'courseVisits',
  people: { about: ['user'], course: 'course' },
  schema,
  shardKey: ['deployment'],
});

/** Notes that the person looks at the course now; answers when the visit before this one ended, null in the first. */
export async function recordCourseVisit(options: VisitOf & { now: Date }): Promise<Date | null> {
  const { deployment, course, user, now } = options;
  const _id = `${deployment}/${course}/${user}`;
  const found = await VisitModel.findOne({ _id, deployment, course }).lean();
  const visit = continueVisit({ found, now });
  if (visit !== found)
    await repeatUpsert(() =>
      VisitModel.updateOne(
        { _id, deployment },
        { $set: visit, $setOnInsert: { schemaVersion: SCHEMA_VERSION, course, user } },
        { upsert: true },
      ),
    );
  return visit.previousAt;
}

type Visit = Pick<StoredVisit, 'previousAt' | 'lastSeenAt'>;

/** What is stored then; the same object where nothing has to be written. */
function continueVisit(options: { found: Visit | null; now: Date }): Visit {
  const { found, now } = options;
  if (!found) return { previousAt: null, lastSeenAt: now };
  const idle = now.getTime() - found.lastSeenAt.getTime();
  if (idle >= VISIT_ENDS_AFTER_MS) return { previousAt: found.lastSeenAt, lastSeenAt: now };
  return idle < WRITTEN_EVERY_MS ? found : { previousAt: found.previousAt, lastSeenAt: now };
}
