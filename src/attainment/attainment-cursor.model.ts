// How far the projection has read: a position in the statement feed, and for alignments, shortlists, rules and the library the last
// change it has worked in. Read early by a backup, so that a restored projection reads too much rather than too little.
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';
import { repeatUpsert } from '../db/duplicate-key.js';

export interface AttainmentCursor {
  /** Position in the feed. */
  position: number;
  /** Changes up to here are worked in, but for late ones inside the overlap. */
  changedAt: Date | null;
  /** What was worked in lately, by key, at which revision and of when (milliseconds). */
  seen: Record<string, { revision: number; at: number }>;
  /** Grows with each rebuild; a worker that read an older one moves nothing. */
  generation: number;
}

interface StoredCursor extends AttainmentCursor {
  _id: string;
}

export type CursorName = 'feed' | 'alignments' | 'shortlists' | 'rules' | 'library';

const NAMES: readonly CursorName[] = ['feed', 'alignments', 'shortlists', 'rules', 'library'];
const START = { position: 0, changedAt: null, seen: {} };

const schema = new mongoose.Schema<StoredCursor>({
  _id: { type: String, required: true },
  position: { type: Number, required: true },
  changedAt: { type: Date, default: null },
  seen: { type: mongoose.Schema.Types.Mixed, required: true },
  generation: { type: Number, required: true },
});
const CursorModel = defineModel({
  name: 'AttainmentCursor',
  collection: 'attainmentCursors',
  schema,
  shardKey: ['_id'],
  backup: 'early',
  people: 'nothing',
});

/** The cursor; made at the beginning when it is asked for first. */
export async function readCursor(options: { name: CursorName }): Promise<AttainmentCursor> {
  const _id = options.name;
  const found = await CursorModel.findOne({ _id }).lean();
  if (found) return found;
  await repeatUpsert(() =>
    CursorModel.updateOne({ _id }, { $setOnInsert: { ...START, generation: 0 } }, { upsert: true }),
  );
  return { ...START, generation: 0 };
}

/** Moves it, unless a rebuild began meanwhile. */
export async function moveCursor(options: {
  name: CursorName;
  cursor: AttainmentCursor;
}): Promise<void> {
  const { position, changedAt, seen, generation } = options.cursor;
  await CursorModel.updateOne(
    { _id: options.name, generation },
    { $set: { position, changedAt, seen } },
  );
}

/** All of them back to the beginning. */
export async function resetCursors(): Promise<void> {
  for (const _id of NAMES) {
    await repeatUpsert(() =>
      CursorModel.updateOne({ _id }, { $set: START, $inc: { generation: 1 } }, { upsert: true }),
    );
  }
}
