// Work that a learner sent for review: one record a piece of work, with everything that happened to it inside. Each change is
// one write that names the revision it follows, so that two people at once never both decide.
import mongoose from 'mongoose';
import { isDuplicateKey } from '../db/duplicate-key.js';
import { defineModel } from '../db/models.js';

const WORK_STATES = ['waiting', 'returned', 'accepted', 'taken-back', 'withdrawn'] as const;
export type WorkState = (typeof WORK_STATES)[number];

const EVENT_KINDS = [
  'sent',
  'replaced',
  'taken-back',
  'returned',
  'accepted',
  'withdrawn',
] as const;

/** A competency that the work was accepted for, and the statement that says so. */
export interface AcceptedItem {
  framework: string;
  item: string;
  statementId: string;
}

export interface WorkEvent {
  revision: number;
  at: Date;
  /** Learner or reviewer. */
  by: string;
  kind: (typeof EVENT_KINDS)[number];
  /** The learner's note or the reviewer's comment. */
  note: string | null;
  link: string | null;
  /** Id and name: the file itself may be gone. */
  file: { id: string; name: string } | null;
  /** Percent, where the reviewer gave a score. */
  score: number | null;
  accepted: AcceptedItem[];
}

export interface ReviewWork {
  id: string;
  deployment: string;
  course: string;
  user: string;
  /** What it is about: a competency of a framework, or an activity with whatever it is aligned to. */
  about: { kind: 'item'; framework: string; item: string } | { kind: 'activity'; activity: string };
  /** Of the competency or activity, as it was called when the work was sent. */
  title: string;
  state: WorkState;
  revision: number;
  /** Oldest first; the last one made `state`. */
  history: WorkEvent[];
  changedAt: Date;
  /** False while statements of the last change are not in the outbox for sure. */
  told: boolean;
}

interface StoredWork extends Omit<ReviewWork, 'id'> {
  _id: string;
  /** `about` as one text. */
  subject: string;
  /** Waiting or returned: a learner has one such piece of work a subject. */
  isOpen: boolean;
}

const MAX_LISTED = 200;

const required = { type: String, required: true };
const optional = { type: String, default: null };
const revision = { type: Number, required: true };
const when = { type: Date, required: true };
const eventShape = {
  _id: false,
  revision,
  at: when,
  by: required,
  kind: { type: String, enum: EVENT_KINDS, required: true },
  note: optional,
  link: optional,
  file: {
    type: new mongoose.Schema({ id: required, name: required }, { _id: false }),
    default: null,
  },
  score: { type: Number, default: null },
  accepted: [{ _id: false, framework: required, item: required, statementId: required }],
};
const schema = new mongoose.Schema<StoredWork>({
  _id: required,
  deployment: required,
  course: required,
  user: required,
  about: { type: mongoose.Schema.Types.Mixed, required: true },
  subject: required,
  title: required,
  state: { type: String, enum: WORK_STATES, required: true },
  isOpen: { type: Boolean, required: true },
  revision,
  history: [eventShape],
  changedAt: when,
  told: { type: Boolean, required: true },
});
schema.index(
  { deployment: 1, course: 1, user: 1, subject: 1 },
  { unique: true, partialFilterExpression: { isOpen: true }, name: 'open' },
);
schema.index({ deployment: 1, course: 1, user: 1, changedAt: -1 });
schema.index({ deployment: 1, course: 1, state: 1, changedAt: 1 });
schema.index({ deployment: 1, user: 1, state: 1 });
schema.index({ changedAt: 1 }, { partialFilterExpression: { told: false }, name: 'untold' });
const WorkModel = defineModel({
  name: 'ReviewWork',
  collection: 'reviewWorks',
  people: { about: ['user'], course: 'course', by: ['history.by'] },
  schema,
  shardKey: ['deployment'],
  scatter: ['listUntoldWork'],
});

/** False where the learner has open work about the same already. */
export async function insertWork(work: ReviewWork): Promise<boolean> {
  const { id, ...rest } = work;
  try {
    const subject = subjectOf(work.about);
    await WorkModel.create({ _id: id, ...rest, subject, isOpen: isOpen(work.state) });
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}

/** Writes the work's next event where `event.revision` still follows the last one; false where somebody was first. */
export async function appendWorkEvent(options: {
  work: ReviewWork;
  event: WorkEvent;
  state: WorkState;
}): Promise<boolean> {
  const { work, event, state } = options;
  const { id, deployment, course } = work;
  const written = await WorkModel.updateOne(
    { _id: id, deployment, course, revision: event.revision - 1 },
    {
      $set: {
        state,
        isOpen: isOpen(state),
        revision: event.revision,
        changedAt: event.at,
        told: false,
      },
      $push: { history: event },
    },
  );
  return written.modifiedCount === 1;
}

/** Its statements are in the outbox. */
export async function markWorkTold({ id, deployment, revision }: ReviewWork): Promise<void> {
  await WorkModel.updateOne({ _id: id, deployment, revision }, { $set: { told: true } });
}

/** One piece of work of a course, of this learner where one is named. */
export async function findWork(options: {
  deployment: string;
  course: string;
  work: string;
  user?: string;
}): Promise<ReviewWork | null> {
  const { deployment, course, work, user } = options;
  const found = await WorkModel.findOne({
    _id: work,
    deployment,
    course,
    ...(user !== undefined && { user }),
  }).lean();
  return found && toWork(found);
}

/** A learner's work in a course, newest change first; about one subject where it is given. */
export async function listWorkOf(options: {
  deployment: string;
  course: string;
  user: string;
  about?: ReviewWork['about'];
}): Promise<ReviewWork[]> {
  const { deployment, course, user, about } = options;
  const found = await WorkModel.find({
    deployment,
    course,
    user,
    ...(about && { subject: subjectOf(about) }),
  })
    .sort({ changedAt: -1 })
    .limit(MAX_LISTED)
    .lean();
  return found.map(toWork);
}

/** Work of a course in one state, the longest unchanged first. */
export async function listWorkInState(options: {
  deployment: string;
  course: string;
  state: WorkState;
  limit?: number;
}): Promise<ReviewWork[]> {
  const { deployment, course, state, limit = MAX_LISTED } = options;
  const found = await WorkModel.find({ deployment, course, state })
    .sort({ changedAt: 1 })
    .limit(limit)
    .lean();
  return found.map(toWork);
}

/** The latest decisions of a course, newest first. */
export async function listDecidedWork(options: {
  deployment: string;
  course: string;
  limit: number;
}): Promise<ReviewWork[]> {
  const { deployment, course, limit } = options;
  const found = await WorkModel.find({
    deployment,
    course,
    state: mongoose.trusted({ $in: ['returned', 'accepted', 'withdrawn'] }),
  })
    .sort({ changedAt: -1 })
    .limit(limit)
    .lean();
  return found.map(toWork);
}

/** A learner's work that was accepted, in any course of the deployment. */
export async function listAcceptedWork(options: {
  deployment: string;
  user: string;
}): Promise<ReviewWork[]> {
  const { deployment, user } = options;
  const found = await WorkModel.find({ deployment, user, state: 'accepted' })
    .limit(MAX_LISTED)
    .lean();
  return found.map(toWork);
}

export async function countWaitingWork(options: {
  deployment: string;
  course: string;
}): Promise<number> {
  const { deployment, course } = options;
  return WorkModel.countDocuments({ deployment, course, state: 'waiting' });
}

/** Work whose last statements may be missing in the outbox: a process stopped between the decision and them. */
export async function listUntoldWork(options: {
  before: Date;
  limit: number;
}): Promise<ReviewWork[]> {
  const { before, limit } = options;
  const found = await WorkModel.find({
    told: false,
    changedAt: mongoose.trusted({ $lt: before }),
  })
    .sort({ changedAt: 1 })
    .limit(limit)
    .hint('untold')
    .lean();
  return found.map(toWork);
}

function isOpen(state: WorkState): boolean {
  return state === 'waiting' || state === 'returned';
}

function subjectOf(about: ReviewWork['about']): string {
  return about.kind === 'item'
    ? `item ${about.framework}/${about.item}`
    : `activity ${about.activity}`;
}

function toWork({ _id, subject, isOpen: open, ...work }: StoredWork): ReviewWork {
  void [subject, open];
  return { id: _id, ...work };
}
