// How far the projection has read: a position in the statement feed, and for alignments, rules and the library the last
// change it has worked in. Read early by a backup, so that a restored projection reads too much rather than too little.
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';

export interface AttainmentCursor {
  /** Position in the feed. */
  position: number;
  /** Changes up to here are worked in, but for late ones inside the overlap. */
  changedAt: Date | null;
  /** Inside the overlap: what was worked in, and at which revision. */
  seen: Record<string, number>;
}

interface StoredCursor extends AttainmentCursor {
  _id: string;
}

const schema = new mongoose.Schema<StoredCursor>({
  _id: { type: String, required: true },
  position: { type: Number, required: true },
  changedAt: { type: Date, default: null },
  seen: { type: mongoose.Schema.Types.Mixed, required: true },
});
const CursorModel = defineModel({
  name: 'AttainmentCursor',
  collection: 'attainmentCursors',
  schema,
  shardKey: ['_id'],
  backup: 'early',
});

export type CursorName = 'feed' | 'alignments' | 'rules' | 'library';

/** The cursor, or one at the beginning. */
export async function readCursor(options: { name: CursorName }): Promise<AttainmentCursor> {
  const found = await CursorModel.findOne({ _id: options.name }).lean();
  return found ?? { position: 0, changedAt: null, seen: {} };
}

export async function moveCursor(options: {
  name: CursorName;
  cursor: AttainmentCursor;
}): Promise<void> {
  const { position, changedAt, seen } = options.cursor;
  await CursorModel.updateOne(
    { _id: options.name },
    { $set: { position, changedAt, seen } },
    { upsert: true },
  );
}

/** Back to the beginning. */
export async function resetCursors(): Promise<void> {
  await CursorModel.deleteMany({});
}
