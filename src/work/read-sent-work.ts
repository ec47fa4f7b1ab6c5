// Reads the form of work for review: note, link, file. The fields come before the file, so they are judged before a byte of it
// is kept, and whatever is refused, the page can be drawn again with what was typed.
import type { Request } from 'express';
import { z } from 'zod';
import type { CourseLaunch } from '../activities/complete-object.js';
import { storeFile, type FileLimits } from '../files/store-file.js';
import type { Words } from '../http/catalogue.js';
import { AppError, isAppError } from '../http/errors.js';
import { uploadedFiles } from '../http/read-upload.js';
import type { SentWork } from './send-work.js';

const MAX_NOTE = 2_000;
const MAX_LINK = 2_000;
/** Of a form, besides its file. */
const FORM_BYTES = 256 * 1_024;

const Fields = z.object({
  note: z
    .string()
    .max(MAX_NOTE * 4)
    .catch(''),
  link: z
    .string()
    .max(MAX_LINK * 4)
    .catch(''),
});

export interface TypedWork {
  note: string;
  link: string;
}

export interface RefusedWork {
  status: number;
  typed: TypedWork;
  /** Sentences by field: `note`, `link`, `file`. */
  faults: Partial<Record<'note' | 'link' | 'file', string>>;
}

/** What was sent, its file stored; or why not, with nothing kept. Throws what is no fault of what was sent. */
export async function readSentWork(options: {
  req: Request;
  launch: CourseLaunch;
  limits: FileLimits;
  words: Words;
  now: () => Date;
}): Promise<{ sent: SentWork } | { refused: RefusedWork }> {
  const { req, launch, limits, words, now } = options;
  const fields = Fields.parse(req.body ?? {});
  const typed = { note: fields.note.trim(), link: fields.link.trim() };
  const faults = findFaults(typed, words);
  if (Object.keys(faults).length > 0) return { refused: { status: 400, typed, faults } };
  try {
    const file = await receiveFile({ req, launch, limits, now });
    if (file === null && typed.link === '')
      return { refused: { status: 400, typed, faults: { file: words('work:faults.nothing') } } };
    return { sent: { note: typed.note || null, link: typed.link || null, file } };
  } catch (error) {
    if (!isAppError(error) || !/^(file|upload)\./.test(error.code)) throw error;
    const text = words(`errors:${error.code}.text`, error.values);
    return { refused: { status: error.status, typed, faults: { file: text } } };
  }
}

function findFaults(typed: TypedWork, words: Words): RefusedWork['faults'] {
  const faults: RefusedWork['faults'] = {};
  if (typed.note.length > MAX_NOTE) faults.note = words('work:faults.note', { n: MAX_NOTE });
  if (typed.link !== '' && !isWebAddress(typed.link)) faults.link = words('work:faults.link');
  return faults;
}

async function receiveFile(options: {
  req: Request;
  launch: CourseLaunch;
  limits: FileLimits;
  now: () => Date;
}): Promise<SentWork['file']> {
  const { req, launch, limits, now } = options;
  if (Number(req.get('Content-Length') ?? 0) > limits.bytes + FORM_BYTES)
    throw new AppError('file.too-large', {
      status: 413,
      values: { mib: limits.bytes / 1_024 ** 2 },
    });
  const { deployment, course, user } = launch;
  let stored: SentWork['file'] = null;
  for await (const { field, name, content } of uploadedFiles(req)) {
    if (field !== 'file' || stored !== null) continue;
    const owner = { deployment, course, user };
    const { id, name: kept } = await storeFile({ owner, name, content, limits, now });
    stored = { id, name: kept };
  }
  return stored;
}

/** An address that a browser opens as a page, and that says nobody's password. */
function isWebAddress(text: string): boolean {
  if (text.length > MAX_LINK) return false;
  const url = URL.parse(text);
  return (
    url !== null &&
    ['https:', 'http:'].includes(url.protocol) &&
    url.username === '' &&
    url.password === ''
  );
}
