// Statements that an LRS refused, one record a destination and statement, with the LRS's own words: exceptions beside the
// cursors. Kept until the LRS takes them at a later try; what was given up stays, with who and why.
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';

export type ParkedState = 'parked' | 'retrying' | 'given-up';

export interface ParkedStatement {
  id: string;
  destination: string;
  statementId: string;
  deployment: string;
  log: string;
  position: number;
  /** The HTTP status it was refused with. */
  status: number;
  /** What the LRS said, cut to a readable length. */
  words: string;
  attempts: number;
  parkedAt: Date;
  state: ParkedState;
  givenUp: { by: string; reason: string; at: Date } | null;
}

type ParkedDocument = Omit<ParkedStatement, 'id'> & { _id: string };

const schema = new mongoose.Schema<ParkedDocument>({
  _id: { type: String, required: true },
  destination: { type: String, required: true },
  statementId: { type: String, required: true },
  deployment: { type: String, required: true },
  log: { type: String, required: true },
  position: { type: Number, required: true },
  status: { type: Number, required: true },
  words: { type: String, default: '' },
  attempts: { type: Number, required: true },
  parkedAt: { type: Date, required: true },
  state: { type: String, required: true },
  givenUp: { type: { by: String, reason: String, at: Date }, _id: false, default: null },
});
schema.index({ state: 1, parkedAt: -1, _id: 1 });
schema.index({ statementId: 1 });
schema.index({ deployment: 1, state: 1, parkedAt: -1, _id: 1 });
schema.index({ destination: 1, state: 1, log: 1, position: 1 });
const ParkedStatementModel = defineModel({
  name: 'ParkedStatement',
  collection: 'parkedStatements',
  schema,
  shardKey: ['_id'],
  scatter: [
    'findParkedPage',
    'listRetrying',
    'markAllRetrying',
    'countParked',
    'deleteParkedOf',
    'deleteParkedAt',
  ],
  people: { by: ['givenUp.by'], otherwise: 'erase-statements.ts: by the statement that is parked' },
});

/** Which parked statements somebody may see or means: all, those of one deployment, of one destination. */
export interface ParkedScope {
  deployment?: string;
  destination?: string;
}

export type Refusal = Pick<
  ParkedStatement,
  'statementId' | 'deployment' | 'log' | 'position' | 'status' | 'words'
>;

/** Parks what a destination refused. Repeatable: what is parked or given up already stays as it is. */
export async function insertParked(options: {
  destination: string;
  refusals: Refusal[];
  now: Date;
}): Promise<void> {
  const { destination, refusals, now } = options;
  for (const refusal of refusals)
    await ParkedStatementModel.updateOne(
      { _id: parkedId(destination, refusal.statementId) },
      {
        $setOnInsert: {
          ...refusal,
          destination,
          attempts: 1,
          parkedAt: now,
          state: 'parked',
          givenUp: null,
        },
      },
      { upsert: true },
    );
}

/** One page, newest first. */
export async function findParkedPage(options: {
  scope: ParkedScope;
  state: 'waiting' | 'given-up';
  skip: number;
  limit: number;
}): Promise<{ parked: ParkedStatement[]; total: number }> {
  const { scope, state, skip, limit } = options;
  const filter = { ...scopeFilter(scope), ...stateFilter(state) };
  const [found, total] = await Promise.all([
    ParkedStatementModel.find(filter).sort({ parkedAt: -1, _id: 1 }).skip(skip).limit(limit).lean(),
    ParkedStatementModel.countDocuments(filter),
  ]);
  return { parked: found.map((document) => toParked(document)), total };
}

/** How many wait for somebody, by destination where one is named. */
export async function countParked(options: { destination?: string }): Promise<number> {
  return ParkedStatementModel.countDocuments({ ...options, ...stateFilter('waiting') });
}

/** True when it was parked or is being retried already; false for what is not there, out of scope or given up. */
export async function markRetrying(options: { id: string; scope: ParkedScope }): Promise<boolean> {
  const { id, scope } = options;
  const { matchedCount } = await ParkedStatementModel.updateOne(
    { _id: id, ...scopeFilter(scope), ...stateFilter('waiting') },
    { $set: { state: 'retrying' } },
  );
  return matchedCount === 1;
}

export async function markAllRetrying(options: { scope: ParkedScope }): Promise<number> {
  const { matchedCount } = await ParkedStatementModel.updateMany(
    { ...scopeFilter(options.scope), state: 'parked' },
    { $set: { state: 'retrying' } },
  );
  return matchedCount;
}

export async function markGivenUp(options: {
  id: string;
  scope: ParkedScope;
  givenUp: { by: string; reason: string; at: Date };
}): Promise<boolean> {
  const { id, scope, givenUp } = options;
  const { matchedCount } = await ParkedStatementModel.updateOne(
    { _id: id, ...scopeFilter(scope), ...stateFilter('waiting') },
    { $set: { state: 'given-up', givenUp } },
  );
  return matchedCount === 1;
}

/** What is to be tried again at a destination, in the order it was written. */
export async function listRetrying(options: {
  destination: string;
  limit: number;
}): Promise<ParkedStatement[]> {
  const found = await ParkedStatementModel.find({
    destination: options.destination,
    state: 'retrying',
  })
    .sort({ log: 1, position: 1 })
    .limit(options.limit)
    .lean();
  return found.map((document) => toParked(document));
}

/** The destination has it now. */
export async function deleteParked(options: { id: string }): Promise<void> {
  await ParkedStatementModel.deleteOne({ _id: options.id });
}

/** Refused once more: parked again, with the newer words; what was given up meanwhile stays so. */
export async function parkAgain(options: {
  id: string;
  status: number;
  words: string;
}): Promise<void> {
  const { id, status, words } = options;
  await ParkedStatementModel.updateOne(
    { _id: id, state: 'retrying' },
    { $set: { state: 'parked', status, words }, $inc: { attempts: 1 } },
  );
}

function parkedId(destination: string, statementId: string): string {
  return `${destination}:${statementId}`;
}

function scopeFilter({ deployment, destination }: ParkedScope): ParkedScope {
  return {
    ...(deployment !== undefined && { deployment }),
    ...(destination !== undefined && { destination }),
  };
}

function stateFilter(state: 'waiting' | 'given-up') {
  const states: ParkedState[] = state === 'waiting' ? ['parked', 'retrying'] : ['given-up'];
  return { state: mongoose.trusted({ $in: states }) };
}

function toParked({ _id, ...rest }: ParkedDocument): ParkedStatement {
  return { id: _id, ...rest };
}

/** For statements that are gone themselves, at whatever destination. */
export async function deleteParkedOf(options: { statementIds: readonly string[] }): Promise<void> {
  const statementIds = mongoose.trusted({ $in: [...options.statementIds] });
  await ParkedStatementModel.deleteMany({ statementId: statementIds });
}

/** What a destination refused that is gone. */
export async function deleteParkedAt(options: { destination: string }): Promise<void> {
  await ParkedStatementModel.deleteMany({ destination: options.destination });
}
