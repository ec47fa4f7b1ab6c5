// Carries retention out, deployment by deployment: trims the logs, announces courses that were kept long enough, takes back what
// does not hold any more, and empties what was announced long enough ago. The announcement and its begin are the facts, each
// person's erase a fact of its own: stopped anywhere, the next run goes on. A job under a lease; two at once do no harm.
import { forgetCourseReads } from '../lti/course-read.model.js';
import { listPeopleToErase } from '../lti/course-use.model.js';
import { deleteLaunchesBefore } from '../lti/launch.model.js';
import { deleteAccessesBefore } from '../reports/access-log.model.js';
import {
  announceEmptying,
  beginEmptying,
  finishEmptying,
  listErasingCourses,
  moveEmptyings,
  withdrawEmptyings,
  type CourseEmptying,
} from './course-emptying.model.js';
import type { StatementEraser } from './erase-statements.js';
import { insertErasure, sumCourseErasures } from './erasure.model.js';
import type { CourseOutlook } from './plan-retention.js';
import { readOutlook } from './read-outlook.js';
import { oldestKept } from './retention-period.js';
import { listRetentions, type Retention } from './retention.model.js';
import { runErasures } from './run-erasures.js';

const DEPLOYMENTS_AT_ONCE = 100;
const COURSES_AT_ONCE = 20;
const PEOPLE_AT_ONCE = 200;
const ROWS_AT_ONCE = 1_000;
/** Stands in erasures for who asked. */
const RETENTION = 'retention';

/** What a run did to one course, for the log. */
export type EmptiedCourse = Pick<
  CourseEmptying,
  'deployment' | 'course' | 'people' | 'statements' | 'files'
>;

export interface RetentionRun {
  emptied: EmptiedCourse[];
  looks: number;
  launches: number;
}

/** Until nothing is due, or the signal aborts. */
export async function runRetention(options: StatementEraser): Promise<RetentionRun> {
  const { signal, now } = options;
  const run: RetentionRun = { emptied: [], looks: 0, launches: 0 };
  for (let after = ''; ;) {
    const page = await listRetentions({ after, limit: DEPLOYMENTS_AT_ONCE });
    for (const retention of page) {
      if (signal?.aborted === true) return run;
      run.looks += await trim({ ...options, retention, kind: 'accessLog' });
      run.launches += await trim({ ...options, retention, kind: 'launches' });
      await announceAndBegin({ retention, now: now() });
    }
    const last = page.at(-1);
    if (!last || page.length < DEPLOYMENTS_AT_ONCE) break;
    after = last.deployment;
  }
  return { ...run, emptied: await emptyCourses(options) };
}

/** How many rows went. */
async function trim(
  options: StatementEraser & { retention: Retention; kind: 'accessLog' | 'launches' },
): Promise<number> {
  const { retention, kind, now, signal } = options;
  const { deployment } = retention;
  const before = oldestKept({ period: retention[kind], now: now() });
  if (before === null) return 0;
  const remove = kind === 'accessLog' ? deleteAccessesBefore : deleteLaunchesBefore;
  for (let gone = 0; ;) {
    const removed = await remove({ deployment, before, limit: ROWS_AT_ONCE });
    gone += removed;
    if (removed < ROWS_AT_ONCE || signal?.aborted === true) return gone;
  }
}

async function announceAndBegin(of: { retention: Retention; now: Date }): Promise<void> {
  const { retention, now } = of;
  const { deployment, courses: period } = retention;
  const { courses, open } = await readOutlook({ deployment, period, now });
  const due = new Map(
    courses.filter(({ standing }) => standing === 'due').map((one) => [one.course, one]),
  );
  const announced = open.filter(({ state }) => state === 'announced');
  const months = period?.months ?? 0;
  const stale = announced.filter(({ course }) => !due.has(course));
  await withdrawEmptyings({ deployment, ids: stale.map(({ id }) => id) });
  await moveEmptyings({ deployment, moves: listMoves({ announced, due, months }) });
  const known = new Set(announced.map(({ course }) => course));
  for (const { course, endedAt, eraseAt } of due.values())
    if (!known.has(course) && eraseAt !== null)
      await announceEmptying({ deployment, course, endedAt, months, announcedAt: now, eraseAt });
  for (const { id, course } of announced) {
    const eraseAt = due.get(course)?.eraseAt ?? null;
    if (eraseAt !== null && eraseAt <= now) await beginEmptying({ deployment, id, now });
  }
}

function listMoves(of: {
  announced: readonly CourseEmptying[];
  due: ReadonlyMap<string, CourseOutlook>;
  months: number;
}) {
  const { announced, due, months } = of;
  return announced.flatMap((one) => {
    const now = due.get(one.course);
    if (!now?.eraseAt) return [];
    const { endedAt, eraseAt } = now;
    const isSame =
      one.months === months &&
      one.endedAt.getTime() === endedAt.getTime() &&
      one.eraseAt.getTime() === eraseAt.getTime();
    return isSame ? [] : [{ id: one.id, endedAt, eraseAt, months }];
  });
}

async function emptyCourses(options: StatementEraser): Promise<EmptiedCourse[]> {
  const emptied: EmptiedCourse[] = [];
  for (;;) {
    const under = await listErasingCourses({ limit: COURSES_AT_ONCE });
    if (under.length === 0) return emptied;
    for (const emptying of under) {
      const gone = await emptyCourse({ ...options, emptying });
      if (gone === null) return emptied;
      emptied.push(gone);
    }
  }
}

/** Null where it was stopped, or where somebody's erase is not done: the next run goes on. */
async function emptyCourse(
  options: StatementEraser & { emptying: CourseEmptying },
): Promise<EmptiedCourse | null> {
  const { emptying, now, signal } = options;
  const { deployment, course } = emptying;
  const since = emptying.startedAt ?? emptying.eraseAt;
  await forgetCourseReads({ deployment, course });
  for (let after = ''; ;) {
    if (signal?.aborted === true) return null;
    const page = { deployment, course, notSince: since, after, limit: PEOPLE_AT_ONCE };
    const users = await listPeopleToErase(page);
    for (const user of users)
      await insertErasure({
        deployment,
        user,
        course,
        reason: 'retention',
        by: RETENTION,
        now: now(),
      });
    const last = users.at(-1);
    if (last === undefined || users.length < PEOPLE_AT_ONCE) break;
    after = last;
  }
  // Also those of others that wait: whoever comes first does them.
  await runErasures(options);
  const { waiting, ...gone } = await sumCourseErasures({ deployment, course, since });
  if (waiting > 0) return null;
  await finishEmptying({ emptying, gone, now: now() });
  return { deployment, course, ...gone };
}
