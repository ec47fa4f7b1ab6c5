// What Canvas's report "Outcome Results" says (instructure/canvas-lms, outcome_results_report.rb): one row a student,
// assessment and outcome, or a row a question where an outcome is aligned to questions. Also reads its older form without
// points and ratings. Whom a row is about, match-people.ts decides; which competency an outcome is, a person. Pure.
import { AppError } from '../http/errors.js';
import type { TableRow } from '../tables/table.js';
import type { ActivityKind } from './activity.model.js';
import type { Gradebook } from './read-gradebook.js';
import { readScore } from './read-score.js';

export interface OutcomeRow {
  row: number;
  /** Rows of one student have the same cells of ids, in the order of `idColumns`. */
  student: string;
  /** What makes it the same activity as the gradebook file's column: the assignment's id where its address tells it. */
  assessment: { key: readonly string[]; title: string; kind: ActivityKind };
  outcome: string;
  attempt: number;
  /** Empty where the row is about the assessment as a whole. */
  question: string;
  /** On the outcome's own scale; null where Canvas hides the points. */
  score: number | null;
  possible: number | null;
  mastered: boolean | null;
  /** Points of the outcome's scale from which on it is mastered, and those of the level that was reached. */
  masteryScore: number | null;
  ratingPoints: number | null;
  /** Name of the level that was reached, as the school words it; empty where none was. */
  rating: string;
  /** Null where the row has no date. */
  at: Date | null;
  course: string;
}

export interface ReportedOutcome {
  id: string;
  name: string;
  /** The name that students see, where it is another one. */
  friendlyName: string;
}

export interface ReportedCourse {
  id: string;
  sisId: string;
  name: string;
  rows: number;
}

export interface OutcomeReport {
  rows: OutcomeRow[];
  outcomes: ReportedOutcome[];
  /** In the order of the file. */
  courses: ReportedCourse[];
  /** One row for each student, to be matched as rows of a gradebook are. */
  people: Pick<Gradebook, 'idColumns' | 'people'>;
}

const MOST_CHARACTERS = 300;
/** Without these it is no such report. */
const NEEDED = ['student id', 'learning outcome id', 'learning outcome name', 'outcome score'];
/** The report of assignments calls them so. */
const ALSO_CALLED: Record<string, string> = {
  'assignment title': 'assessment title',
  'assignment id': 'assessment id',
};
const ISO_TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/;

/** True for a table whose first row has the report's headings. */
export function isOutcomeReport(rows: readonly TableRow[]): boolean {
  const places = findPlaces(rows);
  return NEEDED.every((name) => places.has(name));
}

/** Throws `outcomes.empty` (400) for a report without a result, as Canvas writes it where nothing was found. */
export function readOutcomeReport(rows: readonly TableRow[]): OutcomeReport {
  const places = findPlaces(rows);
  const cellOf = (row: TableRow, name: string): string =>
    (row.cells[places.get(name) ?? -1] ?? '').trim().slice(0, MOST_CHARACTERS);
  const outcomes = new Map<string, ReportedOutcome>();
  const courses = new Map<string, ReportedCourse>();
  const people = new Map<string, TableRow>();
  const read: OutcomeRow[] = [];
  for (const row of rows.slice(1)) {
    const cell = (name: string) => cellOf(row, name);
    const outcome = cell('learning outcome id');
    if (outcome === '') continue;
    const one = readRow({ row, outcome, cell });
    read.push(one);
    const course = courses.get(one.course) ?? {
      id: cell('course id'),
      sisId: cell('course sis id'),
      name: cell('course name'),
      rows: 0,
    };
    courses.set(one.course, { ...course, rows: course.rows + 1 });
    if (!people.has(one.student)) people.set(one.student, row);
    if (!outcomes.has(outcome))
      outcomes.set(outcome, {
        id: outcome,
        name: cell('learning outcome name'),
        friendlyName: cell('learning outcome friendly name'),
      });
  }
  if (read.length === 0) throw new AppError('outcomes.empty', { status: 400 });
  return {
    rows: read,
    outcomes: [...outcomes.values()],
    courses: [...courses.values()],
    people: { idColumns: idColumns(places), people: [...people.values()] },
  };
}

/** The report's heading and the rows of the courses that are asked for, with the number of those that were left. */
export function keepCourses(
  rows: readonly TableRow[],
  courses: ReadonlySet<string>,
): { rows: TableRow[]; left: number } {
  const at = findPlaces(rows).get('course id') ?? -1;
  const [head, ...others] = rows;
  const kept = others.filter(({ cells }) => courses.has((cells[at] ?? '').trim()));
  return { rows: head ? [head, ...kept] : kept, left: others.length - kept.length };
}

function readRow(options: {
  row: TableRow;
  outcome: string;
  cell: (name: string) => string;
}): OutcomeRow {
  const { row, outcome, cell } = options;
  const number = (name: string): number | null => {
    const read = readScore(cell(name));
    return read.is === 'score' && !read.isPercent ? read.score : null;
  };
  return {
    row: row.row,
    student: JSON.stringify([cell('student id'), cell('student sis id')]),
    assessment: readAssessment(cell),
    outcome,
    attempt: number('attempt') ?? 0,
    question: cell('assessment question id'),
    score: number('outcome score'),
    possible: number('learning outcome points possible'),
    mastered: readFlag(cell('learning outcome mastered')),
    masteryScore: number('learning outcome mastery score'),
    ratingPoints: number('learning outcome rating points'),
    rating: cell('learning outcome rating'),
    at: readTime(cell('submission date')),
    course: cell('course id'),
  };
}

function readAssessment(cell: (name: string) => string): OutcomeRow['assessment'] {
  const [, assignment] = /\/assignments\/(\d+)/.exec(cell('assignment url')) ?? [];
  const type = cell('assessment type').toLowerCase();
  const id = cell('assessment id');
  return {
    key: assignment === undefined ? [`canvas-${type || 'assessment'}`, id] : ['canvas', assignment],
    title: cell('assessment title') || id,
    kind: type.includes('quiz') ? 'quiz' : 'assignment',
  };
}

function findPlaces(rows: readonly TableRow[]): Map<string, number> {
  const titles = (rows[0]?.cells ?? []).map((cell) => cell.trim().toLowerCase());
  const named = titles.map((title, at) => [ALSO_CALLED[title] ?? title, at] as const);
  return new Map(named.reverse());
}

function idColumns(places: ReadonlyMap<string, number>): Gradebook['idColumns'] {
  const ways = [
    { title: 'student id', by: ['lms'] },
    { title: 'student sis id', by: ['sis'] },
  ] as const;
  return ways.flatMap(({ title, by }) => {
    const at = places.get(title);
    return at === undefined ? [] : [{ at, title, by }];
  });
}

function readFlag(cell: string): boolean | null {
  if (cell === '1' || cell.toLowerCase() === 'true') return true;
  return cell === '0' || cell.toLowerCase() === 'false' ? false : null;
}

function readTime(cell: string): Date | null {
  const time = ISO_TIME.test(cell) ? Date.parse(cell) : Number.NaN;
  return Number.isNaN(time) || time < 0 ? null : new Date(time);
}
