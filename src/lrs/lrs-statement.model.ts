// Statements as the LRS keeps them: the exact text beside what it is found by. A log: position and `storedUs` have one
// order, and nothing is changed but what follows from other statements (a voiding, keys of a statement referred to).
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';
import { createSequenceLog, readLastPlace } from '../db/sequence-log.js';
import { writeMoment } from '../xapi/moment.js';
import { createGroupedAppend } from './group-appends.js';
import { completeText } from './statement-text.js';

const LOG = 'lrs';
/** A number that no statement follows within this time is given up: its writer was stopped. */
const GIVE_UP_AFTER_MS = 10_000;

/** `live` is shown, `voided` only to those who ask for it, `gap` holds a place without a statement. */
type StatementState = 'live' | 'voided' | 'gap';

interface LrsDocument {
  _id: string;
  log: string;
  position: number;
  state: StatementState;
  statementId?: string;
  /** `stored` in microseconds; strictly increasing with the position. */
  storedUs?: number;
  json?: string;
  /** What it is found by, see statement-search.ts. */
  keys?: string[];
  authorityKey?: string;
  /** Statement that is its object. */
  refersTo?: string;
  /** Statement that it voids. */
  voids?: string;
  voidedBy?: string;
}

type QueryFilter = mongoose.QueryFilter<LrsDocument>;

const schema = new mongoose.Schema<LrsDocument>({
  _id: { type: String, required: true },
  log: { type: String, required: true },
  position: { type: Number, required: true },
  state: { type: String, required: true },
  statementId: String,
  storedUs: Number,
  json: String,
  keys: { type: [String], default: undefined },
  authorityKey: String,
  refersTo: String,
  voids: String,
  voidedBy: String,
});
schema.index({ log: 1, position: 1 }, { unique: true });
schema.index({ log: 1, storedUs: 1 });
schema.index({ log: 1, keys: 1, storedUs: 1 });
schema.index(
  { log: 1, refersTo: 1, position: 1 },
  { partialFilterExpression: { refersTo: { $exists: true } } },
);
const LrsStatementModel = defineModel({
  name: 'LrsStatement',
  collection: 'statements',
  schema,
  shardKey: ['log'],
  people: { otherwise: 'erase-statements.ts: by their ids and by the agents of the person' },
});

/** A statement on its way in. */
export interface LrsEntry {
  statementId: string;
  text: { open: string; hasTimestamp: boolean };
  keys: string[];
  authorityKey: string;
  refersTo: string | null;
  voids: string | null;
}

/** A statement as it is read. */
export interface StoredStatement {
  position: number;
  statementId: string;
  storedUs: number;
  json: string;
  keys: string[];
  authorityKey: string;
  refersTo: string | null;
  voids: string | null;
  isVoided: boolean;
}

interface Sent extends LrsEntry {
  _id: string;
  /** When its request came. */
  now: Date;
}

const sequenceLog = createSequenceLog<Sent>({
  log: LOG,
  giveUpAfterMs: GIVE_UP_AFTER_MS,
  listPositions: async ({ after, limit }) => {
    const found = await LrsStatementModel.find(
      { log: LOG, position: mongoose.trusted({ $gt: after }) },
      { _id: 0, position: 1 },
    )
      .sort({ position: 1 })
      .limit(limit)
      .lean();
    return found.map(({ position }) => position);
  },
  insert: (entries, firstUs) =>
    LrsStatementModel.insertMany(
      entries.map((entry, index) => toDocument(entry, firstUs + index)),
      { ordered: false, lean: true },
    ),
  insertTombstone: ({ position }) => insertGap(position),
});

/** Appends statements in their order; each insert is a fact. Ids that were there already come back. */
export async function appendStatements(options: {
  entries: LrsEntry[];
  now: Date;
}): Promise<{ already: string[] }> {
  const { entries, now } = options;
  const already = await groupedAppend(
    entries.map((entry) => ({ ...entry, _id: idOf(entry.statementId), now })),
  );
  return { already: already.map(({ statementId }) => statementId) };
}

const groupedAppend = createGroupedAppend<Sent>(async (entries) => {
  const [first] = entries;
  if (!first) return [];
  const { duplicates } = await sequenceLog.append({ entries, now: first.now });
  return duplicates;
});

/** Takes back what this request itself appended a moment ago and must not keep; places stay as gaps. */
export async function withdrawStatements(options: { statementIds: string[] }): Promise<void> {
  for (const statementId of options.statementIds) {
    const gone = await LrsStatementModel.findOneAndDelete({
      _id: idOf(statementId),
      log: LOG,
    }).lean();
    if (gone) await insertGap(gone.position);
  }
}

/** Statements by id, voided ones too, in any order. */
export async function listById(options: { statementIds: string[] }): Promise<StoredStatement[]> {
  const { statementIds } = options;
  if (statementIds.length === 0) return [];
  const found = await LrsStatementModel.find({
    _id: mongoose.trusted({ $in: statementIds.map(idOf) }),
    log: LOG,
  }).lean();
  return found.flatMap((document) => toStored(document));
}

export interface StatementFilter {
  /** All of them are kept with a statement. */
  keys: string[];
  afterUs: number | null;
  throughUs: number | null;
  ascending: boolean;
  limit: number;
  /** Reading stops when so much text was read; one statement always comes. */
  maxBytes: number;
}

/** Live statements in the order of `stored`; an index carries filter and order together. */
export async function searchStatements(filter: StatementFilter): Promise<StoredStatement[]> {
  const { ascending, limit, maxBytes } = filter;
  const found: StoredStatement[] = [];
  let bytes = 0;
  const cursor = LrsStatementModel.find(searchFilter(filter))
    .sort({ storedUs: ascending ? 1 : -1 })
    .limit(limit)
    .lean()
    .cursor({ batchSize: Math.min(limit, READ_AT_ONCE) });
  for await (const document of cursor) {
    found.push(...toStored(document));
    bytes += document.json?.length ?? 0;
    if (bytes >= maxBytes) break;
  }
  return found;
}

/** How the engine would search, for tests: plans must not scan or sort. */
export function explainSearch(filter: StatementFilter): Promise<unknown> {
  return LrsStatementModel.find(searchFilter(filter))
    .sort({ storedUs: filter.ascending ? 1 : -1 })
    .limit(filter.limit)
    .explain('executionStats');
}

/** Statements of the log by position, voided ones too; gaps are left out. */
export async function listByPosition(options: LogRange): Promise<StoredStatement[]> {
  const found = await LrsStatementModel.find(rangeFilter(options))
    .sort({ position: 1 })
    .limit(options.limit)
    .lean();
  return found.flatMap((document) => toStored(document));
}

export interface LogRange {
  after: number;
  through: number;
  limit: number;
}

/** What a statement has to do with others. */
export type Reference = Pick<StoredStatement, 'statementId' | 'refersTo' | 'voids'>;

/** The same statements as listByPosition, without their texts. */
export async function listReferences(
  options: LogRange,
): Promise<(Reference & { position: number })[]> {
  const found = await LrsStatementModel.find(rangeFilter(options), { ...REFERENCE, position: 1 })
    .sort({ position: 1 })
    .limit(options.limit)
    .lean();
  return found.map((document) => ({ ...toReference(document), position: document.position }));
}

/** Statements whose object is one of these statements. */
export async function listReferring(options: { statementIds: string[] }): Promise<Reference[]> {
  const { statementIds } = options;
  if (statementIds.length === 0) return [];
  const found = await LrsStatementModel.find(
    { log: LOG, refersTo: mongoose.trusted({ $in: statementIds }) },
    REFERENCE,
  ).lean();
  return found.map((document) => toReference(document));
}

/** Voids a statement unless it voids another itself (Data 2.3.2). Idempotent; a target that is not there yet is left. */
export async function markVoided(options: { target: string; voidedBy: string }): Promise<void> {
  const { target, voidedBy } = options;
  await LrsStatementModel.updateOne(
    { _id: idOf(target), log: LOG, state: 'live', voids: mongoose.trusted({ $exists: false }) },
    { $set: { state: 'voided', voidedBy } },
  );
}

/** Adds keys that a statement is found by through the one it refers to. True when some were new. Idempotent. */
export async function addKeys(options: { statementId: string; keys: string[] }): Promise<boolean> {
  const { statementId, keys } = options;
  const { modifiedCount } = await LrsStatementModel.updateOne(
    { _id: idOf(statementId), log: LOG },
    { $addToSet: { keys: { $each: keys } } },
  );
  return modifiedCount > 0;
}

export interface LogHorizon {
  /** Position up to which nothing is missing and nothing will come. */
  through: number;
  /** `stored` of the last statement that may be shown; later ones could still be overtaken by an earlier one. */
  throughUs: number;
  /** All statements stored before this moment can be read (X-Experience-API-Consistent-Through). */
  consistentUs: number;
}

/** How far the log can be read without missing a statement that is being written. */
export async function readHorizon(options: { now: Date }): Promise<LogHorizon> {
  const { last, lastUs, clockUs } = await readLastPlace({ log: LOG });
  const through = await sequenceLog.findVisibleThrough(options);
  if (through >= last) {
    const consistentUs = Math.max(lastUs, clockUs || options.now.getTime() * MS_US);
    return { through: last, throughUs: lastUs, consistentUs };
  }
  const throughUs = await findStoredUs(through);
  return { through, throughUs, consistentUs: throughUs };
}

const MS_US = 1_000;
const READ_AT_ONCE = 200;
const REFERENCE = { statementId: 1, refersTo: 1, voids: 1 };

function rangeFilter({ after, through }: LogRange): QueryFilter {
  return {
    log: LOG,
    position: mongoose.trusted({ $gt: after, $lte: through }),
    state: mongoose.trusted({ $ne: 'gap' }),
  };
}

async function findStoredUs(through: number): Promise<number> {
  const found = await LrsStatementModel.findOne(
    {
      log: LOG,
      position: mongoose.trusted({ $lte: through }),
      state: mongoose.trusted({ $ne: 'gap' }),
    },
    { storedUs: 1 },
  )
    .sort({ position: -1 })
    .lean();
  return found?.storedUs ?? 0;
}

function searchFilter({ keys, afterUs, throughUs }: StatementFilter) {
  const [first, ...others] = keys;
  const bounds = {
    ...(afterUs !== null && { $gt: afterUs }),
    ...(throughUs !== null && { $lte: throughUs }),
  };
  return {
    log: LOG,
    ...(first !== undefined && { keys: first }),
    // An expression takes no index: left to choose, the engine may enter it by the verb and read every statement that has it.
    ...(others.length > 0 && {
      $and: others.map((key) => ({ $expr: mongoose.trusted({ $in: [key, '$keys'] }) })),
    }),
    ...(Object.keys(bounds).length > 0 && { storedUs: mongoose.trusted(bounds) }),
    state: 'live' as const,
  };
}

function toDocument(sent: Sent & { position: number }, storedUs: number): LrsDocument {
  const { _id, statementId, position, text, keys, authorityKey, refersTo, voids } = sent;
  return {
    _id,
    log: LOG,
    position,
    state: 'live',
    statementId,
    storedUs,
    json: completeText(text, writeMoment(storedUs)),
    keys,
    authorityKey,
    ...(refersTo !== null && { refersTo }),
    ...(voids !== null && { voids }),
  };
}

async function insertGap(position: number): Promise<void> {
  await LrsStatementModel.create({
    _id: `${LOG}:gap:${position}`,
    log: LOG,
    position,
    state: 'gap',
  });
}

function idOf(statementId: string): string {
  return `${LOG}:${statementId}`;
}

function toReference({ statementId = '', refersTo, voids }: Partial<LrsDocument>): Reference {
  return { statementId, refersTo: refersTo ?? null, voids: voids ?? null };
}

function toStored(document: LrsDocument): StoredStatement[] {
  const { statementId, storedUs, json, keys, authorityKey, position, state } = document;
  if (statementId === undefined || storedUs === undefined || json === undefined) return [];
  return [
    {
      position,
      statementId,
      storedUs,
      json,
      keys: keys ?? [],
      authorityKey: authorityKey ?? '',
      refersTo: document.refersTo ?? null,
      voids: document.voids ?? null,
      isVoided: state === 'voided',
    },
  ];
}
