// The one file of a form, taken into the store as it arrives, by the same bounds wherever a form has a file.
import type { Request, RequestHandler } from 'express';
import { AppError } from '../http/errors.js';
import { openUpload, uploadedFiles } from '../http/read-upload.js';
import { storeFile, type FileLimits } from './store-file.js';
import type { StoredFile } from './stored-file.model.js';

/** The store refuses a file at its own limit; the form is read first, so that what was typed beside a huge file is kept. */
const MOST_READ_BYTES = 1_024 ** 3;
/** Of a form, besides its file. */
const FORM_BYTES = 256 * 1_024;

/** Before the guards of a route whose form ends with its file. Throws as openUpload does. */
export function openFileForm(): RequestHandler {
  return openUpload({ fileBytes: MOST_READ_BYTES });
}

/** Stores the file of the form's field; null where none was chosen. Throws as storeFile and uploadedFiles do. */
export async function receiveFile(options: {
  req: Request;
  field: string;
  owner: { deployment: string; course: string; user: string };
  limits: FileLimits;
  now: () => Date;
}): Promise<StoredFile | null> {
  const { req, field, owner, limits, now } = options;
  if (Number(req.get('Content-Length') ?? 0) > limits.bytes + FORM_BYTES)
    throw new AppError('file.too-large', {
      status: 413,
      values: { mib: limits.bytes / 1_024 ** 2 },
    });
  let stored: StoredFile | null = null;
  for await (const { name, content, ...about } of uploadedFiles(req)) {
    if (about.field !== field || stored !== null) continue;
    stored = await storeFile({ owner, name, content, limits, now });
  }
  return stored;
}
