// Who may read the reports of a course: reviewers, whoever teaches it, and the deployment's administrators.
import type { Role } from '../lti/roles.js';

export const REPORT_ROLES: readonly Role[] = [
  'Reviewer',
  'Instructor',
  'TeachingAssistant',
  'Administrator',
];
