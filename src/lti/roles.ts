// What a person may be here, from whole role URIs of the launch (LTI 1.3 core, appendix A). Never by substring:
// `institution/person#Instructor` teaches nobody in this course. Unknown and missing roles give the least rights.

/** Those that a launch can bring. */
export const LAUNCH_ROLES = [
  'Learner',
  'Instructor',
  'TeachingAssistant',
  'ContentDeveloper',
  'Administrator',
  'Reviewer',
] as const;
/** With `Editor`, which only a grant gives (grant.model.ts). */
export const ROLES = [...LAUNCH_ROLES, 'Editor'] as const;
export type Role = (typeof ROLES)[number];

/** Who decides what a course offers and asks for: assistants align, but do not decide that. */
export const COURSE_AUTHORS: Role[] = ['Instructor', 'ContentDeveloper'];

const MEMBERSHIP = 'http://purl.imsglobal.org/vocab/lis/v2/membership';
const TEST_USER = 'http://purl.imsglobal.org/vocab/lti/system/person#TestUser';
const ADMINISTRATORS = [
  'http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator',
  'http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator',
];

const CONTEXT_ROLES: Record<string, Role> = {
  Learner: 'Learner',
  Instructor: 'Instructor',
  ContentDeveloper: 'ContentDeveloper',
  Administrator: 'Administrator',
};
const TEACHING_ASSISTANT = `${MEMBERSHIP}/Instructor#TeachingAssistant`;

/** Rights in a course, which nobody has outside of one. */
const COURSE_STAFF: readonly Role[] = ['Instructor', 'TeachingAssistant', 'ContentDeveloper'];

/**
 * Our roles for the role URIs of a launch. `reviewerRoles` are the URIs an administrator named for reviewers of this
 * deployment; `outside` is that of the launch (outside-course.ts). The deprecated short names stand for context roles only.
 * Order of the answer is that of ROLES.
 */
export function readRoles(options: {
  uris: string[];
  reviewerRoles: string[];
  outside?: { administers: string } | null | undefined;
}): Role[] {
  const { outside } = options;
  const found = new Set<Role>();
  for (const uri of options.uris) {
    if (options.reviewerRoles.includes(uri)) found.add('Reviewer');
    if (uri === TEACHING_ASSISTANT) found.add('TeachingAssistant');
    const role = CONTEXT_ROLES[contextRoleName(uri)];
    if (role) found.add(role);
  }
  if (found.has('TeachingAssistant')) found.delete('Instructor');
  if (outside) for (const role of COURSE_STAFF) found.delete(role);
  if (outside?.administers === 'proven') found.add('Administrator');
  return ROLES.filter((role) => found.has(role));
}

/** True for the platform's own test user (student view), who enters no rate and no statement. */
export function isTestUser(uris: string[]): boolean {
  return uris.includes(TEST_USER);
}

/** True for who administers the institution or the system: rights in no course, but over what is held about people. */
export function isInstitutionAdministrator(uris: string[]): boolean {
  return uris.some((uri) => ADMINISTRATORS.includes(uri));
}

function contextRoleName(uri: string): string {
  if (uri.startsWith(`${MEMBERSHIP}#`)) return uri.slice(MEMBERSHIP.length + 1);
  return /^[A-Za-z]+$/.test(uri) ? uri : '';
}
