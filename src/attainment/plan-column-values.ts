// Which values of a column of attainment go to the score queue: those that rose at once, those that fell only at a second look,
// so that nothing that is being computed just now ever lowers a grade. Pure.
import type { ColumnContent } from './attainment-column.model.js';
import type { ColumnValue } from './column-value.model.js';

/** What the best value is. */
export const COLUMN_MAXIMUM = 100;
/** Smaller differences are rounding. */
const ROUNDING = 0.005;

export interface PlannedValues {
  /** To be given to the queue. */
  sent: (ColumnValue & { score: number })[];
  /** To be looked at again. */
  waiting: ColumnValue[];
}

export function planColumnValues(options: {
  content: ColumnContent;
  lineItemUrl: string;
  /** Learners who count today. */
  users: readonly string[];
  /** How many of the column's competencies each has achieved. */
  achieved: ReadonlyMap<string, number>;
  /** How many there are; without any nothing is sent. */
  total: number;
  known: readonly ColumnValue[];
  /** Of the projection: grows with each rebuild. */
  generation: number;
  /** Milliseconds between the two looks at a value that fell. */
  lookAgainMs: number;
  now: Date;
}): PlannedValues {
  const { content, lineItemUrl, users, achieved, total, generation, lookAgainMs, now } = options;
  const planned: PlannedValues = { sent: [], waiting: [] };
  if (total === 0) return planned;
  const known = new Map(options.known.map((one) => [one.user, one]));
  for (const user of users) {
    const before = known.get(user);
    const standing = before?.lineItemUrl === lineItemUrl ? before.score : null;
    const score = scoreOf({ content, achieved: achieved.get(user) ?? 0, total });
    const value = { user, lineItemUrl, revision: (before?.revision ?? 0) + 1, lower: null };
    // Nobody gets a nought for what they have not begun.
    if (standing === null) {
      if (score > 0) planned.sent.push({ ...value, score });
      continue;
    }
    if (Math.abs(score - standing) < ROUNDING) {
      if (before?.lower) planned.waiting.push({ ...before, lower: null });
    } else if (score > standing) planned.sent.push({ ...value, score });
    else if (before && isSeenTwice({ before, score, generation, lookAgainMs, now }))
      planned.sent.push({ ...value, score });
    else if (before && !isSameLower(before, score, generation))
      planned.waiting.push({ ...before, lower: { score, generation, since: now } });
  }
  return planned;
}

function isSeenTwice(options: {
  before: ColumnValue;
  score: number;
  generation: number;
  lookAgainMs: number;
  now: Date;
}): boolean {
  const { before, score, generation, lookAgainMs, now } = options;
  const since = before.lower?.since.getTime() ?? Infinity;
  return isSameLower(before, score, generation) && now.getTime() - since >= lookAgainMs;
}

/** A rebuild in between makes it a first look again. */
function isSameLower({ lower }: ColumnValue, score: number, generation: number): boolean {
  return (
    lower !== null && lower.generation === generation && Math.abs(lower.score - score) < ROUNDING
  );
}

/** Of 100, with two decimals. */
function scoreOf(options: { content: ColumnContent; achieved: number; total: number }): number {
  const { content, achieved, total } = options;
  if (content.kind === 'item') return achieved > 0 ? COLUMN_MAXIMUM : 0;
  return Math.round((achieved / total) * COLUMN_MAXIMUM * 100) / 100;
}
