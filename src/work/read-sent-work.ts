// Reads the form of work for review: note, link, file. The fields come before the file, so they are judged before a byte of it
// is kept, and whatever is refused, the page can be drawn again with what was typed.
import type { Request } from 'express';
import { z } from 'zod';
import type { CourseLaunch } from '../activities/complete-object.js';
import { receiveFile } from '../files/receive-file.js';
import type { FileLimits } from '../files/store-file.js';
import type { Words } from '../http/catalogue.js';
import { isAppError } from '../http/errors.js';
import type { SentWork } from './send-work.js';

const MAX_NOTE = 2_000;
const MAX_LINK = 2_000;

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
    const { deployment, course, user } = launch;
    const owner = { deployment, course, user };
    const stored = await receiveFile({ req, field: 'file', owner, limits, now });
    if (stored === null && typed.link === '')
      return { refused: { status: 400, typed, faults: { file: words('work:faults.nothing') } } };
    const file = stored && { id: stored.id, name: stored.name };
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
