// Brings a gradebook file in: read and match, plan, and on the person's word write activities and results. The results are
// the fact; the job that reads results tells them to the outbox, so that a thousand scores keep nobody waiting. Taking the
// same file again changes nothing, and a second confirmation finds the first.
import { AppError } from '../http/errors.js';
import { listMemberIds, type MemberIds } from '../lti/list-member-ids.js';
import type { TableRow } from '../tables/table.js';
import { listActivities, recordActivities } from './activity.model.js';
import { buildResultState } from './build-result-state.js';
import type { CourseLaunch } from './complete-object.js';
import { factsOfColumn, idOfColumn } from './gradebook-activity.js';
import {
  claimDraft,
  finishImport,
  markUndone,
  readDraftRows,
  releaseDraft,
} from './gradebook-import.model.js';
import { chooseWays, matchPeople, type IdWay, type Matched } from './match-people.js';
import { nextResult } from './next-result.js';
import {
  findTarget,
  planColumn,
  type ColumnChoice,
  type ColumnPlan,
  type PlannedScore,
} from './plan-import.js';
import { readGradebook, type Gradebook } from './read-gradebook.js';
import {
  advanceResults,
  listImportedResults,
  listResultStates,
  type ResultState,
} from './result-state.model.js';
import type { StatementSource } from './statement-source.js';

export interface ImportChoices {
  /** By place of the column; null before anything was chosen. */
  columns: ReadonlyMap<number, ColumnChoice> | null;
  way: IdWay | null;
  /** The day the scores are of; null for today. */
  at: Date | null;
  term: string;
}

export interface ImportRequest {
  launch: CourseLaunch;
  import: string;
  choices: ImportChoices;
  /** 0 to 1. */
  passShare: number;
  now: Date;
}

export interface GradebookPlan {
  book: Gradebook;
  ways: IdWay[];
  matched: Matched;
  members: MemberIds[];
  columns: ColumnPlan[];
}

/** More scores at once would keep the browser waiting. */
const MOST_SCORES = 50_000;
const UNDONE_AT_ONCE = 1_000;

export async function planGradebook(request: ImportRequest): Promise<GradebookPlan> {
  const { launch, import: id, now } = request;
  const { deployment, course, user } = launch;
  const rows = await readDraftRows({ deployment, course, import: id, user, now });
  return planRows({ ...request, rows });
}

async function planRows(
  request: ImportRequest & { rows: readonly TableRow[] },
): Promise<GradebookPlan> {
  const { launch, choices, passShare, now, rows } = request;
  const { deployment, course } = launch;
  const book = readGradebook(rows);
  const [members, activities] = await Promise.all([
    listMemberIds({ deployment, course }),
    listActivities({ deployment, course }),
  ]);
  const ways = choices.way ? [choices.way] : chooseWays(book, members);
  const matched = matchPeople({ book, ways, members });
  const users = matched.people.map(({ user }) => user);
  const columns: ColumnPlan[] = [];
  for (const column of book.columns) {
    const target = findTarget({ column, id: idOfColumn({ launch, column }), activities });
    const states =
      target.is === 'known'
        ? await listResultStates({ deployment, activity: target.activity.id, users })
        : new Map<string, ResultState>();
    const choice = choices.columns && (choices.columns.get(column.at) ?? NOT_CHOSEN);
    const { at } = choices;
    const of = { column, target, choice, people: matched.people, states, at, passShare, now };
    columns.push(planColumn(of));
  }
  return { book, ways, matched, members, columns };
}

const NOT_CHOSEN: ColumnChoice = { isChosen: false, maximum: null };

/**
 * False where it was taken in already, or is being taken. Throws `gradebook.nothing-chosen`, `gradebook.maximum` or
 * `gradebook.too-many` (400), and then nothing is written; `gradebook.busy` (409), and then it can be repeated.
 */
export async function takeGradebook(
  request: ImportRequest & { source: StatementSource; url: string },
): Promise<boolean> {
  const { launch, import: id, now } = request;
  const { deployment, course, user } = launch;
  const of = { deployment, course, import: id };
  if (!(await claimDraft({ ...of, user, now }))) return false;
  try {
    const chosen = chosenOf(await planGradebook(request));
    const counts = await writeColumns({ ...request, chosen });
    const { term } = request.choices;
    await finishImport({ ...of, counts, activities: chosen.length, term, now });
    return true;
  } catch (error) {
    await releaseDraft(of);
    throw error;
  }
}

function chosenOf(plan: GradebookPlan): ColumnPlan[] {
  const chosen = plan.columns.filter(({ isChosen }) => isChosen);
  if (chosen.length === 0) throw new AppError('gradebook.nothing-chosen', { status: 400 });
  const faulty = chosen.find(({ fault }) => fault !== null);
  if (faulty)
    throw new AppError('gradebook.maximum', {
      status: 400,
      values: { title: faulty.column.title },
      fields: { [`maximum.${faulty.column.at}`]: faulty.column.title },
    });
  const scores = chosen.reduce((sum, one) => sum + one.scores.length, 0);
  if (scores > MOST_SCORES)
    throw new AppError('gradebook.too-many', { status: 400, values: { limit: MOST_SCORES } });
  return chosen;
}

async function writeColumns(
  request: ImportRequest & { source: StatementSource; url: string; chosen: ColumnPlan[] },
): Promise<{ fresh: number; changed: number; cleared: number }> {
  const { launch, chosen, url, now } = request;
  // Those that such a file made before take its newest titles.
  const own = chosen.filter(
    ({ target, column }) =>
      target.is === 'new' || target.activity.id === idOfColumn({ launch, column }),
  );
  const facts = own.map(({ column }) => factsOfColumn({ launch, column }));
  await recordActivities({ facts, url, now });
  const total = { fresh: 0, changed: 0, cleared: 0 };
  for (const plan of chosen) {
    const { column, target, scores, counts } = plan;
    const activity = target.is === 'new' ? idOfColumn({ launch, column }) : target.activity.id;
    const next: ResultState[] = [];
    for (const score of scores) next.push(await toState({ ...request, activity, score }));
    await advanceAll(next);
    total.fresh += counts.fresh;
    total.changed += counts.changed;
    total.cleared += counts.cleared;
  }
  return total;
}

function toState(
  options: ImportRequest & { source: StatementSource; activity: string; score: PlannedScore },
): Promise<ResultState> {
  const { launch, import: id, source, activity, score, now } = options;
  const { deployment, course, user: by } = launch;
  const { user, known, change } = score;
  const before =
    known === null || known.score === null
      ? null
      : { score: known.score, maximum: known.maximum, at: known.at };
  return buildResultState({
    source,
    place: { deployment, course, activity, user },
    change,
    imported: { import: id, by, at: now, before },
  });
}

/** Brings back what stood before, where nothing newer has changed it. Repeatable. Throws `gradebook.busy` (409). */
export async function undoGradebook(options: {
  launch: CourseLaunch;
  import: string;
  source: StatementSource;
  passShare: number;
  now: Date;
}): Promise<void> {
  const { launch, import: id, source, passShare, now } = options;
  const { deployment, course } = launch;
  for (let after: string | null = ''; after !== null;) {
    const page = await listImportedResults({
      deployment,
      course,
      import: id,
      after,
      limit: UNDONE_AT_ONCE,
    });
    const next: ResultState[] = [];
    for (const known of page.results) {
      const { activity, user, imported, standing } = known;
      const before = imported?.before ?? null;
      const result = before ?? { score: null, maximum: known.maximum, at: null };
      const change = nextResult({ known, result, passShare, now });
      if (!change || !imported) continue;
      const voids = standing.map(({ statementId }) => statementId);
      next.push(
        await buildResultState({
          source,
          place: { deployment, course, activity, user },
          change: { ...change, standing: [], voids },
          imported: before && { ...imported, import: `${id} undone`, before: null },
        }),
      );
    }
    await advanceAll(next);
    after = page.after;
  }
  await markUndone({ deployment, course, import: id });
}

/** A result whose last change is not yet in the outbox waits for that: it takes seconds, and nothing is lost by asking again. */
async function advanceAll(next: readonly ResultState[]): Promise<void> {
  const written = await advanceResults({ next });
  if (written < next.length) throw new AppError('gradebook.busy', { status: 409 });
}
