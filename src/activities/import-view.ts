// What the pages of a gradebook file show: its columns and what becomes of them, how people were found, what is left out and
// why. Pure.
import type { Words } from '../http/catalogue.js';
import type { IdWay, UnmatchedRow } from './match-people.js';
import { listWays } from './match-people.js';
import type { ColumnPlan } from './plan-import.js';
import type { GradebookPlan } from './take-gradebook.js';

const MOST_UNMATCHED = 50;

export interface ColumnRow {
  at: number;
  title: string;
  isChosen: boolean;
  isRead: boolean;
  /** "new activity", "“Quiz 1”, as before", … */
  becomes: string;
  maximum: string;
  isMaximumKnown: boolean;
  hasFault: boolean;
  /** "12 new, 3 changed, 1 taken away" */
  scores: string;
  text: string | null;
}

export function buildImportView(options: { plan: GradebookPlan; words: Words; language: string }) {
  const { plan, words, language } = options;
  const { book, matched, columns } = plan;
  const { people, unmatched } = matched;
  const shown = unmatched.slice(0, MOST_UNMATCHED);
  return {
    kind: words(`gradebook:kinds.${book.kind}`),
    rows: columns.map((column) => buildColumn({ column, words, language })),
    matched: words('gradebook:matched', { count: people.length, rows: book.people.length }),
    by: words('gradebook:by', {
      columns: plan.ways.map((way) => nameWay({ plan, way, words })).join(', '),
    }),
    ways: listWays(book).map((way) => ({
      value: wayValue(way),
      name: nameWay({ plan, way, words }),
      isChosen: plan.ways.length === 1 && wayValue(way) === wayValue(plan.ways[0] ?? way),
    })),
    isMixed: plan.ways.length > 1,
    unmatched: shown.map((row) => ({
      row: row.row,
      id: row.id,
      reason: words(`gradebook:unmatched.${row.reason}`),
    })),
    unmatchedCount: unmatched.length,
    unmatchedMore:
      unmatched.length > shown.length
        ? words('gradebook:more', { count: unmatched.length - shown.length })
        : null,
    ignored: book.ignored.map(({ title, reason }) => ({
      title,
      reason: words(`gradebook:ignored.${reason}`),
    })),
  };
}

/** The rows for whom nobody was found, as a table to take along. */
export function unmatchedColumns(words: Words) {
  return [
    { header: words('gradebook:row'), value: ({ row }: UnmatchedRow) => row },
    { header: words('gradebook:id'), value: ({ id }: UnmatchedRow) => id },
    {
      header: words('gradebook:why'),
      value: ({ reason }: UnmatchedRow) => words(`gradebook:unmatched.${reason}`),
    },
  ];
}

function wayValue({ at, by }: IdWay): string {
  return `${at}:${by}`;
}

function nameWay(options: { plan: GradebookPlan; way: IdWay; words: Words }): string {
  const { plan, way, words } = options;
  const { title = '', by = [] } = plan.book.idColumns.find(({ at }) => at === way.at) ?? {};
  return by.length === 1 ? title : words(`gradebook:ways.${way.by}`, { title });
}

function buildColumn(options: { column: ColumnPlan; words: Words; language: string }): ColumnRow {
  const { column: plan, words, language } = options;
  const { column, target, counts, maximum, fault, isChosen } = plan;
  const parts = (['fresh', 'changed', 'same', 'cleared'] as const)
    .filter((kind) => counts[kind] > 0)
    .map((kind) => words(`gradebook:counts.${kind}`, { count: counts[kind] }));
  const title = target.is === 'new' ? column.title : target.activity.title;
  return {
    at: column.at,
    title: column.title,
    isChosen,
    isRead: target.is === 'read',
    becomes: words(`gradebook:becomes.${target.is}`, { title }),
    maximum: maximum === null ? '' : formatPoints(maximum, language),
    isMaximumKnown: column.maximum !== null,
    hasFault: isChosen && fault === 'maximum',
    scores: parts.length > 0 ? parts.join(', ') : words('gradebook:counts.none'),
    text: counts.text > 0 ? words('gradebook:counts.text', { count: counts.text }) : null,
  };
}

/** As it may be typed again: without separators of thousands. */
function formatPoints(points: number, language: string): string {
  return new Intl.NumberFormat(language, {
    useGrouping: false,
    maximumFractionDigits: 5,
    numberingSystem: 'latn',
  }).format(points);
}
