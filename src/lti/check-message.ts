// Which messages a person in these roles may bring (pure): whoever teaches chooses items, whoever grades reviews a submission,
// both in a course; everybody else opens pages. What a page shows is decided by its own guard once more.
import { AppError } from '../http/errors.js';
import type { LaunchContext } from './launch-context.js';
import type { Role } from './roles.js';
import { DEEP_LINKING_REQUEST, SUBMISSION_REVIEW_REQUEST } from './vocabulary.js';

const MAY_CHOOSE: readonly Role[] = [
  'Instructor',
  'TeachingAssistant',
  'ContentDeveloper',
  'Administrator',
];
/** Who grades: they may open the evidence of one learner from the gradebook. */
const MAY_GRADE: readonly Role[] = ['Instructor', 'TeachingAssistant', 'Administrator'];

/** Throws `lti.outside-course` (400), `lti.role` or `lti.role-review` (403). */
export function checkMessage(options: { context: LaunchContext; roles: Role[] }): void {
  const { messageType, outside } = options.context;
  const needsCourse = [DEEP_LINKING_REQUEST, SUBMISSION_REVIEW_REQUEST].includes(messageType);
  if (needsCourse && outside) throw new AppError('lti.outside-course', { status: 400 });
  const holdsOne = (allowed: readonly Role[]) =>
    options.roles.some((role) => allowed.includes(role));
  if (messageType === DEEP_LINKING_REQUEST && !holdsOne(MAY_CHOOSE))
    throw new AppError('lti.role', { status: 403 });
  if (messageType === SUBMISSION_REVIEW_REQUEST && !holdsOne(MAY_GRADE))
    throw new AppError('lti.role-review', { status: 403 });
}
