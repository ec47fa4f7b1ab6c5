// The contents of attachments, kept once by their SHA-2, in pieces that a document holds. An upload is written under a name
// of its own and belongs to nobody until its one record is made, which is the fact; what a stop leaves is swept.
import { randomUUID } from 'node:crypto';
import mongoose from 'mongoose';
import { isDuplicateKey } from '../db/duplicate-key.js';
import { defineModel } from '../db/models.js';
import { toBuffer } from './to-buffer.js';

const PIECE_BYTES = 256 * 1024;
const UNUSED_MS = 60 * 60_000;
const NEVER = new Date('9999-01-01T00:00:00Z');
const MOST_ASKED = 1_000;

interface StoredPiece {
  _id: string;
  upload: string;
  number: number;
  content: Buffer;
  /** Far away once the upload belongs to an attachment. */
  expiresAt: Date;
}

interface StoredAttachment {
  /** SHA-2 of the content, in lower case. */
  _id: string;
  upload: string;
  bytes: number;
}

const required = { type: String, required: true };
const pieceSchema = new mongoose.Schema<StoredPiece>({
  _id: required,
  upload: required,
  number: { type: Number, required: true },
  content: { type: Buffer, required: true },
  expiresAt: { type: Date, required: true },
});
pieceSchema.index({ upload: 1, number: 1 }, { unique: true });
pieceSchema.index({ expiresAt: 1 });
const PieceModel = defineModel({
  name: 'LrsAttachmentPiece',
  collection: 'lrsAttachmentPieces',
  people: { otherwise: 'erase-statements.ts: with the attachment whose content it is' },
  schema: pieceSchema,
  shardKey: ['upload'],
  expires: 'expiresAt',
});

const AttachmentModel = defineModel({
  name: 'LrsAttachment',
  collection: 'lrsAttachments',
  people: {
    otherwise: 'erase-statements.ts: with the last statement that declares it',
  },
  schema: new mongoose.Schema<StoredAttachment>({
    _id: required,
    upload: required,
    bytes: { type: Number, required: true },
  }),
  shardKey: ['_id'],
  scatter: ['listAttachments'],
});

/** Writes the content in pieces; nothing shows it yet. What fails half-way leaves none. */
export async function uploadContent(options: {
  content: AsyncIterable<Buffer>;
  now: Date;
}): Promise<{ upload: string; bytes: number }> {
  const { content, now } = options;
  const upload = randomUUID();
  const expiresAt = new Date(now.getTime() + UNUSED_MS);
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let number = 0;
  let bytes = 0;
  const write = async () => {
    if (waitingBytes === 0) return;
    const piece = Buffer.concat(waiting);
    waiting = [];
    waitingBytes = 0;
    await PieceModel.create({
      _id: `${upload}/${String(number)}`,
      upload,
      number,
      content: piece,
      expiresAt,
    });
    number += 1;
  };
  try {
    for await (const part of content) {
      waiting.push(part);
      waitingBytes += part.length;
      bytes += part.length;
      if (waitingBytes >= PIECE_BYTES) await write();
    }
    await write();
    return { upload, bytes };
  } catch (error) {
    await dropUpload({ upload });
    throw error;
  }
}

/** Makes an upload the content of its SHA-2. The same content again changes nothing; what is not used is swept. */
export async function keepUpload(options: {
  sha2: string;
  upload: string;
  bytes: number;
}): Promise<void> {
  const { sha2, upload, bytes } = options;
  await PieceModel.updateMany({ upload }, { $set: { expiresAt: NEVER } });
  try {
    await AttachmentModel.create({ _id: sha2.toLowerCase(), upload, bytes });
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    await PieceModel.deleteMany({ upload });
  }
}

export async function dropUpload(options: { upload: string }): Promise<void> {
  await PieceModel.deleteMany({ upload: options.upload });
}

export interface KeptAttachment {
  sha2: string;
  upload: string;
  bytes: number;
}

/** Those of these contents that are kept. */
export async function listAttachments(options: { sha2s: string[] }): Promise<KeptAttachment[]> {
  const sha2s = options.sha2s.slice(0, MOST_ASKED).map((sha2) => sha2.toLowerCase());
  if (sha2s.length === 0) return [];
  const found = await AttachmentModel.find({ _id: mongoose.trusted({ $in: sha2s }) }).lean();
  return found.map(({ _id, upload, bytes }) => ({ sha2: _id, upload, bytes }));
}

/** The content of an attachment, piece by piece. */
export async function* readContent({ upload }: KeptAttachment): AsyncGenerator<Buffer> {
  const pieces = PieceModel.find({ upload }).sort({ number: 1 }).lean().cursor({ batchSize: 4 });
  for await (const { content } of pieces) yield toBuffer(content);
}

/** The records first: who sends the same content from now on brings it anew. Repeatable. */
export async function deleteAttachments(options: { sha2s: readonly string[] }): Promise<void> {
  const sha2s = [...options.sha2s];
  for (let start = 0; start < sha2s.length; start += MOST_ASKED) {
    const kept = await listAttachments({ sha2s: sha2s.slice(start, start + MOST_ASKED) });
    const ids = mongoose.trusted({ $in: kept.map(({ sha2 }) => sha2) });
    // Until the record is gone nothing is lost by a stop: the pieces are swept as an upload that belongs to nobody.
    const uploads = mongoose.trusted({ $in: kept.map(({ upload }) => upload) });
    await PieceModel.updateMany({ upload: uploads }, { $set: { expiresAt: new Date(0) } });
    await AttachmentModel.deleteMany({ _id: ids });
    await PieceModel.deleteMany({ upload: uploads });
  }
}
