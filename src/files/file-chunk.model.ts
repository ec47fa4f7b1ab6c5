// The content of stored files, in pieces that fit a document and a little memory. Pieces come before the file's record and
// stay for a moment after it: only the record says that there is a file.
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';

/** Of each piece but the last. */
export const CHUNK_BYTES = 255 * 1_024;

interface FileChunk {
  /** `FILE/NUMBER`. */
  _id: string;
  deployment: string;
  file: string;
  number: number;
  bytes: Buffer;
  /** When the upload began. */
  at: Date;
}

const required = { type: String, required: true };
const schema = new mongoose.Schema<FileChunk>({
  _id: required,
  deployment: required,
  file: required,
  number: { type: Number, required: true },
  bytes: { type: Buffer, required: true },
  at: { type: Date, required: true },
});
schema.index({ deployment: 1, file: 1, number: 1 }, { unique: true });
schema.index({ file: 1 }, { partialFilterExpression: { number: 0 }, name: 'first' });
const ChunkModel = defineModel({
  name: 'FileChunk',
  collection: 'fileChunks',
  schema,
  shardKey: ['deployment'],
  scatter: ['listBegun'],
  backup: 'late',
  people: { otherwise: 'erase-person.ts: by the file whose content it is' },
});

export async function insertChunk(options: {
  deployment: string;
  file: string;
  number: number;
  bytes: Buffer;
  at: Date;
}): Promise<void> {
  await ChunkModel.create({ _id: `${options.file}/${options.number}`, ...options });
}

/** In order; one piece in memory at a time. */
export async function* readChunks(options: {
  deployment: string;
  file: string;
}): AsyncGenerator<Buffer> {
  const { deployment, file } = options;
  const cursor = ChunkModel.find({ deployment, file }, { _id: 0, bytes: 1 })
    .sort({ number: 1 })
    .setOptions({ promoteBuffers: true })
    .lean()
    .cursor({ batchSize: 1 });
  for await (const { bytes } of cursor) yield bytes;
}

export async function deleteChunks(options: { deployment: string; file: string }): Promise<void> {
  const { deployment, file } = options;
  await ChunkModel.deleteMany({ deployment, file });
}

/** Files of which there is a first piece, in order of id from `after` on. */
export async function listBegun(options: {
  after: string;
  limit: number;
}): Promise<{ file: string; deployment: string; at: Date }[]> {
  const { after, limit } = options;
  return ChunkModel.find(
    { number: 0, file: mongoose.trusted({ $gt: after }) },
    { _id: 0, file: 1, deployment: 1, at: 1 },
  )
    .sort({ file: 1 })
    .limit(limit)
    .hint('first')
    .lean();
}
