// Activities: what a course holds as far as this tool can know it: placed links, deep-linked items, own line items, and
// what an instructor typed, because LTI shows a tool no other gradebook column. Ids are derived, so that each launch and
// each listing may record the same activity again. Has an IRI for xAPI; never deleted, since evidence names it.
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';
import { forgetReads } from '../db/shared-reads.js';
import { repeatUpsert } from '../db/duplicate-key.js';
import { AppError } from '../http/errors.js';
import { deriveUuid } from '../uuid-v5.js';
import { courseTopic } from './course-topic.js';

export const ACTIVITY_KINDS = [
  'link',
  'quiz',
  'assignment',
  'discussion',
  'page',
  'lesson',
  'other',
] as const;
export type ActivityKind = (typeof ACTIVITY_KINDS)[number];
const ACTIVITY_SOURCES = [
  'resource-link',
  'deep-link',
  'line-item',
  'typed',
  'shortlist',
  'gradebook',
] as const;
type ActivitySource = (typeof ACTIVITY_SOURCES)[number];

export interface Activity {
  id: string;
  /** IRI of the activity in statements. */
  activityId: string;
  deployment: string;
  course: string;
  title: string;
  kind: ActivityKind;
  source: ActivitySource;
  address: string | null;
  /** Stored file of the course's own that it opens as a download. */
  file: string | null;
  resourceLinkId: string | null;
  lineItemUrl: string | null;
  /** Learning resource (a hosted lesson) that the activity shows. */
  lesson: string | null;
  /** A score of it can reach us: a question set of ours, or a line item. */
  assessed: boolean;
  assessedSince: Date | null;
  createdAt: Date;
  lastLaunchAt: Date | null;
}

/** What a launch, a deep link, a line item or an instructor tells of an activity. */
export interface ActivityFacts extends Omit<
  Activity,
  'id' | 'activityId' | 'file' | 'assessedSince' | 'createdAt'
> {
  /** Left out where the activity has none of its own. */
  file?: string;
  /** What makes it the same activity the next time: the resource link, the line item, or the typed title and address. */
  key: readonly string[];
}

interface StoredActivity extends Omit<Activity, 'id' | 'assessed' | 'file'> {
  _id: string;
  activity: string;
  file?: string;
  schemaVersion: number;
}

const SCHEMA_VERSION = 1;
const MAX_LISTED = 2_000;
const NAMESPACE = '0c8d7f52-6a1e-4a53-9d0b-6a3f1f0e7b21';

const required = { type: String, required: true };
const optional = { type: String, default: null };
const schema = new mongoose.Schema<StoredActivity>({
  _id: required,
  activity: required,
  schemaVersion: { type: Number, required: true },
  activityId: required,
  deployment: required,
  course: required,
  title: required,
  kind: { type: String, enum: ACTIVITY_KINDS, required: true },
  source: { type: String, enum: ACTIVITY_SOURCES, required: true },
  address: optional,
  file: String,
  resourceLinkId: optional,
  lineItemUrl: optional,
  lesson: optional,
  assessedSince: { type: Date, default: null },
  createdAt: { type: Date, required: true },
  lastLaunchAt: { type: Date, default: null },
});
schema.index({ deployment: 1, course: 1, createdAt: 1 });
schema.index({ deployment: 1, lesson: 1 });
schema.index({ activityId: 1 });
schema.index({ deployment: 1, address: 1, createdAt: -1 });
const ActivityModel = defineModel({
  name: 'Activity',
  collection: 'activities',
  schema,
  shardKey: ['deployment'],
  scatter: ['listActivitiesByIri'],
  people: 'nothing',
});

/** Our id of the activity that these facts speak of. */
export function activityRecordId(
  facts: Pick<ActivityFacts, 'deployment' | 'course' | 'key'>,
): string {
  return deriveUuid({
    namespace: NAMESPACE,
    parts: [facts.deployment, facts.course, ...facts.key],
  });
}

/**
 * Makes the activities that are new and brings title, line item and last launch of the others up to date; writes nothing of
 * what is known already. Idempotent; returns their ids in the order given. A title is changed by its source only, an
 * assessed activity stays so.
 */
export async function recordActivities(options: {
  facts: readonly ActivityFacts[];
  url: string;
  now: Date;
}): Promise<string[]> {
  const { facts, url, now } = options;
  const told = facts.map((one) => ({ facts: one, id: activityRecordId(one) }));
  const news = await listNews(told);
  if (news.length > 0) {
    const writes = news.map((one) => toWrite({ ...one, url, now }));
    const marks = news.flatMap((one) =>
      one.facts.assessed ? [toAssessedMark({ ...one, now })] : [],
    );
    const writing = () => ActivityModel.bulkWrite([...writes, ...marks], { ordered: true });
    await repeatUpsert(writing).finally(() =>
      news.forEach((one) => forgetReads(courseTopic(one.facts))),
    );
  }
  return told.map(({ id }) => id);
}

type Told = { facts: ActivityFacts; id: string };

/** Those that say something new, by one query a deployment. */
async function listNews(told: readonly Told[]): Promise<Told[]> {
  const deployments = new Set(told.map(({ facts }) => facts.deployment));
  const known = await Promise.all(
    [...deployments].map((deployment) => {
      const ours = told.filter(({ facts }) => facts.deployment === deployment);
      return listActivitiesOf({ deployment, activities: ours.map(({ id }) => id) });
    }),
  );
  const byId = new Map(known.flat().map((activity) => [activity.id, activity]));
  return told.filter(({ facts, id }) => !isKnown(facts, byId.get(id)));
}

function isKnown(facts: ActivityFacts, known: Activity | undefined): boolean {
  if (!known) return false;
  const { title, lineItemUrl, lesson, lastLaunchAt, assessed } = facts;
  return (
    title === known.title &&
    (facts.file === undefined || facts.file === known.file) &&
    (lineItemUrl === null || lineItemUrl === known.lineItemUrl) &&
    (lesson === null || lesson === known.lesson) &&
    (lastLaunchAt === null ||
      (known.lastLaunchAt !== null && lastLaunchAt <= known.lastLaunchAt)) &&
    (!assessed || known.assessed)
  );
}

export async function listActivities(options: {
  deployment: string;
  course: string;
}): Promise<Activity[]> {
  const { deployment, course } = options;
  const found = await ActivityModel.find({ deployment, course })
    .sort({ createdAt: 1 })
    .limit(MAX_LISTED)
    .batchSize(MAX_LISTED)
    .lean();
  return found.map(toActivity);
}

export async function findActivity(options: {
  deployment: string;
  course: string;
  activity: string;
}): Promise<Activity | null> {
  const { deployment, course, activity } = options;
  const found = await ActivityModel.findOne({
    _id: keyOf(deployment, activity),
    deployment,
    course,
  }).lean();
  return found && toActivity(found);
}

/** Its page leads to something that opens elsewhere: an address, or a file that is downloaded. */
export function opensElsewhere({ address, file }: Pick<Activity, 'address' | 'file'>): boolean {
  return address !== null || file !== null;
}

/** Throws `activity.not-found` (404) unless it is of this course. */
export async function getActivity(options: {
  deployment: string;
  course: string;
  activity: string;
}): Promise<Activity> {
  const found = await findActivity(options);
  if (!found) throw new AppError('activity.not-found', { status: 404 });
  return found;
}

/** Those of these activities that are of the course. */
export async function listActivitiesOfCourse(options: {
  deployment: string;
  course: string;
  activities: readonly string[];
}): Promise<Activity[]> {
  const { deployment, course, activities } = options;
  const ids = activities.map((activity) => keyOf(deployment, activity));
  const found = await ActivityModel.find({
    _id: mongoose.trusted({ $in: ids }),
    deployment,
    course,
  }).lean();
  return found.map(toActivity);
}

/** Activities of one deployment, whatever their course. For the projection. */
export async function listActivitiesOf(options: {
  deployment: string;
  activities: readonly string[];
}): Promise<Activity[]> {
  const { deployment, activities } = options;
  const ids = activities.map((activity) => keyOf(deployment, activity));
  const found = await ActivityModel.find({
    _id: mongoose.trusted({ $in: ids }),
    deployment,
  }).lean();
  return found.map(toActivity);
}

/** Activities that show one of these hosted lessons. For the projection. */
export async function listActivitiesOfLessons(options: {
  deployment: string;
  lessons: readonly string[];
}): Promise<Activity[]> {
  const { deployment, lessons } = options;
  const found = await ActivityModel.find({
    deployment,
    lesson: mongoose.trusted({ $in: [...lessons] }),
  }).lean();
  return found.map(toActivity);
}

/** Activities of a deployment that lead to one of these addresses, which other tools name them by; the latest first. */
export async function listActivitiesByAddress(options: {
  deployment: string;
  addresses: readonly string[];
}): Promise<Activity[]> {
  const { deployment, addresses } = options;
  const found = await ActivityModel.find({
    deployment,
    address: mongoose.trusted({ $in: [...addresses] }),
  })
    .sort({ createdAt: -1 })
    .limit(MAX_LISTED)
    .lean();
  return found.map(toActivity);
}

/** Activities by the IRI that statements name. For the projection, which has nothing but statements. */
export async function listActivitiesByIri(options: {
  iris: readonly string[];
}): Promise<Activity[]> {
  const found = await ActivityModel.find({
    activityId: mongoose.trusted({ $in: [...options.iris] }),
  }).lean();
  return found.map(toActivity);
}

function toWrite(options: { facts: ActivityFacts; id: string; url: string; now: Date }) {
  const { facts, id, url, now } = options;
  const { deployment, course, title, kind, source, address, resourceLinkId, lineItemUrl, lesson } =
    facts;
  return {
    updateOne: {
      filter: { _id: keyOf(deployment, id), deployment },
      update: {
        $set: {
          title,
          ...(facts.file === undefined ? {} : { file: facts.file }),
          ...(lineItemUrl === null ? {} : { lineItemUrl }),
          ...(lesson === null ? {} : { lesson }),
        },
        $max: facts.lastLaunchAt === null ? {} : { lastLaunchAt: facts.lastLaunchAt },
        $setOnInsert: {
          activity: id,
          schemaVersion: SCHEMA_VERSION,
          activityId: `${url}/activities/${id}`,
          course,
          kind,
          source,
          address,
          resourceLinkId,
          assessedSince: null,
          createdAt: now,
          ...(lineItemUrl === null ? { lineItemUrl: null } : {}),
          ...(lesson === null ? { lesson: null } : {}),
          ...(facts.lastLaunchAt === null ? { lastLaunchAt: null } : {}),
        },
      },
      upsert: true,
    },
  };
}

function toAssessedMark(options: { facts: ActivityFacts; id: string; now: Date }) {
  const { facts, id, now } = options;
  return {
    updateOne: {
      filter: {
        _id: keyOf(facts.deployment, id),
        deployment: facts.deployment,
        assessedSince: null,
      },
      update: { $set: { assessedSince: now } },
    },
  };
}

function keyOf(deployment: string, activity: string): string {
  return `${deployment}/${activity}`;
}

function toActivity(stored: StoredActivity): Activity {
  const { _id, activity, schemaVersion, ...rest } = stored;
  void [_id, schemaVersion];
  return {
    id: activity,
    assessed: stored.assessedSince !== null,
    ...rest,
    file: stored.file ?? null,
  };
}
