// Reads what retention goes by: all courses of a deployment, a page at a time, with their end, their last use and how many people
// are in them; and of courses that are to be emptied, what would go.
import { listLatestEvidenceOfCourses } from '../attainment/erased-evidence.model.js';
import { countFilesByPerson } from '../files/stored-file.model.js';
import { listCourseUses, listPeopleOfCourses } from '../lti/course-use.model.js';
import { listCourses, type Course } from '../lti/course.model.js';
import { countStatementsByPerson } from '../outbox/personal-statement.model.js';
import { listOpenEmptyings, type CourseEmptying } from './course-emptying.model.js';
import { planRetention, type CourseOutlook, type EndedCourse } from './plan-retention.js';
import { listHolds, type RetentionHold } from './retention-hold.model.js';
import { latest, type Period } from './retention-period.js';

const COURSES_AT_ONCE = 500;
const COUNTED_AT_ONCE = 50;

export interface RetentionOutlook {
  courses: CourseOutlook[];
  holds: RetentionHold[];
  open: CourseEmptying[];
}

/** Under the period that holds, or one that somebody thinks of. */
export async function readOutlook(options: {
  deployment: string;
  period: Period | null;
  now: Date;
}): Promise<RetentionOutlook> {
  const { deployment, now } = options;
  const [used, holds, open] = await Promise.all([
    readCourses({ deployment }),
    listHolds({ deployment, now }),
    listOpenEmptyings({ deployment }),
  ]);
  const held = new Set(holds.map(({ course }) => course));
  const plan = (courses: readonly EndedCourse[]) =>
    planRetention({ ...options, courses, held, announced: open });
  const first = plan(used);
  // What was done without opening Crosswalk, as a grade in the gradebook: asked of those alone that it could save.
  const due = first.filter(({ standing }) => standing === 'due').map(({ course }) => course);
  const evidence = await listLatestEvidenceOfCourses({ deployment, courses: due });
  if (evidence.length === 0) return { courses: first, holds, open };
  const lastAt = new Map(evidence.map(({ course, at }) => [course, at]));
  return {
    courses: plan(used.map((one) => withActivity(one, lastAt.get(one.course)))),
    holds,
    open,
  };
}

export interface WhatGoes extends CourseOutlook {
  statements: number;
  files: number;
}

/** What would go with these courses, of the people alone who would be erased. */
export async function countWhatGoes(options: {
  deployment: string;
  courses: readonly CourseOutlook[];
}): Promise<WhatGoes[]> {
  const { deployment, courses } = options;
  const counted: WhatGoes[] = [];
  for (let start = 0; start < courses.length; start += COUNTED_AT_ONCE) {
    const page = courses.slice(start, start + COUNTED_AT_ONCE);
    const ids = page.map(({ course }) => course);
    const people = await listPeopleOfCourses({ deployment, courses: ids });
    const goes = new Set(people.map(({ course, user }) => `${course} ${user}`));
    const users = [...new Set(people.map(({ user }) => user))];
    const [statements, files] = await Promise.all([
      countStatementsByPerson({ deployment, courses: ids, users }),
      countFilesByPerson({ deployment, courses: ids }),
    ]);
    for (const one of page)
      counted.push({
        ...one,
        statements: sumOf(statements, one.course, goes),
        files: sumOf(files, one.course, goes),
      });
  }
  return counted;
}

function sumOf(
  counts: readonly { course: string; user: string; count: number }[],
  course: string,
  goes: ReadonlySet<string>,
): number {
  return counts
    .filter((one) => one.course === course && goes.has(`${course} ${one.user}`))
    .reduce((sum, { count }) => sum + count, 0);
}

async function readCourses(of: { deployment: string }): Promise<EndedCourse[]> {
  const { deployment } = of;
  const found: EndedCourse[] = [];
  for (let after = ''; ;) {
    const page = await listCourses({ deployment, after, limit: COURSES_AT_ONCE });
    const uses = await listCourseUses({ deployment, courses: page.map(({ _id }) => _id) });
    const useOf = new Map(uses.map((use) => [use.course, use]));
    found.push(
      ...page.map((course) => {
        const use = useOf.get(course._id);
        return describeCourse(course, use?.lastLaunchAt ?? null, use?.people ?? 0);
      }),
    );
    const last = page.at(-1);
    if (!last || page.length < COURSES_AT_ONCE) return found;
    after = last._id;
  }
}

function describeCourse(course: Course, lastLaunchAt: Date | null, people: number): EndedCourse {
  const lastActivityAt = lastLaunchAt ?? course.firstSeenAt;
  const named = course.term?.endsAt ?? null;
  return {
    course: course._id,
    title: course.title ?? course.label,
    endedAt: named ?? lastActivityAt,
    isEndNamed: named !== null,
    lastActivityAt,
    people,
  };
}

function withActivity(course: EndedCourse, at: Date | undefined): EndedCourse {
  if (at === undefined) return course;
  const lastActivityAt = latest([course.lastActivityAt, at]);
  return { ...course, lastActivityAt, ...(!course.isEndNamed && { endedAt: lastActivityAt }) };
}
