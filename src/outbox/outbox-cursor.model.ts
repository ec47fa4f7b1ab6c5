// How far each destination was told each part of the outbox. Everything up to the position is delivered or parked; what
// comes after may have been sent as well, when a stop came between the answer and this write, and is then sent again.
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';

export interface OutboxCursor {
  position: number;
  /** How many statements the next request holds; null for as many as usual. Halved by trouble, doubled by success. */
  batchSize: number | null;
  /** Answers of status 500 in a row; such a fault may lie in a statement. */
  failures: number;
  failingSince: Date | null;
  /** Until then this part waits, while others go on; null for not at all. */
  retryAt: Date | null;
}

interface CursorDocument extends OutboxCursor {
  _id: string;
  destination: string;
  log: string;
}

const schema = new mongoose.Schema<CursorDocument>({
  _id: { type: String, required: true },
  destination: { type: String, required: true },
  log: { type: String, required: true },
  position: { type: Number, required: true },
  batchSize: { type: Number, default: null },
  failures: { type: Number, default: 0 },
  failingSince: { type: Date, default: null },
  retryAt: { type: Date, default: null },
});
schema.index({ destination: 1, log: 1 });
const OutboxCursorModel = defineModel({
  name: 'OutboxCursor',
  collection: 'outboxCursors',
  schema,
  shardKey: ['_id'],
  scatter: ['listCursors'],
  backup: 'early',
  people: 'nothing',
});

/** The cursor of a part; the beginning where there is none. */
export async function readCursor(options: {
  destination: string;
  log: string;
}): Promise<OutboxCursor> {
  const found = await OutboxCursorModel.findOne({ _id: cursorId(options) }).lean();
  return found ? toCursor(found) : toCursor({});
}

/** The cursors of a destination by part; parts that were never told anything are missing. */
export async function listCursors(options: {
  destination: string;
}): Promise<Map<string, OutboxCursor>> {
  const found = await OutboxCursorModel.find({ destination: options.destination }).lean();
  return new Map(found.map((document) => [document.log, toCursor(document)]));
}

/** Moves a cursor forward, never back, and notes how it went. */
export async function moveCursor(options: {
  destination: string;
  log: string;
  cursor: OutboxCursor;
}): Promise<void> {
  const { destination, log, cursor } = options;
  const { position, ...rest } = cursor;
  await OutboxCursorModel.updateOne(
    { _id: cursorId(options) },
    { $max: { position }, $set: rest, $setOnInsert: { destination, log } },
    { upsert: true },
  );
}

/** Of a destination that is gone. */
export async function deleteCursors(options: { destination: string }): Promise<void> {
  await OutboxCursorModel.deleteMany({ destination: options.destination });
}

function cursorId({ destination, log }: { destination: string; log: string }): string {
  return `${destination}:${log}`;
}

function toCursor(document: Partial<OutboxCursor>): OutboxCursor {
  const { position = 0, batchSize, failures = 0, failingSince, retryAt } = document;
  return {
    position,
    batchSize: batchSize ?? null,
    failures,
    failingSince: failingSince ?? null,
    retryAt: retryAt ?? null,
  };
}
