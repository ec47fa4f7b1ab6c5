// The gradebook as a file, as Canvas and Moodle export it: also the columns that no tool is shown through LTI. Layouts: Canvas's
// lib/gradebook_exporter.rb, Moodle's grade/export. Pure.
import type { DemoMode } from './demo-addresses.js';
import { isLearner, type DemoCourse } from './demo-course.js';
import type { DemoRecords } from './demo-records.js';
import { listLineItems } from './line-items.js';
import { findScore } from './scores.js';

interface Column {
  id: string;
  title: string;
  scoreMaximum: number;
  scoreOf: (learner: string) => number | null;
}

type Cell = string | number;

/** CSV with the line ends of RFC 4180, in UTF-8. `downloadedAt` is the last column of Moodle's file. */
export function writeGradebookFile(options: {
  course: DemoCourse;
  records: Readonly<DemoRecords>;
  mode: DemoMode;
  downloadedAt: Date;
}): string {
  const { course, records, mode, downloadedAt } = options;
  const columns = listColumns(course, records);
  const rows =
    mode === 'moodle'
      ? moodleRows({ course, columns, downloadedAt })
      : canvasRows({ course, columns });
  return rows.map((row) => `${row.map(quote).join(',')}\r\n`).join('');
}

function listColumns(course: DemoCourse, records: Readonly<DemoRecords>): Column[] {
  const sent = listLineItems(records, { courseId: course.id }).map(
    ({ id, label, scoreMaximum }): Column => ({
      id,
      title: label,
      scoreMaximum,
      scoreOf(learner) {
        const score = findScore(records, { lineItem: id, userId: learner });
        return score?.override ?? score?.resultScore ?? null;
      },
    }),
  );
  const own = course.assignments.map(({ id, title, scoreMaximum, scores }): Column => ({
    id,
    title,
    scoreMaximum,
    scoreOf: (learner) => scores[learner] ?? null,
  }));
  return [...own, ...sent];
}

function canvasRows({ course, columns }: { course: DemoCourse; columns: Column[] }): Cell[][] {
  const heads = columns.map(({ id, title }) => `${title} (${id})`);
  const points = columns.map(({ scoreMaximum }) => scoreMaximum.toFixed(2));
  return [
    ['Student', 'ID', 'SIS User ID', 'SIS Login ID', 'Section', ...heads, 'Final Score'],
    ['    Points Possible', '', '', '', '', ...points, '(read only)'],
    ...course.people
      .filter(isLearner)
      .map(({ id, displayName, sisId }) => [
        displayName,
        id,
        sisId ?? '',
        `user${id}`,
        course.label,
        ...columns.map((column) => column.scoreOf(id)?.toFixed(2) ?? ''),
        total(columns, id),
      ]),
  ];
}

function moodleRows(options: {
  course: DemoCourse;
  columns: Column[];
  downloadedAt: Date;
}): Cell[][] {
  const { course, columns, downloadedAt } = options;
  const seconds = Math.floor(downloadedAt.getTime() / 1_000);
  return [
    [
      'First name',
      'Last name',
      'ID number',
      'Institution',
      'Department',
      'Email address',
      ...columns.map(({ title }) => `Assignment: ${title} (Real)`),
      'Course total (Real)',
      'Last downloaded from this course',
    ],
    ...course.people
      .filter(isLearner)
      .map((person) => [
        person.givenName ?? person.displayName,
        person.familyName ?? '',
        person.sisId ?? '',
        '',
        '',
        person.email ?? '',
        ...columns.map((column) => column.scoreOf(person.id)?.toFixed(2) ?? '-'),
        total(columns, person.id) || '-',
        seconds,
      ]),
  ];
}

/** In percent of what was graded; empty where nothing was. */
function total(columns: readonly Column[], learner: string): string {
  const graded = columns.filter((column) => column.scoreOf(learner) !== null);
  const possible = graded.reduce((sum, { scoreMaximum }) => sum + scoreMaximum, 0);
  const reached = graded.reduce((sum, column) => sum + (column.scoreOf(learner) ?? 0), 0);
  return possible === 0 ? '' : ((100 * reached) / possible).toFixed(2);
}

function quote(cell: Cell): string {
  const text = String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
