// Words of a text for searching, their trigrams, and how near two words are. Pure; the same for what is stored and what
// is typed.

const MAX_WORDS = 400;
const MAX_WORD_CHARACTERS = 40;
const STOP_WORDS = new Set(
  'a an and are as at be by for from how in into is it its of on or our such that the their this to using what when where which who with you your'.split(
    ' ',
  ),
);

/** Distinct words in lower case without accents, in order of appearance; one-letter and filler words are left out. */
export function readWords(text: string): string[] {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const found = new Set<string>();
  for (const [word] of plain.matchAll(/[\p{L}\p{N}]+/gu)) {
    if (word.length < 2 || STOP_WORDS.has(word)) continue;
    found.add(word.slice(0, MAX_WORD_CHARACTERS));
    if (found.size >= MAX_WORDS) break;
  }
  return [...found];
}

/** Every three letters in a row, the word's borders as spaces: ` co`, `cod`, `odi`, …, `ng `. */
export function trigramsOf(word: string): string[] {
  const padded = ` ${word} `;
  const found = new Set<string>();
  for (let at = 0; at + 3 <= padded.length; at += 1) found.add(padded.slice(at, at + 3));
  return [...found];
}

/** How many typing errors a word of this length may have and still be meant: none up to 3 letters, one up to 7, then two. */
export function allowedErrors(word: string): number {
  if (word.length <= 3) return 0;
  return word.length <= 7 ? 1 : 2;
}

/** True when `b` is `a` with as many letters wrong, missing, added or swapped as `a` may have. */
export function isNearWord(a: string, b: string): boolean {
  return countErrors({ a, b, limit: allowedErrors(a) }) <= allowedErrors(a);
}

/** Letters to change, drop, add or swap with their neighbour; stops counting above the limit. */
export function countErrors(options: { a: string; b: string; limit: number }): number {
  const { a, b, limit } = options;
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1)
      current.push(errorsAt({ a, b, row, column, current, last, beforeLast }));
    if (Math.min(...current) > limit) return limit + 1;
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? limit + 1;
}

function errorsAt(cell: {
  a: string;
  b: string;
  row: number;
  column: number;
  current: number[];
  last: number[];
  beforeLast: number[];
}): number {
  const { a, b, row, column, current, last, beforeLast } = cell;
  const isSame = a[row - 1] === b[column - 1];
  const changed = (last[column - 1] ?? 0) + (isSame ? 0 : 1);
  const best = Math.min(changed, (last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1);
  const isSwapped =
    row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
  return isSwapped ? Math.min(best, (beforeLast[column - 2] ?? 0) + 1) : best;
}
