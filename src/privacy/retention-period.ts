// How long something is kept, and when it goes. Pure: dates in, dates out. Nothing goes sooner than a notice of thirty days after
// somebody asked for it to go sooner, so that a setting made by mistake can be taken back.
export const DAY_MS = 86_400_000;
/** From a shorter setting, or from the announcement of a course, to the first erasure. */
export const NOTICE_MS = 30 * DAY_MS;
export const FEWEST_MONTHS = 12;
export const MOST_MONTHS = 240;
export const MONTHS_A_YEAR = 12;

export interface Period {
  months: number;
  /** Nothing is erased by this period before. */
  from: Date;
}

/** Calendar months in UTC; a day that the month does not have is its last one. Negative for months before. */
export function addMonths(date: Date, months: number): Date {
  const day = date.getUTCDate();
  const moved = new Date(date);
  moved.setUTCDate(1);
  moved.setUTCMonth(moved.getUTCMonth() + months);
  const last = new Date(Date.UTC(moved.getUTCFullYear(), moved.getUTCMonth() + 1, 0)).getUTCDate();
  moved.setUTCDate(Math.min(day, last));
  return moved;
}

/** What a setting becomes; null keeps for ever. To keep longer holds at once, to keep shorter after the notice. */
export function changePeriod(options: {
  before: Period | null;
  months: number | null;
  now: Date;
}): Period | null {
  const { before, months, now } = options;
  if (months === null) return null;
  if (before !== null && months >= before.months) return { months, from: before.from };
  return { months, from: new Date(now.getTime() + NOTICE_MS) };
}

/** Records of a log before this are to go; null while none is. */
export function oldestKept(options: { period: Period | null; now: Date }): Date | null {
  const { period, now } = options;
  return period === null || period.from > now ? null : addMonths(now, -period.months);
}

/**
 * When what learners did in a course was kept long enough: so many months after its end, which is the last activity where the
 * platform names none; never while it is still used, whatever end the platform names.
 */
export function courseDueAt(options: {
  endedAt: Date;
  lastActivityAt: Date;
  period: Period;
}): Date {
  const { endedAt, lastActivityAt, period } = options;
  return latest([addMonths(endedAt, period.months), addNotice(lastActivityAt)]);
}

export function addNotice(date: Date): Date {
  return new Date(date.getTime() + NOTICE_MS);
}

export function latest(dates: readonly [Date, ...Date[]]): Date {
  return new Date(Math.max(...dates.map((date) => date.getTime())));
}
