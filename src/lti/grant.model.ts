// Rights that an administrator gives to one named person of their deployment: to review programmes until a day, or to edit the
// library or a framework. One record a person and right, with its changes: that write is the fact, and it holds from the
// person's next request on. The platform's roles are beside it and know nothing of it.
import mongoose from 'mongoose';
import { repeatUpsert } from '../db/duplicate-key.js';
import { defineModel } from '../db/models.js';
import { forgetReads, shareReads } from '../db/shared-reads.js';

export const GRANT_KINDS = ['reviewer', 'editor'] as const;
export type GrantKind = (typeof GRANT_KINDS)[number];

/** What a reviewer's right is about. */
export const PROGRAMMES = 'programmes';
export const LIBRARY = 'library';
/** `programmes`, `library` or a framework. */
export type GrantObject = typeof PROGRAMMES | typeof LIBRARY | `framework:${string}`;

export function frameworkObject(framework: string): GrantObject {
  return `framework:${framework}`;
}

export interface GrantTerms {
  /** Whether a reviewer sees learners' names; an editor sees no learner at all. */
  names: 'shown' | 'hidden';
  /** The right ends at this moment; null is for editors, who edit until it is taken back. */
  until: Date | null;
}

export interface GrantChange extends GrantTerms {
  at: Date;
  /** Our id of who did it. */
  by: string;
  what: 'given' | 'ended';
}

export interface Grant extends GrantTerms {
  deployment: string;
  user: string;
  kind: GrantKind;
  object: GrantObject;
  /** When it was taken back; null while it was not. */
  endedAt: Date | null;
  /** Oldest first. */
  changes: GrantChange[];
  changedAt: Date;
}

interface StoredGrant extends Grant {
  _id: string;
  schemaVersion: number;
}

const SCHEMA_VERSION = 1;
const MOST_CHANGES = 50;
const MOST_STANDING = 1_000;
const MOST_LISTED = 500;

const required = { type: String, required: true };
const terms = {
  names: { type: String, enum: ['shown', 'hidden'], required: true },
  until: { type: Date, default: null },
};
const schema = new mongoose.Schema<StoredGrant>({
  _id: required,
  schemaVersion: { type: Number, required: true },
  deployment: required,
  user: required,
  kind: { type: String, enum: GRANT_KINDS, required: true },
  object: required,
  ...terms,
  endedAt: { type: Date, default: null },
  changes: [
    {
      _id: false,
      at: { type: Date, required: true },
      by: required,
      what: { type: String, enum: ['given', 'ended'], required: true },
      ...terms,
    },
  ],
  changedAt: { type: Date, required: true },
});
schema.index({ deployment: 1, changedAt: -1 });
const GrantModel = defineModel({
  name: 'Grant',
  collection: 'grants',
  schema,
  shardKey: ['deployment'],
  people: { about: ['user'], by: ['changes.by'] },
});

export type GrantName = Pick<Grant, 'deployment' | 'user' | 'kind' | 'object'>;

/** Gives the right, or gives it anew with other terms. */
export async function giveGrant(
  options: GrantName & GrantTerms & { by: string; now: Date },
): Promise<void> {
  const { deployment, user, kind, object, names, until, by, now } = options;
  const change: GrantChange = { at: now, by, what: 'given', names, until };
  await repeatUpsert(() =>
    GrantModel.updateOne(
      { _id: idOf(options), deployment },
      {
        $set: { names, until, endedAt: null, changedAt: now },
        $push: { changes: { $each: [change], $slice: -MOST_CHANGES } },
        $setOnInsert: { schemaVersion: SCHEMA_VERSION, user, kind, object },
      },
      { upsert: true },
    ),
  ).finally(() => forgetReads(topicOf({ deployment })));
}

/** Takes a right back. False where there is none that stands, so that a second try changes nothing. */
export async function endGrant(options: GrantName & { by: string; now: Date }): Promise<boolean> {
  const { deployment, by, now } = options;
  const found = await GrantModel.findOne({ _id: idOf(options), deployment, endedAt: null }).lean();
  if (!found) return false;
  const { names, until } = found;
  const change: GrantChange = { at: now, by, what: 'ended', names, until };
  const { modifiedCount } = await GrantModel.updateOne(
    { _id: found._id, deployment, endedAt: null },
    {
      $set: { endedAt: now, changedAt: now },
      $push: { changes: { $each: [change], $slice: -MOST_CHANGES } },
    },
  ).finally(() => forgetReads(topicOf({ deployment })));
  return modifiedCount === 1;
}

/** The deployment's, the last changed first, 500 at most. */
export async function listGrants(options: { deployment: string; user?: string }): Promise<Grant[]> {
  const { deployment, user } = options;
  return GrantModel.find({ deployment, ...(user !== undefined && { user }) })
    .sort({ changedAt: -1, _id: 1 })
    .limit(MOST_LISTED)
    .lean();
}

/**
 * Those of a deployment that nobody took back, whether their time is over or not: whoever asks compares with their own clock.
 * Every request of the deployment needs them: shared for two seconds, forgotten at once where this process changes one.
 */
export const readStandingGrants = shareReads({
  about: topicOf,
  async read(options: { deployment: string }): Promise<StandingGrant[]> {
    return GrantModel.find({ deployment: options.deployment, endedAt: null })
      .select({ _id: 0, user: 1, kind: 1, object: 1, names: 1, until: 1 })
      .limit(MOST_STANDING)
      .lean();
  },
});
export type StandingGrant = Pick<Grant, 'user' | 'kind' | 'object' | 'names' | 'until'>;

function topicOf({ deployment }: { deployment: string }): string {
  return `grants ${deployment}`;
}

function idOf({ deployment, user, kind, object }: GrantName): string {
  return `${deployment}/${user}/${kind}/${object}`;
}
