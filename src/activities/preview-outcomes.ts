// Reads a report of outcomes that waits for a person's word, matches it to this course and plans what it would change.
import type { FrameworkTree } from '../frameworks/framework-tree.js';
import { AppError } from '../http/errors.js';
import { findCourse } from '../lti/course.model.js';
import { listMemberIds } from '../lti/list-member-ids.js';
import type { TableRow } from '../tables/table.js';
import { listActivities, type Activity } from './activity.model.js';
import type { Stage } from './alignment.model.js';
import type { CourseLaunch } from './complete-object.js';
import { readCourseTree } from './course-framework.js';
import { findReportedCourse } from './find-reported-course.js';
import { idOfColumn } from './gradebook-activity.js';
import { readDraftRows } from './gradebook-import.model.js';
import { listWays, matchPeople, type Matched } from './match-people.js';
import { findOutcomeMatches } from './outcome-match.model.js';
import { findTarget } from './plan-import.js';
import {
  chooseCompetencies,
  compareOutcome,
  gatherRatings,
  type OutcomeChange,
  type OutcomeChoice,
  type PlannedOutcome,
} from './plan-outcomes.js';
import { listRatings, type Rating } from './rating.model.js';
import {
  keepCourses,
  readOutcomeReport,
  type OutcomeReport,
  type OutcomeRow,
  type ReportedCourse,
} from './read-outcome-report.js';

export interface OutcomeChoices {
  /** Competency by outcome, null for one that is left out; null before anything was chosen. */
  items: ReadonlyMap<string, string | null> | null;
  /** The report's id of this course, where the person had to say it. */
  reported: string | null;
  /** Stage at which an assessment is aligned that is not aligned yet. */
  stage: Stage;
  term: string;
}

export interface OutcomeRequest {
  launch: CourseLaunch;
  import: string;
  choices: OutcomeChoices;
  /** 0 to 1. */
  passShare: number;
  now: Date;
}

interface PlannedChange extends PlannedOutcome {
  activity: string;
  known: Rating | undefined;
  change: OutcomeChange;
}

export interface OutcomePlan {
  tree: FrameworkTree;
  /** The report's courses; more than one, or one that nobody recognised, has to be chosen from. */
  courses: ReportedCourse[];
  /** Null where somebody has to say which of them this course is. */
  reported: string | null;
  choices: OutcomeChoice[];
  matched: Matched;
  rows: OutcomeRow[];
  /** Rows without points. */
  unread: number;
  ratings: PlannedChange[];
  /** The assessments of the ratings, with what each is here. */
  activities: { id: string; assessment: OutcomeRow['assessment']; known: Activity | null }[];
}

/** More would keep the browser waiting, or make a form that nobody reads. */
const MOST_RATINGS = 20_000;
const MOST_OUTCOMES = 150;
const MOST_ASSESSMENTS = 300;
const NOBODY: Matched = { people: [], unmatched: [] };

/** Throws `gradebook.not-found` (404), `outcomes.empty`, `outcomes.too-many` (400). */
export async function planOutcomes(request: OutcomeRequest): Promise<OutcomePlan> {
  const { launch, import: id, choices, now } = request;
  const { deployment, course, user } = launch;
  const [rows, tree, remembered] = await Promise.all([
    readDraftRows({ deployment, course, import: id, user, now }),
    readCourseTree(launch),
    findOutcomeMatches({ deployment, course }),
  ]);
  const { courses } = readOutcomeReport(rows);
  const said = courses.find((one) => one.id === choices.reported)?.id ?? null;
  const reported = said ?? (await recognise({ launch, courses, remembered: remembered.reported }));
  if (reported === null) return nothingYet(tree, courses);
  const framework = tree.framework.id;
  const report = readOutcomeReport(keepCourses(rows, new Set([reported])).rows);
  if (report.outcomes.length > MOST_OUTCOMES) throw tooMany();
  const outcomes = chooseCompetencies({
    outcomes: report.outcomes,
    tree,
    remembered: new Map(
      remembered.outcomes.flatMap((one) =>
        one.framework === framework ? [[one.outcome, one.item] as const] : [],
      ),
    ),
    chosen: choices.items,
  });
  const members = await listMemberIds({ deployment, course });
  const matched = matchPeople({ book: report.people, ways: listWays(report.people), members });
  const { passShare } = request;
  const people = byStudent(report, matched);
  const gathered = gatherRatings({ rows: report.rows, people, choices: outcomes, passShare });
  const { activities, ratings } = await compareAll({ launch, planned: gathered.ratings });
  return {
    tree,
    courses,
    reported,
    choices: outcomes,
    matched,
    rows: report.rows,
    unread: gathered.unread,
    ratings,
    activities,
  };
}

/** Our id of each student who was found. */
function byStudent(report: OutcomeReport, matched: Matched): Map<string, string> {
  const students = new Map(report.rows.map(({ row, student }) => [row, student]));
  return new Map(matched.people.map(({ row, user }) => [students.get(row.row) ?? '', user]));
}

/** The report's course that this one is; null where only a person can say. Throws `outcomes.other-course` (400). */
async function recognise(options: {
  launch: Pick<CourseLaunch, 'deployment' | 'course'>;
  courses: readonly ReportedCourse[];
  remembered: string | null;
}): Promise<string | null> {
  const { launch, courses, remembered } = options;
  const here = await findCourse(launch);
  const found = findReportedCourse({ courses, here, remembered });
  if (found === 'other') throw new AppError('outcomes.other-course', { status: 400 });
  return found;
}

function nothingYet(tree: FrameworkTree, courses: ReportedCourse[]): OutcomePlan {
  const nothing = { choices: [], rows: [], unread: 0, ratings: [], activities: [] };
  return { tree, courses, reported: null, matched: NOBODY, ...nothing };
}

async function compareAll(options: {
  launch: CourseLaunch;
  planned: readonly PlannedOutcome[];
}): Promise<Pick<OutcomePlan, 'activities' | 'ratings'>> {
  const { launch, planned } = options;
  const { deployment, course } = launch;
  if (planned.length > MOST_RATINGS) throw tooMany();
  const activities = placeAssessments({
    launch,
    assessments: planned.map(({ assessment }) => assessment),
    activities: await listActivities({ deployment, course }),
  });
  if (activities.size > MOST_ASSESSMENTS) throw tooMany();
  const users = [...new Set(planned.map(({ user }) => user))];
  const known = new Map<string, Rating>();
  for (const { id, known: activity } of activities.values()) {
    if (!activity) continue;
    for (const rating of await listRatings({ deployment, course, users, activity: id }))
      known.set(`${id}/${rating.user}/${rating.item}`, rating);
  }
  const ratings = planned.map((one) => {
    const activity = activities.get(keyOf(one.assessment))?.id ?? '';
    const rating = known.get(`${activity}/${one.user}/${one.item}`);
    return { ...one, activity, known: rating, change: compareOutcome(one, rating) };
  });
  return { activities: [...activities.values()], ratings };
}

/** The activity that each assessment is: made from a file before, the only one of its title, or a new one. */
function placeAssessments(options: {
  launch: CourseLaunch;
  assessments: readonly OutcomeRow['assessment'][];
  activities: readonly Activity[];
}): Map<string, OutcomePlan['activities'][number]> {
  const { launch, assessments, activities } = options;
  const placed = new Map<string, OutcomePlan['activities'][number]>();
  const taken = new Set<string>();
  for (const assessment of assessments) {
    if (placed.has(keyOf(assessment))) continue;
    const own = idOfColumn({ launch, column: assessment });
    const free = activities.filter(({ id }) => !taken.has(id));
    const target = findTarget({ column: assessment, id: own, activities: free });
    const known = target.is === 'new' ? null : target.activity;
    const id = known?.id ?? own;
    taken.add(id);
    placed.set(keyOf(assessment), { id, assessment, known });
  }
  return placed;
}

/** The rows of the course alone, where it is recognised already, so that nothing of other courses is kept. */
export async function narrowReport(options: {
  launch: Pick<CourseLaunch, 'deployment' | 'course'>;
  rows: readonly TableRow[];
}): Promise<{ rows: readonly TableRow[]; left: number }> {
  const { launch, rows } = options;
  const { courses } = readOutcomeReport(rows);
  const { reported } = await findOutcomeMatches(launch);
  const found = await recognise({ launch, courses, remembered: reported });
  return found === null ? { rows, left: 0 } : keepCourses(rows, new Set([found]));
}

function keyOf({ key }: OutcomeRow['assessment']): string {
  return JSON.stringify(key);
}

function tooMany(): AppError {
  return new AppError('outcomes.too-many', { status: 400 });
}
