// Takes a file from a stream of bytes, piece by piece, so that its size costs no memory. Nothing of it is to be seen before
// the last byte came and its content was recognised.
import { createHash, randomUUID } from 'node:crypto';
import { AppError } from '../http/errors.js';
import { CHUNK_BYTES, deleteChunks, insertChunk } from './file-chunk.model.js';
import { cleanFileName } from './file-name.js';
import { createMediaSniffer, MEDIA_TYPES, type MediaType } from './media-type.js';
import { countFiles, insertFile, type StoredFile } from './stored-file.model.js';

/** Longer than any upload takes, and well below the age at which the sweep takes pieces away. */
const LONGEST_UPLOAD_MS = 30 * 60_000;
const MIB = 1_024 * 1_024;

export interface FileLimits {
  /** Largest file. */
  bytes: number;
  /** Most files of one person in one course. */
  files: number;
}

/**
 * Stores what `content` yields. The record of the file is the one write that is the fact; before it, and after any failure,
 * nothing is visible and the pieces are removed (by the sweep, if the process stops). Throws `file.too-many` (409),
 * `file.too-large` (413), `file.empty` (400), `file.type`, `file.active`, `file.macros` (415), `file.too-slow` (408), and
 * whatever `content` throws.
 */
export async function storeFile(options: {
  /** Whose file it is, and where. */
  owner: { deployment: string; course: string; user: string };
  /** As the browser sent it. */
  name: string | null;
  content: AsyncIterable<Uint8Array>;
  limits: FileLimits;
  now: () => Date;
}): Promise<StoredFile> {
  const { owner, name, content, limits, now } = options;
  const { deployment } = owner;
  if ((await countFiles(owner)) >= limits.files) throw tooMany(limits);
  const id = randomUUID();
  const begunAt = now();
  try {
    const { size, sha256, mediaType } = await receive({
      content,
      limits,
      keep: (number, bytes) => insertChunk({ deployment, file: id, number, bytes, at: begunAt }),
    });
    const at = now();
    if (at.getTime() - begunAt.getTime() > LONGEST_UPLOAD_MS)
      throw new AppError('file.too-slow', { status: 408 });
    const file = {
      id,
      ...owner,
      name: cleanFileName(name, mediaType),
      mediaType,
      size,
      sha256,
      at,
    };
    if (!(await insertFile({ file, places: limits.files }))) throw tooMany(limits);
    return file;
  } catch (error) {
    await deleteChunks({ deployment, file: id });
    throw error;
  }
}

async function receive(options: {
  content: AsyncIterable<Uint8Array>;
  limits: FileLimits;
  keep: (number: number, bytes: Buffer) => Promise<void>;
}): Promise<Pick<StoredFile, 'size' | 'sha256' | 'mediaType'>> {
  const { content, limits, keep } = options;
  const sniffer = createMediaSniffer();
  const hash = createHash('sha256');
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let size = 0;
  let count = 0;
  const flush = async (bytes: Buffer): Promise<void> => {
    sniffer.push(bytes);
    hash.update(bytes);
    await keep(count, bytes);
    count += 1;
  };
  for await (const part of content) {
    size += part.length;
    if (size > limits.bytes) throw tooLarge(limits);
    waiting.push(part);
    waitingBytes += part.length;
    if (waitingBytes < CHUNK_BYTES) continue;
    let all = Buffer.concat(waiting);
    for (; all.length >= CHUNK_BYTES; all = all.subarray(CHUNK_BYTES))
      await flush(all.subarray(0, CHUNK_BYTES));
    waiting = [all];
    waitingBytes = all.length;
  }
  if (size === 0) throw new AppError('file.empty', { status: 400 });
  if (waitingBytes > 0) await flush(Buffer.concat(waiting));
  return { size, sha256: hash.digest('hex'), mediaType: recognise(sniffer.end()) };
}

function recognise(told: ReturnType<ReturnType<typeof createMediaSniffer>['end']>): MediaType {
  if (told === 'active' || told === 'macros') throw new AppError(`file.${told}`, { status: 415 });
  if (told === 'unknown') throw new AppError('file.type', { status: 415 });
  return told;
}

function tooLarge(limits: FileLimits): AppError {
  return new AppError('file.too-large', { status: 413, values: { mib: limits.bytes / MIB } });
}

function tooMany(limits: FileLimits): AppError {
  return new AppError('file.too-many', { status: 409, values: { count: limits.files } });
}

/** Endings for a form's `accept`, as a hint: the content decides. */
export function acceptedEndings(): string {
  return Object.values(MEDIA_TYPES)
    .flat()
    .map((ending) => `.${ending}`)
    .join(',');
}
