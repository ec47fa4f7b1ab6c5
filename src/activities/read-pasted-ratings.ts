// Ratings pasted from a spreadsheet: a line a learner, first the code that the grid shows beside the name, then a level for
// each competency in the grid's order. An empty cell leaves a rating as it is. Every fault is named by row and column. Pure.
import { readLevel, type RatingScale } from './rating-scale.js';

export interface PastedRating {
  user: string;
  /** Place of the competency, from 0. */
  column: number;
  level: string;
}

export type PasteFault = 'unknown-learner' | 'same-code' | 'twice' | 'level' | 'too-many-cells';

export interface PastedRatings {
  ratings: PastedRating[];
  /** Rows and columns as a spreadsheet counts, from 1. */
  faults: { row: number; column: number; fault: PasteFault; text: string }[];
}

const SEPARATORS = ['\t', ';', ','];
const LONGEST_QUOTE = 40;

export function readPastedRatings(options: {
  text: string;
  learners: readonly { user: string; code: string }[];
  columns: number;
  scale: RatingScale;
  nameOf: (level: string) => string;
}): PastedRatings {
  const { text, learners, columns, scale, nameOf } = options;
  const byCode = new Map<string, string[]>();
  for (const { user, code } of learners) {
    const key = code.toUpperCase();
    byCode.set(key, [...(byCode.get(key) ?? []), user]);
  }
  const seen = new Set<string>();
  const result: PastedRatings = { ratings: [], faults: [] };
  const blame = (row: number, column: number, fault: PasteFault, cell: string) =>
    result.faults.push({ row, column, fault, text: cell.slice(0, LONGEST_QUOTE) });
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    if (line.trim() === '') continue;
    const row = index + 1;
    const [code = '', ...cells] = splitLine(line);
    const [user, ...others] = byCode.get(code.toUpperCase()) ?? [];
    if (user === undefined) blame(row, 1, 'unknown-learner', code);
    else if (others.length > 0) blame(row, 1, 'same-code', code);
    else if (seen.has(user)) blame(row, 1, 'twice', code);
    if (user !== undefined) seen.add(user);
    for (const [column, cell] of cells.entries()) {
      const level = readLevel({ scale, typed: cell, nameOf });
      if (level === null) continue;
      if (column >= columns) blame(row, column + 2, 'too-many-cells', cell);
      else if (level === undefined) blame(row, column + 2, 'level', cell);
      else if (user !== undefined) result.ratings.push({ user, column, level });
    }
  }
  return result;
}

/** By tabs, as spreadsheets copy; else by semicolons or commas. */
function splitLine(line: string): string[] {
  const separator = SEPARATORS.find((one) => line.includes(one)) ?? '\t';
  return line.split(separator).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
}
