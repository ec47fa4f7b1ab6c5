// Reads what a platform's services answer (pure): refusals with the platform's own words, JSON that is JSON, and the next
// page of a Link header, also as Moodle writes it (typographic quotes, `&amp;`).
import { AppError } from '../http/errors.js';
import type { OutgoingResponse } from '../outgoing/outgoing-client.js';

const MAX_REASON_CHARACTERS = 200;

/** Throws `lti.service-refused` (502) for a status outside 2xx; its values hold the platform's status. */
export function requireGoodAnswer(answer: OutgoingResponse, url: string): void {
  if (answer.status >= 200 && answer.status < 300) return;
  throw new AppError('lti.service-refused', {
    status: 502,
    values: {
      status: answer.status,
      host: URL.parse(url)?.host ?? '',
      reason: answer.statusText.slice(0, MAX_REASON_CHARACTERS),
      retryAfter: answer.headers['retry-after'] ?? '',
    },
  });
}

/** Throws `lti.service-answer` (502) for what is no JSON, such as an HTML error page with status 200. */
export function readServiceJson(text: string, url: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badAnswer(url, 'not JSON', error);
  }
}

export function badAnswer(url: string, reason: string, cause?: unknown): AppError {
  const values = { host: URL.parse(url)?.host ?? '', reason };
  return new AppError('lti.service-answer', { status: 502, values, cause });
}

/** True for a refusal with that status of the platform. */
export function isRefusedWith(error: unknown, status: number): boolean {
  return (
    error instanceof AppError &&
    error.code === 'lti.service-refused' &&
    error.values['status'] === status
  );
}

/** Address of the next page, absolute; null on the last. */
export function readNextLink(header: string | null, url: string): string | null {
  for (const [, address = '', parameters = ''] of (header ?? '').matchAll(/<([^>]*)>([^<]*)/g)) {
    if (!/;\s*rel\s*=[^\w;,]*next\b/i.test(parameters)) continue;
    return URL.parse(address.replaceAll('&amp;', '&'), url)?.href ?? null;
  }
  return null;
}
