// Alignments: what an activity counts for. One document an activity with its history inside, so that a change is one write
// and the history is an input of every rebuild. Beyond 100 revisions the older ones move to documents of their own.
import mongoose from 'mongoose';
import { isNextRevision } from '../db/duplicate-key.js';
import { defineModel } from '../db/models.js';
import { forgetReads } from '../db/shared-reads.js';
import { courseTopic } from './course-topic.js';
import { createMovedHistories, laterThan, type Revision } from './moved-history.model.js';

export const STAGES = ['introduced', 'reinforced', 'mastered'] as const;
export type Stage = (typeof STAGES)[number];

/** Bloom's six levels, from remember (1) to create. */
export const HIGHEST_BLOOM_LEVEL = 6;

export interface AlignedItem {
  framework: string;
  item: string;
  stage: Stage;
  /** Bloom's level that the activity asks for, 1 to 6; absent where nobody stated it. */
  bloomLevel?: number;
}

interface AlignmentRevision extends Revision {
  items: AlignedItem[];
}

export interface AlignmentRecord {
  activity: string;
  deployment: string;
  course: string;
  /** 0 while nobody aligned the activity. */
  revision: number;
  current: AlignedItem[];
  /** Oldest first; the last one is `current`. */
  history: AlignmentRevision[];
}

interface StoredAlignment extends AlignmentRecord {
  _id: string;
  schemaVersion: number;
  changedAt: Date;
  /** Absent or true when LRSs were told of every revision, or are never to be. */
  told?: boolean;
  /** The last revision that LRSs were told of; absent before the first. */
  toldRevision?: number;
  /** `FRAMEWORK/IDENTIFIER` of all items it is or once was aligned to. */
  everItems: string[];
}

const SCHEMA_VERSION = 1;
const MAX_LISTED = 5_000;

const required = { type: String, required: true };
const itemShape = {
  _id: false,
  framework: required,
  item: required,
  stage: { type: String, enum: STAGES, required: true },
  bloomLevel: { type: Number, min: 1, max: HIGHEST_BLOOM_LEVEL },
};
const revisionShape = {
  _id: false,
  revision: { type: Number, required: true },
  at: { type: Date, required: true },
  by: required,
  items: [itemShape],
};
const schema = new mongoose.Schema<StoredAlignment>({
  _id: required,
  schemaVersion: { type: Number, required: true },
  activity: required,
  deployment: required,
  course: required,
  revision: { type: Number, required: true },
  current: [itemShape],
  history: [revisionShape],
  everItems: [String],
  changedAt: { type: Date, required: true },
  told: Boolean,
  toldRevision: Number,
});
schema.index({ deployment: 1, course: 1 });
schema.index({ deployment: 1, everItems: 1 });
schema.index({ changedAt: 1 });
schema.index(
  { told: 1, changedAt: 1 },
  { partialFilterExpression: { told: false }, name: 'untold' },
);
const AlignmentModel = defineModel({
  name: 'Alignment',
  collection: 'alignments',
  schema,
  shardKey: ['deployment'],
  scatter: ['listChangedAlignments', 'listUntoldAlignments'],
  people: { by: ['history.by'] },
});

const moved = createMovedHistories<AlignmentRevision>({
  name: 'AlignmentHistory',
  collection: 'alignmentHistories',
  shape: revisionShape,
});

/** Alignments of a course's activities as they stand, without the part of their history that was moved out. */
export async function listAlignments(options: {
  deployment: string;
  course: string;
}): Promise<AlignmentRecord[]> {
  const { deployment, course } = options;
  const found = await AlignmentModel.find({ deployment, course })
    .limit(MAX_LISTED)
    .batchSize(MAX_LISTED)
    .lean();
  return found.map(toRecord);
}

/** The alignment of one activity; revision 0 where nobody aligned it yet. */
export async function findAlignment(options: {
  deployment: string;
  course: string;
  activity: string;
}): Promise<AlignmentRecord> {
  const { deployment, course, activity } = options;
  const found = await AlignmentModel.findOne({
    _id: keyOf(options),
    deployment,
    course,
  }).lean();
  return found
    ? toRecord(found)
    : { activity, deployment, course, revision: 0, current: [], history: [] };
}

/** Every alignment of a deployment that touches one of the items now or once did, with its whole history. */
export async function listAlignmentHistories(options: {
  deployment: string;
  framework: string;
  items: readonly string[];
}): Promise<AlignmentRecord[]> {
  const { deployment, framework, items } = options;
  const found = await AlignmentModel.find({
    deployment,
    everItems: mongoose.trusted({ $in: items.map((item) => everItemOf({ framework, item })) }),
  }).lean();
  return moved.complete({ deployment, records: found.map(toRecord), ownerOf: keyOf });
}

/** What these activities are or once were aligned to. */
export async function listItemsOfActivities(options: {
  deployment: string;
  activities: readonly string[];
}): Promise<{ activity: string; framework: string; item: string }[]> {
  const { deployment, activities } = options;
  const ids = activities.map((activity) => keyOf({ deployment, activity }));
  const found = await AlignmentModel.find({ _id: mongoose.trusted({ $in: ids }), deployment })
    .select({ activity: 1, everItems: 1 })
    .lean();
  return found.flatMap(({ activity, everItems }) =>
    everItems.map((entry) => ({ activity, ...readEverItem(entry) })),
  );
}

/** Alignments changed at or after `since`, oldest change first, with what they ever held. For the projection. */
export async function listChangedAlignments(options: { since: Date; limit: number }): Promise<
  {
    deployment: string;
    course: string;
    activity: string;
    revision: number;
    items: { framework: string; item: string }[];
    changedAt: Date;
  }[]
> {
  const found = await AlignmentModel.find({ changedAt: mongoose.trusted({ $gte: options.since }) })
    .sort({ changedAt: 1 })
    .limit(options.limit)
    .select({ deployment: 1, course: 1, activity: 1, revision: 1, everItems: 1, changedAt: 1 })
    .lean();
  return found.map(({ deployment, course, activity, revision, everItems, changedAt }) => ({
    deployment,
    course,
    activity,
    revision,
    items: everItems.map(readEverItem),
    changedAt,
  }));
}

/** Alignments with revisions that LRSs were not told of, oldest change first, with their whole history. */
export async function listUntoldAlignments(options: {
  limit: number;
}): Promise<(AlignmentRecord & { toldRevision: number })[]> {
  const found = await AlignmentModel.find({ told: false })
    .sort({ changedAt: 1 })
    .limit(options.limit)
    .hint('untold')
    .lean();
  const whole: (AlignmentRecord & { toldRevision: number })[] = [];
  for (const deployment of new Set(found.map((one) => one.deployment)))
    whole.push(
      ...(await moved.complete({
        deployment,
        records: found
          .filter((one) => one.deployment === deployment)
          .map((one) => ({ ...toRecord(one), toldRevision: one.toldRevision ?? 0 })),
        ownerOf: keyOf,
      })),
    );
  return whole;
}

/** Call it after the statements are in the outbox; a newer revision stays to be told. */
export async function markAlignmentTold(options: {
  alignment: Pick<AlignmentRecord, 'deployment' | 'activity' | 'revision'>;
}): Promise<void> {
  const { deployment, activity, revision } = options.alignment;
  await AlignmentModel.updateOne(
    { _id: keyOf({ deployment, activity }), deployment, revision },
    { $set: { told: true, toldRevision: revision } },
  );
}

/**
 * Writes a new revision where `expectedRevision` is still the last one. Null when somebody else changed it meanwhile.
 * The one write to the alignment's document is the fact; a moved part of the history is written before it.
 */
export async function replaceAlignments(
  revision: AlignmentChange,
): Promise<AlignmentRecord | null> {
  return writeAlignments(revision).finally(() => forgetReads(courseTopic(revision)));
}

interface AlignmentChange {
  deployment: string;
  course: string;
  activity: string;
  expectedRevision: number;
  items: AlignedItem[];
  by: string;
  now: Date;
}

async function writeAlignments(options: AlignmentChange): Promise<AlignmentRecord | null> {
  const { deployment, course, activity, expectedRevision, items, by, now } = options;
  const before = await findAlignment({ deployment, course, activity });
  if (before.revision !== expectedRevision) return null;
  const at = laterThan(before.history, now);
  const next: AlignmentRevision = { revision: expectedRevision + 1, at, by, items };
  const _id = keyOf(options);
  const history = await moved.extend({ owner: _id, deployment, history: before.history, next });
  const isWritten = await isNextRevision(() =>
    AlignmentModel.updateOne(
      { _id, deployment, course, revision: expectedRevision },
      {
        $set: { revision: next.revision, current: items, history, changedAt: at, told: false },
        $addToSet: { everItems: { $each: items.map(everItemOf) } },
        $setOnInsert: { activity, schemaVersion: SCHEMA_VERSION },
      },
      { upsert: expectedRevision === 0 },
    ),
  );
  return isWritten ? findAlignment({ deployment, course, activity }) : null;
}

function keyOf({ deployment, activity }: { deployment: string; activity: string }): string {
  return `${deployment}/${activity}`;
}

function everItemOf({ framework, item }: { framework: string; item: string }): string {
  return `${framework}/${item}`;
}

function readEverItem(entry: string): { framework: string; item: string } {
  const slash = entry.indexOf('/');
  return { framework: entry.slice(0, slash), item: entry.slice(slash + 1) };
}

function toRecord({
  activity,
  deployment,
  course,
  revision,
  current,
  history,
}: StoredAlignment): AlignmentRecord {
  return { activity, deployment, course, revision, current, history };
}
