// What a cell of a gradebook file says: a score, nothing, or something that is no score. Decimal commas and points are both
// read; a sign that is no number (letters, words) is never guessed at. Pure.

export type ScoreCell =
  | { is: 'score'; score: number; isPercent: boolean }
  /** No grade, not assigned, or excused. */
  | { is: 'blank' }
  | { is: 'text' };

/** Canvas writes `EX` for excused and `N/A` for not assigned, Moodle `-` for no grade. */
const BLANKS = new Set(['', '-', '–', 'ex', 'n/a']);
/** A decimal sign at the most: a thousands separator would be read as one, and no LMS writes it. */
const NUMBER = /^([+-]?\d{1,7}(?:[.,]\d{1,10})?)\s*(%?)$/;

export function readScore(cell: string): ScoreCell {
  // No-break spaces stand before the percent sign in many languages.
  const text = cell.replace(/[\u00A0\u202F]/g, ' ').trim();
  if (BLANKS.has(text.toLowerCase())) return { is: 'blank' };
  const [, digits, sign] = NUMBER.exec(text) ?? [];
  if (digits === undefined) return { is: 'text' };
  return { is: 'score', score: Number(digits.replace(',', '.')), isPercent: sign === '%' };
}
