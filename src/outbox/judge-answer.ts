// What an LRS's answer to a batch means for its statements. Pure. Only the ids of the batch prove that it was stored: a
// gateway's friendly page with status 200 proves nothing.
import { readRetryAfterMs } from '../outgoing/retry-after.js';
import type { LrsAnswer } from './lrs-client.js';

const LONGEST_WORDS = 500;
/** The batch, or something in it, will not be taken as it is: malformed, conflicting, too large, unprocessable. */
const REFUSING = [400, 409, 413, 422];
const UNAUTHORISED = [401, 403];

export type Verdict =
  | { kind: 'stored' }
  | { kind: 'refused'; status: number; words: string }
  | { kind: 'later'; status: number; words: string; askedMs: number | null }
  | { kind: 'stop'; status: number; words: string };

/** `ids` are those of the statements that were sent. */
export function judgeAnswer(options: {
  answer: LrsAnswer;
  ids: readonly string[];
  now: Date;
}): Verdict {
  const { answer, ids, now } = options;
  const { status } = answer;
  const words = readWords(answer);
  if (status === 200 && namesAll(answer.text, ids)) return { kind: 'stored' };
  if (REFUSING.includes(status)) return { kind: 'refused', status, words };
  if (UNAUTHORISED.includes(status)) return { kind: 'stop', status, words };
  const askedMs = readRetryAfterMs(answer.headers['retry-after'], now);
  return { kind: 'later', status, words, askedMs };
}

/** The LRS's own words in one readable line; the reason phrase where there are none. */
function readWords(answer: LrsAnswer): string {
  const text = answer.text.replace(/\s+/g, ' ').trim();
  const words = text === '' ? answer.statusText : text;
  return words.length > LONGEST_WORDS ? `${words.slice(0, LONGEST_WORDS)}…` : words;
}

function namesAll(text: string, ids: readonly string[]): boolean {
  const named = readIds(text);
  return ids.every((id) => named.has(id));
}

function readIds(text: string): Set<string> {
  try {
    const value: unknown = JSON.parse(text);
    return new Set(
      Array.isArray(value) ? value.map((id: unknown) => String(id).toLowerCase()) : [],
    );
  } catch {
    return new Set(); // No JSON: then it names nothing.
  }
}
