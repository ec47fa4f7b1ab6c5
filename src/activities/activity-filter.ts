// Which of a course's activities a page lists: all, those that count for nothing yet, or those that are new to the person;
// narrowed by words of the title, a page at a time. Also which activity comes next when one was aligned. Pure.
import { z } from 'zod';
import type { Activity } from './activity.model.js';

const SHOWS = ['all', 'unaligned', 'new'] as const;
export type Show = (typeof SHOWS)[number];

/** Rows of a page. */
export const PAGE_SIZE = 50;
const MOST_PAGES = 1_000;

/** What an address says; what it says wrongly is as good as not said. */
export const ActivityFilter = z.object({
  show: z.enum(SHOWS).catch('all'),
  title: z.string().trim().max(200).catch(''),
  page: z.coerce.number().int().min(1).max(MOST_PAGES).catch(1),
});
export type ActivityFilter = z.infer<typeof ActivityFilter>;

interface Listable {
  activity: Pick<Activity, 'id' | 'title'>;
  isAligned: boolean;
  isNew: boolean;
}

export interface ActivityPage<Row extends Listable> {
  rows: Row[];
  /** How many fit the filter, on all pages. */
  total: number;
  page: number;
  pages: number;
  /** How many each choice of `show` lists without words. */
  counts: Record<Show, number>;
}

/** A page beyond the last one is the last one. */
export function pageActivities<Row extends Listable>(options: {
  rows: readonly Row[];
  filter: ActivityFilter;
}): ActivityPage<Row> {
  const { rows, filter } = options;
  const wanted = foldWords(filter.title);
  const shown = rows.filter((row) => isShown(row, filter.show));
  const fitting = shown.filter(({ activity }) => {
    const title = activity.title.toLowerCase();
    return wanted.every((word) => title.includes(word));
  });
  const pages = Math.max(1, Math.ceil(fitting.length / PAGE_SIZE));
  const page = Math.min(filter.page, pages);
  return {
    rows: fitting.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE),
    total: fitting.length,
    page,
    pages,
    counts: {
      all: rows.length,
      unaligned: rows.filter((row) => isShown(row, 'unaligned')).length,
      new: rows.filter((row) => isShown(row, 'new')).length,
    },
  };
}

/** The first that counts for nothing yet behind those given, else from the start; null where all others count for something. */
export function findNextUnaligned<One extends Pick<Activity, 'id'>>(options: {
  activities: readonly One[];
  /** Ids of activities that count for something. */
  aligned: ReadonlySet<string>;
  after: readonly string[];
}): One | null {
  const { activities, aligned, after } = options;
  const left = new Set(after);
  const last = activities.findLastIndex(({ id }) => left.has(id));
  const inTurn = [...activities.slice(last + 1), ...activities.slice(0, last + 1)];
  return inTurn.find(({ id }) => !left.has(id) && !aligned.has(id)) ?? null;
}

function isShown(row: Listable, show: Show): boolean {
  if (show === 'unaligned') return !row.isAligned;
  return show === 'all' || row.isNew;
}

function foldWords(text: string): string[] {
  return text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
}
