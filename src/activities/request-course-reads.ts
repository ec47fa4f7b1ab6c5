// What launches ask to be read of their courses in the background: results for everybody, the roster anew for staff and
// reviewers, and once for the first learner of a course nobody read yet. Bounded by the plan of readings, not here.
import { requestCourseRead } from '../lti/course-read.model.js';
import type { LaunchRecord } from '../lti/launch.model.js';

type Entry = Pick<LaunchRecord, 'deployment' | 'course' | 'roles' | 'at' | 'testUser'>;

/** Idempotent; each course once. Nothing for launches outside a course and those of test users. */
export async function requestCourseReads(options: {
  launches: readonly Entry[];
  now: Date;
}): Promise<void> {
  const { launches, now } = options;
  const byCourse = new Map<string, { deployment: string; launchedAt: Date; onlyFirst: boolean }>();
  for (const { deployment, course, roles, at, testUser } of launches) {
    if (course === null || testUser) continue;
    const isLearnerOnly = roles.every((role) => role === 'Learner');
    const known = byCourse.get(course);
    byCourse.set(course, {
      deployment,
      launchedAt: known && known.launchedAt > at ? known.launchedAt : at,
      onlyFirst: isLearnerOnly && known?.onlyFirst !== false,
    });
  }
  for (const [course, { deployment, launchedAt, onlyFirst }] of byCourse) {
    const asked = { deployment, course, launchedAt, now };
    await requestCourseRead({ ...asked, kind: 'results' });
    await requestCourseRead({ ...asked, kind: 'roster', onlyFirst });
  }
}
