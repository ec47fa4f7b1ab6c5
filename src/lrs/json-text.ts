// Strict reading of JSON texts, and their outline. JSON.parse alone lets pass what an LRS must not: keys that stand twice,
// numbers that no double holds, nesting without end. The outline gives each part's exact text back, so that what was sent
// is what is kept. Pure.

/** Deeper than any statement needs, and far from what exhausts a stack. */
const DEEPEST = 50;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN = new Set([0x7b, 0x5b]);
const CLOSE = new Set([0x7d, 0x5d]);

/** A text that is no JSON we take; `message` ends a sentence and may be shown. */
export class JsonFault extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'JsonFault';
  }
}

/** UTF-8 bytes as text. Throws JsonFault for bytes that are none. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) throw new JsonFault('It is not UTF-8');
    throw error;
  }
}

/** The value of a JSON text. Throws JsonFault for what is no JSON, is too deep, has a key twice or a number too large. */
export function readJson(text: string): unknown {
  const pairs = measure(text);
  const value = parse(text);
  if (countKeys(value) !== pairs) throw new JsonFault('It has a key twice in one object');
  return value;
}

/** The texts of an array's elements or an object's members (`"key": value`), without the space around them. */
export function splitJson(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = -1;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) index = endOfString(text, index);
    else if (OPEN.has(code)) {
      depth += 1;
      if (depth === 1) start = index + 1;
    } else if (CLOSE.has(code)) {
      depth -= 1;
      if (depth === 0) pushPart(parts, text.slice(start, index));
    } else if (code === COMMA && depth === 1) {
      pushPart(parts, text.slice(start, index));
      start = index + 1;
    }
  }
  return parts;
}

/** The key of a member's text, with escapes read. */
export function memberKey(member: string): string {
  const key = parse(member.slice(0, endOfString(member, 0) + 1));
  return typeof key === 'string' ? key : '';
}

function pushPart(parts: string[], part: string): void {
  const trimmed = part.trim();
  if (trimmed !== '') parts.push(trimmed);
}

/** Counts the colons outside strings, one for each pair of key and value; refuses what is too deep before parsing it. */
function measure(text: string): number {
  let depth = 0;
  let pairs = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) index = endOfString(text, index);
    else if (code === COLON) pairs += 1;
    else if (OPEN.has(code)) {
      depth += 1;
      if (depth > DEEPEST) throw new JsonFault(`It is nested deeper than ${DEEPEST}`);
    } else if (CLOSE.has(code)) depth -= 1;
  }
  return pairs;
}

/** Index of the quotation mark that ends the string beginning at `start`; the text's end for one without. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end;
}

function isEscaped(text: string, index: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(index - 1 - backslashes) === BACKSLASH) backslashes += 1;
  return backslashes % 2 === 1;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new JsonFault(`It is not JSON: ${error.message}`);
    throw error;
  }
}

function countKeys(value: unknown): number {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new JsonFault('It has a number too large to be kept');
  if (typeof value !== 'object' || value === null) return 0;
  const inner: unknown[] = Array.isArray(value) ? value : Object.values(value);
  let count = Array.isArray(value) ? 0 : inner.length;
  for (const one of inner)
    if (typeof one === 'object' || typeof one === 'number') count += countKeys(one);
  return count;
}
