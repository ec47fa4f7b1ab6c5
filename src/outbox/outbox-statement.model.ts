// Statements on their way to LRSs, as a log: a record is written once and never changed, its JSON frozen. What was sent
// where is told by the destinations' cursors and exceptions, not here.
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';
import { createSequenceLog, type SequenceLog } from '../db/sequence-log.js';
import type { Statement } from '../xapi/statement.js';
import { OUTBOX_LOGS, outboxLogOf } from './outbox-partition.js';

/** A number that no statement follows within this time is given up: its writer was stopped. */
const GIVE_UP_AFTER_MS = 10_000;
const MOST_LISTED = 5_000;

export type StatementKind =
  | 'launched'
  | 'initialized'
  | 'experienced'
  | 'completed'
  | 'achieved'
  | 'revoked'
  | 'aligned'
  | 'unaligned'
  | 'voided'
  /** Work that a learner put forward, and its taking back. */
  | 'evidenced'
  | 'evidenced-withdrawn'
  /** A named person's score for a competency. */
  | 'rated'
  /** A grade of the LMS, and its taking back. */
  | 'result'
  | 'result-withdrawn'
  /** A named person's word for a competency, its taking back, and what tells of that. */
  | 'attested'
  | 'attested-withdrawn'
  | 'withdrawn';

/** What a statement is about, in our own ids. */
export interface StatementSubject {
  kind: StatementKind;
  course: string | null;
  /** Our activity, resource or item. */
  objectId: string;
  attempt: number;
}

interface OutboxEntry {
  _id: string;
  statementId: string;
  deployment: string;
  user: string;
  about: StatementSubject;
  /** The JSON text that is sent, byte for byte. */
  json: string;
  /** A platform's test user: never told to LRSs outside. */
  isTest: boolean;
  createdAt: Date;
}

type OutboxPlace = { _id: string; log: string; position: number; isGap?: boolean };
type OutboxDocument = OutboxPlace & Partial<Omit<OutboxEntry, '_id'>>;

export interface OutboxStatementRecord {
  statementId: string;
  about: StatementSubject;
  createdAt: Date;
  statement: Statement;
}

/** A statement as the delivery reads it. */
export interface OutgoingStatement {
  log: string;
  position: number;
  statementId: string;
  deployment: string;
  /** Whom it is about. */
  user: string;
  json: string;
  isTest: boolean;
  createdAt: Date;
}

const schema = new mongoose.Schema<OutboxDocument>({
  _id: { type: String, required: true },
  log: { type: String, required: true },
  position: { type: Number, required: true },
  isGap: Boolean,
  statementId: String,
  deployment: String,
  user: String,
  about: {
    type: { kind: String, course: String, objectId: String, attempt: Number },
    _id: false,
    required: false,
  },
  json: String,
  isTest: Boolean,
  createdAt: Date,
});
schema.index({ log: 1, position: 1 }, { unique: true });
schema.index({ log: 1, deployment: 1, user: 1, position: 1 });
schema.index({ log: 1, deployment: 1, user: 1, 'about.objectId': 1, position: 1 });
const OutboxStatementModel = defineModel({
  name: 'OutboxStatement',
  collection: 'outboxStatements',
  schema,
  shardKey: ['log'],
  people: { otherwise: 'erase-statements.ts: their places stay, as gaps' },
});

/**
 * Appends statements, two calls for each part of the outbox that they belong to; those of a learner keep their order. Says
 * which ids were there already. Each insert is the fact: stopped in between, some are there and the others are not.
 */
export async function appendOutboxStatements(options: {
  entries: readonly Omit<OutboxEntry, '_id'>[];
  now: Date;
}): Promise<{ already: Set<string> }> {
  const { entries, now } = options;
  const byLog = new Map<string, OutboxEntry[]>();
  for (const entry of entries) {
    const log = outboxLogOf(entry.user);
    const placed = { ...entry, _id: `${log}:${entry.statementId}` };
    byLog.set(log, [...(byLog.get(log) ?? []), placed]);
  }
  const outcomes = await Promise.all(
    [...byLog].map(([log, ofLog]) => logOf(log).append({ entries: ofLog, now })),
  );
  const duplicates = outcomes.flatMap((outcome) => outcome.duplicates);
  return { already: new Set(duplicates.map(({ statementId }) => statementId)) };
}

/**
 * What a user's statements say, oldest first; of all courses and kinds unless told otherwise. `newest` leaves only that
 * many of the last ones.
 */
export async function listOutboxStatements(options: {
  deployment: string;
  user: string;
  course?: string;
  kinds?: readonly StatementKind[];
  objectIds?: readonly string[];
  newest?: number;
}): Promise<OutboxStatementRecord[]> {
  const { deployment, user, course, kinds, objectIds, newest } = options;
  const found = await OutboxStatementModel.find({
    log: outboxLogOf(user),
    deployment,
    user,
    ...(course !== undefined && { 'about.course': course }),
    ...(kinds && { 'about.kind': mongoose.trusted({ $in: [...kinds] }) }),
    ...(objectIds && { 'about.objectId': mongoose.trusted({ $in: [...objectIds] }) }),
  })
    .sort({ position: newest === undefined ? 1 : -1 })
    .limit(newest ?? MOST_LISTED)
    .lean();
  if (newest !== undefined) found.reverse();
  return found.flatMap((document) => toRecord(document));
}

/** The next statements of a part, in order; positions that hold none are skipped. */
export async function listOutgoing(options: {
  log: string;
  after: number;
  through: number;
  limit: number;
}): Promise<OutgoingStatement[]> {
  const { log, after, through, limit } = options;
  const found = await OutboxStatementModel.find(
    {
      log,
      position: mongoose.trusted({ $gt: after, $lte: through }),
      isGap: mongoose.trusted({ $ne: true }),
    },
    {
      log: 1,
      position: 1,
      statementId: 1,
      deployment: 1,
      user: 1,
      json: 1,
      isTest: 1,
      createdAt: 1,
    },
  )
    .sort({ position: 1 })
    .limit(limit)
    .lean();
  return found.flatMap((document) => toOutgoing(document));
}

/** How many statements of a part come after a position, counted up to `most`, and when the first of them was written. */
export async function measureOutgoing(options: {
  log: string;
  after: number;
  testData: 'included' | 'left-out';
  most: number;
}): Promise<{ count: number; oldestAt: Date | null }> {
  const { log, after, testData, most } = options;
  const filter = {
    log,
    position: mongoose.trusted({ $gt: after }),
    isGap: mongoose.trusted({ $ne: true }),
    ...(testData === 'left-out' && { isTest: mongoose.trusted({ $ne: true }) }),
  };
  const first = await OutboxStatementModel.findOne(filter, { createdAt: 1 })
    .sort({ position: 1 })
    .lean();
  if (!first) return { count: 0, oldestAt: null };
  const count = await OutboxStatementModel.countDocuments(filter).limit(most);
  return { count, oldestAt: first.createdAt ?? null };
}

/** One statement of a part; null when it is not there. */
export async function findOutgoing(options: {
  log: string;
  statementId: string;
}): Promise<OutgoingStatement | null> {
  const { log, statementId } = options;
  const found = await OutboxStatementModel.findOne({ _id: `${log}:${statementId}`, log }).lean();
  return found ? (toOutgoing(found)[0] ?? null) : null;
}

/** Ids of statements of these deployments, of whatever part. */
export async function listStatementIdsOf(options: {
  deployments: string[];
  limit: number;
}): Promise<string[]> {
  const { deployments, limit } = options;
  const found = await OutboxStatementModel.find(
    { log: mongoose.trusted({ $in: [...OUTBOX_LOGS] }), ...ofDeployments(deployments) },
    { statementId: 1 },
  )
    .limit(limit)
    .lean();
  return found.flatMap(({ statementId }) => statementId ?? []);
}

/** Takes statements out for good; their places in the log stay, as gaps. */
export async function withdrawOutboxStatements(options: {
  deployments: string[];
  statementIds: string[];
}): Promise<void> {
  const { deployments, statementIds } = options;
  for (const log of OUTBOX_LOGS) {
    const filter = {
      log,
      ...ofDeployments(deployments),
      statementId: mongoose.trusted({ $in: statementIds }),
    };
    const found = await OutboxStatementModel.find(filter, { position: 1 }).lean();
    if (found.length === 0) continue;
    await OutboxStatementModel.deleteMany(filter);
    await OutboxStatementModel.insertMany(found.map(({ position }) => gapAt(log, position)));
  }
}

function ofDeployments(deployments: string[]) {
  return { deployment: mongoose.trusted({ $in: deployments }) };
}

function gapAt(log: string, position: number): OutboxPlace {
  return { _id: `${log}:gap:${position}`, log, position, isGap: true };
}

/** Up to where a part has no gaps; nothing beyond it may be sent, so that no late writer is skipped. */
export async function findVisibleThrough(options: { log: string; now: Date }): Promise<number> {
  return logOf(options.log).findVisibleThrough({ now: options.now });
}

/** The highest position of a part; 0 for an empty one. */
export async function findLastPosition(options: { log: string }): Promise<number> {
  const last = await OutboxStatementModel.findOne({ log: options.log }, { position: 1 })
    .sort({ position: -1 })
    .lean();
  return last?.position ?? 0;
}

const logs = new Map<string, SequenceLog<OutboxEntry>>();

function logOf(log: string): SequenceLog<OutboxEntry> {
  const known = logs.get(log);
  if (known) return known;
  if (!OUTBOX_LOGS.includes(log)) throw new Error(`${log} is no part of the outbox`);
  const made = createSequenceLog<OutboxEntry>({
    log,
    giveUpAfterMs: GIVE_UP_AFTER_MS,
    listPositions: async ({ after, limit }) => {
      const found = await OutboxStatementModel.find(
        { log, position: mongoose.trusted({ $gt: after }) },
        { _id: 0, position: 1 },
      )
        .sort({ position: 1 })
        .limit(limit)
        .lean();
      return found.map(({ position }) => position);
    },
    insert: (entries) => OutboxStatementModel.insertMany(entries, { ordered: false, lean: true }),
    insertTombstone: ({ position }) => OutboxStatementModel.create(gapAt(log, position)),
  });
  logs.set(log, made);
  return made;
}

function toRecord({
  statementId,
  about,
  createdAt,
  json,
}: OutboxDocument): OutboxStatementRecord[] {
  if (statementId === undefined || !about || !createdAt || json === undefined) return [];
  // Written by enqueueStatement from a statement that passed the rules.
  return [{ statementId, about, createdAt, statement: JSON.parse(json) as Statement }];
}

function toOutgoing({
  log,
  position,
  statementId,
  deployment,
  user,
  json,
  isTest,
  createdAt,
}: OutboxDocument): OutgoingStatement[] {
  if (statementId === undefined || deployment === undefined || user === undefined) return [];
  if (json === undefined || !createdAt) return [];
  const facts = { log, position, statementId, deployment, user, json, createdAt };
  return [{ ...facts, isTest: isTest ?? false }];
}
