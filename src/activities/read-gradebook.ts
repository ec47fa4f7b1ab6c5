// What a gradebook file holds: Canvas's export, told by its headings "Title (12345)" and the row "Points Possible"; Moodle's,
// told by its headings "Title (Real)" in any language; or any table of ids and scores. Says of each column what it is, and
// of those that are left out why. Which person a row is about, match-people.ts decides. Pure.
import { AppError } from '../http/errors.js';
import type { TableRow } from '../tables/table.js';
import type { ActivityKind } from './activity.model.js';
import { readScore } from './read-score.js';

export type GradebookKind = 'canvas' | 'moodle' | 'other';
/** What the ids of a column are: the platform's own, or the school's. */
export type IdKind = 'lms' | 'sis';
export type IgnoredReason = 'total' | 'text' | 'empty' | 'note';

export interface GradebookColumn {
  /** Place in the row, from 0. */
  at: number;
  title: string;
  kind: ActivityKind;
  /** What makes it the same column in the next file: the LMS's id of the assignment, else the heading. */
  key: readonly string[];
  /** Points possible; null where the file does not say. */
  maximum: number | null;
  /** False for what may be a total: it is offered, and not chosen by itself. */
  isSuggested: boolean;
}

export interface Gradebook {
  kind: GradebookKind;
  columns: GradebookColumn[];
  ignored: { title: string; reason: IgnoredReason }[];
  /** Columns that may say who a row is about. */
  idColumns: { at: number; title: string; by: readonly IdKind[] }[];
  people: TableRow[];
}

const MAX_TITLE_CHARACTERS = 300;
const CANVAS_IDS: Record<string, IdKind> = { id: 'lms', 'sis user id': 'sis' };
const CANVAS_TOTAL =
  /(^|\s)(current|final) (score|points|grade)( \([^)]*\))?$|^override (score|grade)$/i;
const MOODLE_TOTAL = /(^|\s)total$|^(total del curso|total du cours|kurs, gesamt)/i;
const HUNDRED = 100;

/** Throws `gradebook.no-scores` (400) for a table that has no column of scores, or no person. */
export function readGradebook(rows: readonly TableRow[]): Gradebook {
  const [head, ...rest] = rows;
  const titles = (head?.cells ?? []).map((cell) => cell.replace(/\s+/g, ' ').trim());
  const book = isCanvas(titles, rest) ? readCanvas(titles, rest) : readOther(titles, rest);
  if (book.columns.length === 0 || book.people.length === 0)
    throw new AppError('gradebook.no-scores', { status: 400 });
  return book;
}

function isCanvas(titles: readonly string[], rows: readonly TableRow[]): boolean {
  return titles.includes('ID') && (titles.includes('Section') || findMaxima(rows) !== undefined);
}

function readCanvas(titles: readonly string[], rows: readonly TableRow[]): Gradebook {
  const maxima = findMaxima(rows);
  // Above it may stand a row that names hidden assignments.
  const people = maxima ? rows.filter(({ row }) => row > maxima.row) : [...rows];
  const book: Gradebook = { kind: 'canvas', columns: [], ignored: [], idColumns: [], people };
  const section = titles.indexOf('Section');
  titles.forEach((heading, at) => {
    const by = CANVAS_IDS[heading.toLowerCase()];
    if (by && at < Math.max(section, 3))
      return book.idColumns.push({ at, title: heading, by: [by] });
    if (at <= section || heading === '') return;
    const [, title = '', id = ''] = /^(.*) \((\d+)\)$/.exec(heading) ?? [];
    const points = readScore(maxima?.cells[at] ?? '');
    const maximum = points.is === 'score' && points.score > 0 ? points.score : null;
    // Canvas writes "(read only)", in the language of the page, where points would stand.
    if (CANVAS_TOTAL.test(heading) || points.is === 'text') return ignore(book, heading, 'total');
    if (id === '') return ignore(book, heading, 'note');
    const reason = contentFault(people, at);
    if (reason !== null) return ignore(book, title || heading, reason);
    book.columns.push({
      at,
      title: cut(title || heading),
      kind: 'assignment',
      key: ['canvas', id],
      maximum,
      isSuggested: true,
    });
  });
  return book;
}

function findMaxima(rows: readonly TableRow[]): TableRow | undefined {
  return rows
    .slice(0, 3)
    .find(({ cells }) => cells.slice(0, 2).some((cell) => /^\s*points possible\s*$/i.test(cell)));
}

function readOther(titles: readonly string[], people: readonly TableRow[]): Gradebook {
  const types = new Set(titles.flatMap((heading) => typeOf(heading) ?? []));
  const isMoodle = types.size > 0;
  const isScore = (heading: string): boolean => [...types].some((type) => heading.endsWith(type));
  const first = isMoodle
    ? titles.findIndex(isScore)
    : titles.findIndex((_, at) => at > 0 && isScoreColumn(people, at) && !looksLikeIds(people, at));
  const kind = isMoodle ? 'moodle' : 'other';
  const book: Gradebook = { kind, columns: [], ignored: [], idColumns: [], people: [...people] };
  titles.forEach((heading, at) => {
    if (first < 0 || at < first) {
      if (heading !== '') book.idColumns.push({ at, title: heading, by: idsOf(heading) });
      return;
    }
    // Moodle's last column is the moment of the download.
    if (isMoodle && !isScore(heading)) return ignore(book, heading, 'note');
    if (heading !== '') addColumn({ book, heading, at });
  });
  return book;
}

function addColumn(options: { book: Gradebook; heading: string; at: number }): void {
  const { book, heading, at } = options;
  const whole = heading.replace(/ \([^()]*\)$/, '');
  const reason = contentFault(book.people, at);
  if (reason !== null) return ignore(book, heading, reason);
  if (MOODLE_TOTAL.test(whole)) return ignore(book, heading, 'total');
  const [, module = '', title = whole] = /^([^:]{1,40}): (.+)$/.exec(whole) ?? [];
  const isPercent = book.people.some(({ cells }) => {
    const cell = readScore(cells[at] ?? '');
    return cell.is === 'score' && cell.isPercent;
  });
  book.columns.push({
    at,
    title: cut(title),
    kind: kindOf(module),
    key: [book.kind, whole],
    maximum: isPercent ? HUNDRED : null,
    isSuggested: book.kind === 'other' || module !== '',
  });
}

/** " (Real)", " (Percentage)" or " (Letter)" in the language of the site, where "Quiz: Title (Real)" tells what it is. */
function typeOf(heading: string): string | null {
  return /^[^:]+: .+( \([^()\d]{3,25}\))$/.exec(heading)?.[1] ?? null;
}

function kindOf(module: string): ActivityKind {
  if (/quiz|test|cuestionario|examen/i.test(module)) return 'quiz';
  return /^(forum|foro)/i.test(module) ? 'discussion' : 'assignment';
}

function idsOf(heading: string): IdKind[] {
  return /^id$|user ?id$/i.test(heading) ? ['lms', 'sis'] : ['sis', 'lms'];
}

function contentFault(people: readonly TableRow[], at: number): IgnoredReason | null {
  const cells = people.map((row) => readScore(row.cells[at] ?? ''));
  if (cells.every(({ is }) => is === 'blank')) return 'empty';
  return cells.some(({ is }) => is === 'score') ? null : 'text';
}

function isScoreColumn(people: readonly TableRow[], at: number): boolean {
  return contentFault(people, at) === null;
}

/** Whole numbers, no two alike, of four digits or more: no test has such scores. */
function looksLikeIds(people: readonly TableRow[], at: number): boolean {
  const cells = people.map(({ cells }) => (cells[at] ?? '').trim()).filter((cell) => cell !== '');
  return new Set(cells).size === cells.length && cells.every((cell) => /^\d{4,}$/.test(cell));
}

function ignore(book: Gradebook, title: string, reason: IgnoredReason): void {
  book.ignored.push({ title: cut(title), reason });
}

function cut(title: string): string {
  return title.slice(0, MAX_TITLE_CHARACTERS);
}
