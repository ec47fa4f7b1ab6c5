// How much the LRS takes at once, and the refusal of more: in words that name the limit and the setting that sets it. Pure.
import type { Config } from '../config.js';
import { AppError } from '../http/errors.js';
import type { BodyLimit } from './lrs-request.js';

/** Bytes, but for the number of statements in a batch. */
export type LrsLimits = Config['lrsLimits'];

const SETTINGS: Record<keyof LrsLimits, string> = {
  statement: 'CROSSWALK_LRS_STATEMENT_KB',
  batch: 'CROSSWALK_LRS_BATCH',
  request: 'CROSSWALK_LRS_REQUEST_MB',
  attachment: 'CROSSWALK_LRS_ATTACHMENT_MB',
  upload: 'CROSSWALK_LRS_UPLOAD_MB',
  document: 'CROSSWALK_LRS_DOCUMENT_MB',
};
const KB_BYTES = 1_024;
const MB_BYTES = KB_BYTES * KB_BYTES;

/** `lrs.too-large` (413), so that a sender may send less at once. `what` begins the sentence. */
export function overLimit(options: {
  what: string;
  limits: LrsLimits;
  name: keyof LrsLimits;
}): AppError {
  const { what, limits, name } = options;
  const most = limits[name];
  const limit = name === 'batch' ? `${String(most)} statements` : writeBytes(most);
  return new AppError('lrs.too-large', {
    status: 413,
    values: { what, limit, setting: SETTINGS[name] },
  });
}

export function bodyLimit(options: Parameters<typeof overLimit>[0]): BodyLimit {
  return { maxBytes: options.limits[options.name], refusal: () => overLimit(options) };
}

function writeBytes(bytes: number): string {
  return bytes % MB_BYTES === 0
    ? `${String(bytes / MB_BYTES)} MB`
    : `${String(Math.round(bytes / KB_BYTES))} kB`;
}
