// A course's staff look at its pages as a student sees them: a state of the address (`as=student`), carried on by every link
// and form of such a page. It takes rights away and gives none: the roles become a learner's, who counts as a test user, so
// that nothing is stated; and every form is refused. Whoever is no staff asks for it in vain.
import type { Request } from 'express';
import { bodyField, isReading, type ChosenLaunch } from './choose-launch.js';
import { hasRole } from './current-launch.js';
import type { Role } from './roles.js';

export const STUDENT_VIEW = { name: 'as', value: 'student' } as const;

const MAY_LOOK: Role[] = ['Instructor', 'TeachingAssistant', 'ContentDeveloper', 'Administrator'];

/** True for staff of a course, who are no learners there themselves. */
export function mayViewAsStudent({ launch }: Pick<ChosenLaunch, 'launch'>): boolean {
  return launch.course !== null && hasRole(launch, ...MAY_LOOK) && !hasRole(launch, 'Learner');
}

/** The launch as the request wants it: as it is, or as a student's that counts for nothing. */
export function viewAsAsked(req: Request, chosen: ChosenLaunch): ChosenLaunch {
  const { name, value } = STUDENT_VIEW;
  const asked = isReading(req) ? req.query[name] : bodyField(req, name);
  if (asked !== value || !mayViewAsStudent(chosen)) return chosen;
  const roles: Role[] = ['Learner'];
  const launch = {
    ...chosen.launch,
    roles,
    granted: [],
    edits: [],
    testUser: true,
    mayReadNames: false,
    mayAttest: false,
    mayChangeRules: false,
    studentView: true,
  };
  return { ...chosen, launch };
}
