// A course's shortlist of a competency: what its students see first (pinned), what they must do (required), and what they
// are not shown (hidden). One document a course and competency with its history inside, so that a change is one write and
// the history is an input of every rebuild.
import mongoose from 'mongoose';
import { isNextRevision } from '../db/duplicate-key.js';
import { defineModel } from '../db/models.js';
import { forgetReads, shareReads } from '../db/shared-reads.js';
import { courseTopic } from './course-topic.js';
import { createMovedHistories, laterThan, type Revision } from './moved-history.model.js';

/** Words to an object of the list, and whose they are. */
export interface ShortlistNote {
  object: string;
  text: string;
  /** Our id of the person who put the object there. */
  by: string;
}

/** Objects by their ids, which are those of resources or activities; each list in the order in which it is shown. */
export interface ShortlistContent {
  pinned: string[];
  required: string[];
  /** Holds none of the others. */
  hidden: string[];
  notes: ShortlistNote[];
}

export interface ShortlistRevision extends Revision, ShortlistContent {}

export interface ShortlistHistory {
  framework: string;
  item: string;
  course: string;
  /** Oldest first; the last one is in force. */
  history: ShortlistRevision[];
}

export interface ShortlistRecord extends ShortlistHistory {
  deployment: string;
  /** 0 while nobody made one. */
  revision: number;
}

export interface ShortlistPlace {
  deployment: string;
  course: string;
  framework: string;
  item: string;
}

interface StoredShortlist extends ShortlistRecord {
  _id: string;
  schemaVersion: number;
  changedAt: Date;
}

const SCHEMA_VERSION = 1;
const MAX_LISTED = 20_000;

const required = { type: String, required: true };
const revisionShape = {
  _id: false,
  revision: { type: Number, required: true },
  at: { type: Date, required: true },
  by: required,
  pinned: [String],
  required: [String],
  hidden: [String],
  notes: [{ _id: false, object: required, text: { type: String, default: '' }, by: required }],
};
const schema = new mongoose.Schema<StoredShortlist>({
  _id: required,
  schemaVersion: { type: Number, required: true },
  deployment: required,
  course: required,
  framework: required,
  item: required,
  revision: { type: Number, required: true },
  history: [revisionShape],
  changedAt: { type: Date, required: true },
});
schema.index({ deployment: 1, framework: 1, item: 1, course: 1 });
schema.index({ deployment: 1, course: 1, framework: 1 });
schema.index({ changedAt: 1 });
const ShortlistModel = defineModel({
  name: 'Shortlist',
  collection: 'shortlists',
  schema,
  shardKey: ['deployment'],
  scatter: ['listChangedShortlists'],
  people: { by: ['history.by'] },
});

const moved = createMovedHistories<ShortlistRevision>({
  name: 'ShortlistHistory',
  collection: 'shortlistHistories',
  shape: revisionShape,
});

/** The shortlist of one competency; revision 0 where nobody made one. Without the part of its history that was moved out. */
export async function findShortlist(place: ShortlistPlace): Promise<ShortlistRecord> {
  const { deployment, course } = place;
  const found = await ShortlistModel.findOne({ _id: keyOf(place), deployment, course }).lean();
  return found ? toRecord(found) : { ...place, revision: 0, history: [] };
}

/** Shortlists of a course for one framework as they stand, without the part of their history that was moved out. */
export async function listShortlists(options: {
  deployment: string;
  course: string;
  framework: string;
}): Promise<ShortlistRecord[]> {
  const { deployment, course, framework } = options;
  const found = await ShortlistModel.find({ deployment, course, framework })
    .limit(MAX_LISTED)
    .lean();
  return found.map(toRecord);
}

/** As listShortlists, for the pages of a class: up to two seconds old where another process wrote. Shared: do not change it. */
export const listSharedShortlists = shareReads({ about: courseTopic, read: listShortlists });

/** Every shortlist of these competencies with its whole history; with `courses`, of those only. */
export async function listShortlistHistories(options: {
  deployment: string;
  framework: string;
  items: readonly string[];
  courses?: readonly string[];
}): Promise<ShortlistHistory[]> {
  const { deployment, framework, items, courses } = options;
  const found = await ShortlistModel.find({
    deployment,
    framework,
    item: mongoose.trusted({ $in: [...items] }),
    ...(courses === undefined ? {} : { course: mongoose.trusted({ $in: [...courses] }) }),
  })
    .limit(MAX_LISTED)
    .lean();
  const whole = await moved.complete({ deployment, records: found.map(toRecord), ownerOf: keyOf });
  return whole.map(({ item, course, history }) => ({ framework, item, course, history }));
}

/** Shortlists changed at or after `since`, oldest change first. For the projection. */
export async function listChangedShortlists(options: {
  since: Date;
  limit: number;
}): Promise<(ShortlistPlace & { id: string; revision: number; changedAt: Date })[]> {
  const found = await ShortlistModel.find({ changedAt: mongoose.trusted({ $gte: options.since }) })
    .sort({ changedAt: 1 })
    .limit(options.limit)
    .select({ deployment: 1, course: 1, framework: 1, item: 1, revision: 1, changedAt: 1 })
    .lean();
  return found.map(({ _id, ...rest }) => ({ ...rest, id: _id }));
}

interface ShortlistChange extends ShortlistPlace, ShortlistContent {
  expectedRevision: number;
  by: string;
  now: Date;
}

/**
 * Writes a new revision where `expectedRevision` is still the last one. Null when somebody else changed it meanwhile.
 * The one write to the shortlist's document is the fact; a moved part of the history is written before it.
 */
export async function replaceShortlist(change: ShortlistChange): Promise<ShortlistRecord | null> {
  return writeShortlist(change).finally(() => forgetReads(courseTopic(change)));
}

async function writeShortlist(change: ShortlistChange): Promise<ShortlistRecord | null> {
  const { deployment, course, framework, item, expectedRevision, by, now } = change;
  const { pinned, required: mandatory, hidden, notes } = change;
  const place = { deployment, course, framework, item };
  const before = await findShortlist(place);
  if (before.revision !== expectedRevision) return null;
  const at = laterThan(before.history, now);
  const content = { pinned, required: mandatory, hidden, notes };
  const next: ShortlistRevision = { revision: expectedRevision + 1, at, by, ...content };
  const _id = keyOf(place);
  const history = await moved.extend({ owner: _id, deployment, history: before.history, next });
  const isWritten = await isNextRevision(() =>
    ShortlistModel.updateOne(
      { _id, ...place, revision: expectedRevision },
      {
        $set: { revision: next.revision, history, changedAt: at },
        $setOnInsert: { schemaVersion: SCHEMA_VERSION },
      },
      { upsert: expectedRevision === 0 },
    ),
  );
  return isWritten ? findShortlist(place) : null;
}

function keyOf({ deployment, course, framework, item }: ShortlistPlace): string {
  return `${deployment}/${course}/${framework}/${item}`;
}

function toRecord(stored: StoredShortlist): ShortlistRecord {
  const { deployment, course, framework, item, revision, history } = stored;
  return { deployment, course, framework, item, revision, history };
}
