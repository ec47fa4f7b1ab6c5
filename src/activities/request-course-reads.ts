// What a launch asks to be read of its course in the background: results for everybody, the roster anew for its staff and
// reviewers, and once for the first learner of a course nobody read yet. Bounded by the plan of readings, not here.
import { requestCourseRead } from '../lti/course-read.model.js';
import type { LaunchRecord } from '../lti/launch.model.js';

/** Idempotent. Nothing for launches outside a course and those of test users. */
export async function requestCourseReads(options: {
  launch: Pick<LaunchRecord, 'deployment' | 'course' | 'roles' | 'at' | 'testUser'>;
  now: Date;
}): Promise<void> {
  const { launch, now } = options;
  const { deployment, course, roles, at: launchedAt } = launch;
  if (course === null || launch.testUser) return;
  const isLearnerOnly = roles.every((role) => role === 'Learner');
  const asked = { deployment, course, launchedAt, now };
  await requestCourseRead({ ...asked, kind: 'results' });
  await requestCourseRead({ ...asked, kind: 'roster', onlyFirst: isLearnerOnly });
}
