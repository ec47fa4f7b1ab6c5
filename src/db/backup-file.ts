// The form of a backup file: gzip of lines. A header, one line a document (extended JSON, exact types), a trailer with
// counts and a hash over all lines before it, so that a file cut short or changed is known before anything is touched.
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import mongoose from 'mongoose';
import { z } from 'zod';
import { AppError } from '../http/errors.js';

const { BSON } = mongoose.mongo;
const FORMAT = 1;
const OWNER_ONLY = 0o600;

const headerLine = z.object({
  crosswalkBackup: z.literal(FORMAT),
  schemaVersion: z.number().int().positive(),
  app: z.string(),
  createdAt: z.iso.datetime(),
  /** Of the secret that keys in it are encrypted under. */
  secretFingerprint: z.string().nullable(),
});
const documentLine = z.union([
  z.object({ in: z.string().min(1), doc: z.record(z.string(), z.unknown()) }),
  z.object({ in: z.string().min(1), bson: z.base64() }),
]);
const trailerLine = z.object({
  end: z.literal(true),
  counts: z.record(z.string(), z.number().int().nonnegative()),
  sha256: z.string(),
});

export type BackupHeader = Omit<z.infer<typeof headerLine>, 'crosswalkBackup'>;
export interface BackupDocument {
  collection: string;
  document: mongoose.mongo.Document;
}
export interface BackupSummary {
  header: BackupHeader;
  counts: Record<string, number>;
}

/** Streams documents into a new file. Nothing is left behind on failure. Throws `backup.file-exists`, `backup.not-written`. */
export async function writeBackupFile(options: {
  file: string;
  header: BackupHeader;
  documents: AsyncIterable<BackupDocument>;
}): Promise<BackupSummary> {
  const { file, header, documents } = options;
  if (await stat(file).catch(() => null))
    throw new AppError('backup.file-exists', { status: 409, values: { file } });
  const partial = `${file}.partial-${String(process.pid)}`;
  const counts: Record<string, number> = {};
  try {
    await pipeline(
      Readable.from(buildLines({ header, documents, counts })),
      createGzip(),
      createWriteStream(partial, { mode: OWNER_ONLY, flags: 'wx' }),
    );
    await flushToDisk(partial);
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new AppError('backup.not-written', {
      status: 503,
      values: { file, reason: error.message },
      cause: error,
    });
  }
  return { header, counts };
}

/** Reads a whole file without keeping it, and says what is in it. Throws `backup.damaged` or `backup.unreadable`. */
export async function verifyBackupFile(options: { file: string }): Promise<BackupSummary> {
  const { file } = options;
  const hash = createHash('sha256');
  const found: Record<string, number> = {};
  let header: BackupHeader | null = null;
  let trailer: z.infer<typeof trailerLine> | null = null;
  for await (const line of readLines(file)) {
    if (trailer !== null) throw damaged(file, 'something follows its end');
    if (header === null) {
      header = parseLine(headerLine, line, file);
    } else if (line.startsWith('{"end":')) {
      trailer = parseLine(trailerLine, line, file);
      continue;
    } else {
      const { in: collection } = parseLine(documentLine, line, file);
      found[collection] = (found[collection] ?? 0) + 1;
    }
    hash.update(`${line}\n`);
  }
  if (header === null || trailer === null) throw damaged(file, 'its end is missing');
  if (trailer.sha256 !== hash.digest('hex')) throw damaged(file, 'its content was changed');
  for (const [collection, count] of Object.entries(trailer.counts)) {
    if (count !== (found[collection] ?? 0))
      throw damaged(file, `records of ${collection} are missing`);
  }
  return { header, counts: trailer.counts };
}

/** The documents of a verified file, one after the other. */
export async function* readBackupDocuments(options: {
  file: string;
}): AsyncGenerator<BackupDocument> {
  const { file } = options;
  let isHeader = true;
  for await (const line of readLines(file)) {
    if (line.startsWith('{"end":')) return;
    if (!isHeader) yield readDocument(parseLine(documentLine, line, file));
    isHeader = false;
  }
}

async function* buildLines(options: {
  header: BackupHeader;
  documents: AsyncIterable<BackupDocument>;
  counts: Record<string, number>;
}): AsyncGenerator<string> {
  const { header, documents, counts } = options;
  const hash = createHash('sha256');
  const sign = (value: unknown) => {
    const line = `${JSON.stringify(value)}\n`;
    hash.update(line);
    return line;
  };
  yield sign({ crosswalkBackup: FORMAT, ...header });
  for await (const { collection, document } of documents) {
    counts[collection] = (counts[collection] ?? 0) + 1;
    yield sign(
      holdsDollarKey(document)
        ? { in: collection, bson: Buffer.from(BSON.serialize(document)).toString('base64') }
        : { in: collection, doc: BSON.EJSON.serialize(document, { relaxed: false }) },
    );
  }
  yield `${JSON.stringify({ end: true, counts, sha256: hash.digest('hex') })}\n`;
}

function readDocument(line: z.infer<typeof documentLine>): BackupDocument {
  const exact = { promoteValues: false, promoteLongs: false, promoteBuffers: false };
  const document =
    'bson' in line
      ? BSON.deserialize(Buffer.from(line.bson, 'base64'), exact)
      : BSON.EJSON.deserialize(line.doc, { relaxed: false });
  return { collection: line.in, document };
}

/** Extended JSON gives keys that begin with `$` a meaning, so a record that has such keys itself goes as bytes. */
function holdsDollarKey(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsDollarKey);
  if (typeof value !== 'object' || value === null || '_bsontype' in value || value instanceof Date)
    return false;
  return Object.entries(value).some(([key, inner]) => key.startsWith('$') || holdsDollarKey(inner));
}

async function* readLines(file: string): AsyncGenerator<string> {
  const source = createReadStream(file);
  const plain = createGunzip();
  // Errors reach the loop below through `plain`; the promise of the pipeline says the same.
  const flowing = pipeline(source, plain).catch((error: unknown) => plain.destroy(toError(error)));
  try {
    yield* createInterface({ input: plain, crlfDelay: Infinity });
    await flowing;
    if (plain.errored) throw plain.errored;
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) {
      throw new AppError('backup.unreadable', {
        status: 400,
        values: { file, reason: error.message },
        cause: error,
      });
    }
    throw error instanceof AppError ? error : damaged(file, toError(error).message);
  } finally {
    source.destroy();
    plain.destroy();
  }
}

function parseLine<Shape extends z.ZodType>(
  shape: Shape,
  line: string,
  file: string,
): z.infer<Shape> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw damaged(file, 'a line of it cannot be read');
  }
  const parsed = shape.safeParse(value);
  if (!parsed.success) throw damaged(file, 'it is not a backup of this program');
  return parsed.data;
}

async function flushToDisk(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function damaged(file: string, reason: string): AppError {
  return new AppError('backup.damaged', { status: 400, values: { file, reason } });
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
