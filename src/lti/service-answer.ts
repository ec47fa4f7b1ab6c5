// Reads what a platform's services answer (pure): refusals with the platform's own words, whether they may pass, JSON that
// is JSON, and the next page of a Link header, also as Moodle writes it (typographic quotes, `&amp;`).
import { STATUS_CODES } from 'node:http';
import { AppError } from '../http/errors.js';
import type { OutgoingResponse } from '../outgoing/outgoing-client.js';

const MAX_REASON_CHARACTERS = 200;
/** What an administrator or a change of the course must mend: asking again changes nothing. */
const PERMANENT_STATUSES = [400, 403, 404, 405, 406, 410, 413, 415, 422];
const PERMANENT_CODES = ['lti.service-missing', 'lti.service-host', 'lti.score'];
/** Canvas refuses for its rate limit with 403. */
const RATE_LIMIT = /rate limit/i;

/** Throws `lti.service-refused` (502) for a status outside 2xx; its values hold the platform's status and words. */
export function requireGoodAnswer(answer: OutgoingResponse, url: string): void {
  if (answer.status >= 200 && answer.status < 300) return;
  throw new AppError('lti.service-refused', {
    status: 502,
    values: {
      status: answer.status,
      host: URL.parse(url)?.host ?? '',
      reason: readReason(answer),
      retryAfter: answer.headers['retry-after'] ?? '',
    },
  });
}

/** Throws `lti.service-answer` (502) for what is no JSON, such as an HTML error page with status 200. */
export function readServiceJson(text: string, url: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badAnswer(url, isHtml(text) ? 'an HTML page in place of JSON' : 'not JSON', error);
  }
}

export function badAnswer(url: string, reason: string, cause?: unknown): AppError {
  const values = { host: URL.parse(url)?.host ?? '', reason };
  return new AppError('lti.service-answer', { status: 502, values, cause });
}

/** True for a refusal with one of those statuses of the platform. */
export function isRefusedWith(error: unknown, ...statuses: number[]): boolean {
  return (
    error instanceof AppError &&
    error.code === 'lti.service-refused' &&
    statuses.some((status) => error.values['status'] === status)
  );
}

/** False where the same call may succeed later: the platform is busy, broken or not reached. */
export function isPermanent(error: unknown): boolean {
  if (!(error instanceof AppError)) return false;
  if (isRefusedWith(error, 403) && RATE_LIMIT.test(String(error.values['reason']))) return false;
  return PERMANENT_CODES.includes(error.code) || isRefusedWith(error, ...PERMANENT_STATUSES);
}

/** What an instructor or administrator reads of a call that failed: the platform's status and words, else our code. */
export function describeServiceError(error: unknown): string {
  if (!(error instanceof AppError)) return 'an unexpected error';
  const { status, reason } = error.values;
  if (error.code === 'lti.service-refused') return `${status} ${reason}`.trim();
  return typeof reason === 'string' && reason !== '' ? `${error.code}: ${reason}` : error.code;
}

/** Address of the next page, absolute; null on the last. */
export function readNextLink(header: string | null, url: string): string | null {
  for (const [, address = '', parameters = ''] of (header ?? '').matchAll(/<([^>]*)>([^<]*)/g)) {
    if (!/;\s*rel\s*=[^\w;,]*next\b/i.test(parameters)) continue;
    return URL.parse(address.replaceAll('&amp;', '&'), url)?.href ?? null;
  }
  return null;
}

/** The phrase beside the status where it says something (Moodle), else words of the body (Canvas, Blackboard). */
function readReason({ status, statusText, text }: OutgoingResponse): string {
  const phrase = statusText === STATUS_CODES[status] ? '' : statusText;
  return tidy(phrase) || tidy(readBodyWords(text)) || statusText;
}

/** Moodle repeats the whole score in its phrase: from the first brace on it is ours, and personal. */
function tidy(words: string): string {
  const [own = ''] = words.split(/[{[]/);
  return own
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, MAX_REASON_CHARACTERS);
}

function readBodyWords(text: string): string {
  if (isHtml(text)) return 'an HTML error page';
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return text; // Plain text, such as Canvas's "403 Forbidden (Rate Limit Exceeded)".
  }
  return findWords(body);
}

function findWords(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return findWords(value[0]);
  if (typeof value !== 'object' || value === null) return '';
  const fields = new Map<string, unknown>(Object.entries(value));
  for (const name of ['message', 'error_description', 'errors', 'error', 'detail', 'title']) {
    const found = findWords(fields.get(name));
    if (found !== '') return found;
  }
  return '';
}

function isHtml(text: string): boolean {
  return /^\s*<(!doctype|html|head|body|h1)/i.test(text);
}
