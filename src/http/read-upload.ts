// Forms with files (multipart/form-data, RFC 7578), read as they arrive. The fields before the first file become the body, so
// that the guards of every other form judge this one before a byte of a file is kept: place openUpload before them, and the
// form's hidden fields before its file. What is too large, too many or broken is refused when it is seen, not after it all.
import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy';
import type { Request, RequestHandler } from 'express';
import { dropRest } from './drop-rest.js';
import { AppError } from './errors.js';
import { harmlessFileName } from './file-name.js';

export interface UploadLimits {
  /** Largest file, in bytes. */
  fileBytes: number;
  files: number;
  /** Fields that are no files. */
  fields: number;
  /** Largest value of a field, in bytes. */
  fieldBytes: number;
}

export interface UploadedFile {
  /** The name of the form's field. */
  field: string;
  /** Harmless to show and to store (file-name.ts); null where the browser sent none. */
  name: string | null;
  /** As the browser says, lower case; proves nothing. */
  mediaType: string;
  /** The content, once, piece by piece. Throws `upload.too-large` (413) or `upload.broken` (400). */
  content: AsyncIterable<Buffer>;
}

/** A file read whole, at most `fileBytes`. */
export interface ReadFile extends Omit<UploadedFile, 'content'> {
  bytes: Buffer;
}

type Fields = Record<string, string | string[]>;

interface Upload {
  /** The next file, or null when the form has ended. One not read to its end is left out when the next is asked for. */
  nextFile(): Promise<UploadedFile | null>;
  firstFileOrEnd(): Promise<void>;
  /** Those before the first file. */
  earlyFields(): Fields;
  allFields(): Fields;
}

const DEFAULTS: UploadLimits = {
  fileBytes: 5 * 1024 * 1024,
  files: 1,
  fields: 50,
  fieldBytes: 64 * 1024,
};
/** Heads and borders of the parts of a form. */
const PART_BYTES = 2048;
const LONGEST_HEAD = 16 * 1024;

const uploads = new WeakMap<Request, Upload>();

/**
 * Before the guards of a route with a file. Sets `body` to the fields before the first file; a form without files passes on.
 * Refuses with `upload.too-large` (413) where the sender says so, and with `upload.broken`, `upload.too-many-…`,
 * `upload.field-too-long` (400).
 */
export function openUpload(options: Partial<UploadLimits> = {}): RequestHandler {
  const limits = { ...DEFAULTS, ...options };
  return async (req, res, next) => {
    if (!req.is('multipart/form-data')) return next();
    res.once('finish', () => dropRest(req, res));
    if (Number(req.get('Content-Length') ?? 0) > largestBody(limits)) {
      dropRest(req, res);
      throw tooLarge(limits);
    }
    const upload = startReading(req, limits);
    uploads.set(req, upload);
    await upload.firstFileOrEnd();
    req.body = upload.earlyFields();
    next();
  };
}

/**
 * The files of the form, one after the other as they arrive, for content that is stored while it is read. Fields after the
 * first file join `body` at the end; they never replace one that the guards have judged.
 */
export async function* uploadedFiles(req: Request): AsyncGenerator<UploadedFile> {
  const upload = uploads.get(req);
  if (!upload) return;
  for (;;) {
    const file = await upload.nextFile();
    if (!file) break;
    yield file;
  }
  req.body = upload.allFields();
}

/** All files of the form, each read whole: for tables and other small files. Empty where none was chosen. */
export async function readFiles(req: Request): Promise<ReadFile[]> {
  const files: ReadFile[] = [];
  for await (const { content, ...about } of uploadedFiles(req)) {
    const pieces: Buffer[] = [];
    for await (const piece of content) pieces.push(piece);
    files.push({ ...about, bytes: Buffer.concat(pieces) });
  }
  return files;
}

/** The one file of that field. Throws `upload.none-chosen` (400) with the fields as typed. */
export async function readFile(req: Request, field: string): Promise<ReadFile> {
  const file = (await readFiles(req)).find((one) => one.field === field);
  if (!file) throw new AppError('upload.none-chosen', { status: 400, values: { field } });
  return file;
}

function startReading(req: Request, limits: UploadLimits): Upload {
  const files: UploadedFile[] = [];
  const streams = new Set<BusboyFileStream>();
  const early = new Map<string, string[]>();
  const late = new Map<string, string[]>();
  let seenFile = false;
  let hasEnded = false;
  let failure: AppError | null = null;
  let wake = (): void => undefined;

  const fail = (error: AppError): void => {
    failure ??= error;
    req.unpipe();
    for (const stream of streams) stream.destroy(failure);
    wake();
  };
  const parser = openParser(req, limits);
  parser.on('field', (name, value, _nameCut, isCut) => {
    if (isCut)
      return fail(refusal('upload.field-too-long', { kilobytes: limits.fieldBytes / 1024 }));
    if (name !== '' && !(seenFile && early.has(name))) keep(seenFile ? late : early, name, value);
  });
  parser.on('file', (field, stream, given, _encoding, mediaType) => {
    stream.on('error', () => undefined);
    // A file field in which nobody chose anything is sent without a name, which comes as '' or as none.
    if (!given) return void stream.resume();
    seenFile = true;
    streams.add(stream);
    stream.on('limit', () => fail(tooLarge(limits)));
    stream.once('close', () => {
      streams.delete(stream);
      if (!stream.readableEnded) fail(broken(new Error('a file was not read to its end')));
    });
    const name = harmlessFileName(given);
    files.push({ field, name, mediaType, content: readContent(stream, () => failure) });
    wake();
  });
  parser.on('filesLimit', () => fail(refusal('upload.too-many-files', { files: limits.files })));
  parser.on('fieldsLimit', () =>
    fail(refusal('upload.too-many-fields', { fields: limits.fields })),
  );
  parser.on('error', (cause) => fail(broken(cause)));
  parser.on('finish', () => {
    hasEnded = true;
    wake();
  });
  req.on('error', (cause) => fail(broken(cause)));
  req.once('close', () => {
    if (!req.complete) fail(broken(new Error('the connection was cut')));
  });
  req.pipe(parser);

  const until = async (isThere: () => boolean): Promise<void> => {
    while (!isThere()) {
      if (failure) throw failure;
      await new Promise<void>((resolve) => (wake = resolve));
    }
    if (failure) throw failure;
  };
  return {
    async nextFile() {
      await until(() => {
        // Between two files nothing may stand still: who asks for the next does not read the one before.
        if (files.length === 0) for (const stream of streams) stream.resume();
        return files.length > 0 || hasEnded;
      });
      return files.shift() ?? null;
    },
    firstFileOrEnd: () => until(() => files.length > 0 || hasEnded),
    earlyFields: () => toBody(early),
    allFields: () => toBody([...early, ...late]),
  };
}

function openParser(req: Request, limits: UploadLimits): BusboyInstance {
  const type = req.get('Content-Type') ?? '';
  try {
    return new Busboy({
      headers: { 'content-type': type },
      preservePath: true,
      limits: {
        fileSize: limits.fileBytes,
        files: limits.files,
        fields: limits.fields,
        fieldSize: limits.fieldBytes,
        headerSize: LONGEST_HEAD,
        headerPairs: 32,
      },
    });
  } catch (cause) {
    // Without a boundary no part of the form can be told from the next.
    throw broken(cause);
  }
}

async function* readContent(
  stream: BusboyFileStream,
  failure: () => AppError | null,
): AsyncGenerator<Buffer> {
  try {
    for await (const piece of stream) yield Buffer.from(piece);
  } catch (cause) {
    throw failure() ?? broken(cause);
  }
}

/** A name given twice is a list, as in every other form. */
function keep(fields: Map<string, string[]>, name: string, value: string): void {
  fields.set(name, [...(fields.get(name) ?? []), value]);
}

function toBody(fields: Iterable<[string, string[]]>): Fields {
  return Object.fromEntries(
    [...fields].map(([name, all]) => [name, all.length === 1 ? (all[0] ?? '') : all]),
  );
}

function largestBody(limits: UploadLimits): number {
  const { fileBytes, files, fields, fieldBytes } = limits;
  return files * (fileBytes + PART_BYTES) + fields * (fieldBytes + PART_BYTES);
}

function tooLarge(limits: UploadLimits): AppError {
  const megabytes = Math.max(1, Math.floor(limits.fileBytes / (1024 * 1024)));
  return new AppError('upload.too-large', { status: 413, values: { megabytes } });
}

function refusal(code: string, values: Record<string, number>): AppError {
  return new AppError(code, { status: 400, values });
}

function broken(cause: unknown): AppError {
  return new AppError('upload.broken', { status: 400, cause });
}
