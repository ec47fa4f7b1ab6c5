// Evidence sources: where statements of other tools come from that count in one deployment. Either another record store, read
// by its statements' `stored`, or the key by which a tool writes into ours; and which of its actors are people of ours.
import { randomUUID } from 'node:crypto';
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';

/** What an account's name is: the platform's id of the person, or the school's. */
export const ACCOUNT_NAMES = ['sub', 'id-number'] as const;

export interface AccountRule {
  /** As the actors' accounts have it, to the letter. */
  homePage: string;
  name: (typeof ACCOUNT_NAMES)[number];
}

export interface ActorRules {
  accounts: AccountRule[];
  /** The platform vouches for the e-mail addresses it shares. */
  mailboxes: boolean;
}

/** Where a poll stands. */
export interface PollMark {
  /** `stored` up to which everything was read; null before the first. */
  since: string | null;
  /** The next page of a read that goes on, and the latest `stored` in it so far. */
  more: string | null;
  reached: string | null;
}

export interface EvidenceSource {
  id: string;
  deployment: string;
  name: string;
  /** Another record store; null where a key of ours is the source. */
  endpoint: string | null;
  /** User name at the other record store, or the key of ours. */
  key: string;
  /** `stopped` by what the other record store answered, `paused` by a person. */
  status: 'active' | 'paused' | 'stopped';
  rules: ActorRules;
  mark: PollMark;
  /** An error's code, and since when it fails; null since it went well. */
  lastError: string | null;
  lastReadAt: Date | null;
  failures: number;
  retryAt: Date | null;
  read: number;
  refused: number;
  createdAt: Date;
}

interface StoredSource extends Omit<EvidenceSource, 'id'> {
  _id: string;
  schemaVersion: number;
  sealedPassword: string | null;
}
type ReadSource = Omit<StoredSource, 'sealedPassword'>;

const SCHEMA_VERSION = 1;
const MOST_LISTED = 500;

const required = { type: String, required: true };
const optional = { type: String, default: null };
const count = { type: Number, required: true };
const when = { type: Date, default: null };
const schema = new mongoose.Schema<StoredSource>({
  _id: required,
  schemaVersion: count,
  deployment: required,
  name: required,
  endpoint: optional,
  key: required,
  sealedPassword: optional,
  status: { type: String, enum: ['active', 'paused', 'stopped'], required: true },
  rules: {
    type: new mongoose.Schema<ActorRules>(
      {
        accounts: [{ _id: false, homePage: required, name: { type: String, enum: ACCOUNT_NAMES } }],
        mailboxes: { type: Boolean, required: true },
      },
      { _id: false },
    ),
    required: true,
  },
  mark: {
    type: new mongoose.Schema<PollMark>(
      { since: optional, more: optional, reached: optional },
      { _id: false },
    ),
    required: true,
  },
  lastError: optional,
  lastReadAt: when,
  failures: count,
  retryAt: when,
  read: count,
  refused: count,
  createdAt: { type: Date, required: true },
});
schema.index({ deployment: 1, createdAt: 1 });
const SourceModel = defineModel({
  name: 'EvidenceSource',
  collection: 'evidenceSources',
  schema,
  shardKey: ['deployment'],
  scatter: ['listActiveSources', 'listSources'],
  backup: 'early',
  sealed: { sealedPassword: 'source-password' },
  people: 'nothing',
});

/** The insert is the fact; its polling begins with the next run. */
export async function insertSource(options: {
  deployment: string;
  name: string;
  endpoint: string | null;
  key: string;
  sealedPassword: string | null;
  rules: ActorRules;
  now: Date;
}): Promise<string> {
  const { now, ...rest } = options;
  const _id = randomUUID();
  await SourceModel.create({
    ...rest,
    _id,
    schemaVersion: SCHEMA_VERSION,
    status: 'active',
    mark: { since: null, more: null, reached: null },
    failures: 0,
    read: 0,
    refused: 0,
    createdAt: now,
  });
  return _id;
}

/** Those of one deployment, or of all; oldest first. */
export async function listSources(options: { deployment?: string }): Promise<EvidenceSource[]> {
  const found = await SourceModel.find(options, { sealedPassword: 0 })
    .sort({ createdAt: 1 })
    .limit(MOST_LISTED)
    .lean();
  return found.map(toSource);
}

/** Those whose statements count now. */
export async function listActiveSources(): Promise<EvidenceSource[]> {
  const found = await SourceModel.find(
    { status: mongoose.trusted({ $ne: 'paused' }) },
    { sealedPassword: 0 },
  )
    .limit(MOST_LISTED)
    .lean();
  return found.map(toSource);
}

export async function findSource(options: {
  deployment: string;
  source: string;
}): Promise<EvidenceSource | null> {
  const { deployment, source } = options;
  const found = await SourceModel.findOne(
    { _id: source, deployment },
    { sealedPassword: 0 },
  ).lean();
  return found && toSource(found);
}

/** For who opens a connection, with the instance's secret. */
export async function findSealedSourcePassword(options: {
  deployment: string;
  source: string;
}): Promise<string | null> {
  const { deployment, source } = options;
  const found = await SourceModel.findOne(
    { _id: source, deployment },
    { sealedPassword: 1 },
  ).lean();
  return found?.sealedPassword ?? null;
}

/** False where there is none. */
export async function changeSource(options: {
  deployment: string;
  source: string;
  change: Partial<Omit<EvidenceSource, 'id' | 'deployment' | 'endpoint' | 'createdAt'>>;
}): Promise<boolean> {
  const { deployment, source, change } = options;
  const { matchedCount } = await SourceModel.updateOne(
    { _id: source, deployment },
    { $set: change },
  );
  return matchedCount === 1;
}

/** A page was worked in: where the poll stands now, and how many statements it brought. One write. */
export async function notePage(options: {
  source: Pick<EvidenceSource, 'id' | 'deployment'>;
  mark: PollMark;
  read: number;
  refused: number;
  now: Date;
}): Promise<void> {
  const { source, mark, read, refused, now } = options;
  await SourceModel.updateOne(
    { _id: source.id, deployment: source.deployment },
    {
      $set: { mark, lastError: null, lastReadAt: now, failures: 0, retryAt: null },
      $inc: { read, refused },
    },
  );
}

function toSource({ _id, schemaVersion: _version, ...rest }: ReadSource): EvidenceSource {
  return { ...rest, id: _id };
}
