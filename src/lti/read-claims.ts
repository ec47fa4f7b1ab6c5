// Small readers of claim values (pure): texts are trimmed and bounded, an empty text counts as absent, and so does a custom
// parameter whose variable the platform did not fill (`$Name`). Text stays text: pages escape it.
import { refuseClaim } from './refuse.js';

const MAX_ID_CHARACTERS = 255;
const MAX_TEXT_CHARACTERS = 1_000;
const MAX_URL_CHARACTERS = 4_096;
const MAX_LIST = 100;
const MAX_CUSTOM_KEYS = 100;

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object, or an empty one in place of anything else. */
export function asRecord(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

/** An id of the standard: 1 to 255 characters, compared exactly. Throws `lti.claim` otherwise. */
export function readId(value: unknown, claim: string): string {
  if (value === undefined || value === null) throw refuseClaim(claim, 'missing');
  if (typeof value !== 'string' || value === '') throw refuseClaim(claim, 'not a text');
  if (value.length > MAX_ID_CHARACTERS) throw refuseClaim(claim, 'longer than 255 characters');

  if (/[\u0000-\u001f\u007f]/.test(value)) throw refuseClaim(claim, 'holds control characters');
  return value;
}

/** A text for people, or null. Control characters become spaces. */
export function readText(value: unknown): string | null {
  if (typeof value !== 'string') return null;

  const text = value.replace(/[\u0000-\u001f\u007f]+/g, ' ').trim();
  return text === '' ? null : text.slice(0, MAX_TEXT_CHARACTERS);
}

export function readTexts(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((one: unknown) => readText(one) ?? []).slice(0, MAX_LIST);
}

/** An http or https address without user or password, or null (`javascript:` and the like are dropped). */
export function readWebAddress(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > MAX_URL_CHARACTERS) return null;
  const url = URL.parse(value);
  if (!url || !['https:', 'http:'].includes(url.protocol) || url.username || url.password)
    return null;
  return value;
}

export function readDate(value: string | undefined): Date | null {
  if (value === undefined || !/^\d{4}-\d{2}-\d{2}/.test(value)) return null;
  const time = new Date(value);
  return Number.isNaN(time.getTime()) ? null : time;
}

/** A language tag, or `en`. */
export function readLanguage(value: unknown): string {
  if (typeof value !== 'string') return 'en';
  const tag = value.replaceAll('_', '-');
  return /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/.test(tag) ? tag : 'en';
}

/** Custom parameters that have a value. Null and unfilled ones are absent; anything but text is refused. */
export function readCustom(value: unknown): Record<string, string> {
  if (value === undefined || value === null) return {};
  if (!isRecord(value)) throw refuseClaim('custom', 'not an object');
  const entries = Object.entries(value);
  if (entries.length > MAX_CUSTOM_KEYS) throw refuseClaim('custom', 'more than 100 parameters');
  const filled: [string, string][] = [];
  for (const [name, text] of entries) {
    if (text !== null && typeof text !== 'string') throw refuseClaim('custom', 'not a text');
    const read = readText(text);
    // A dot or dollar in a stored name would be read as a path or an operator by some databases.
    if (read !== null && !isUnfilled(read) && /^[A-Za-z0-9_-]{1,100}$/.test(name))
      filled.push([name, read]);
  }
  return Object.fromEntries(filled);
}

/** A platform that cannot expand a variable sends its name: `$Canvas.user.id`. */
function isUnfilled(text: string): boolean {
  return /^\$[A-Za-z]/.test(text);
}
