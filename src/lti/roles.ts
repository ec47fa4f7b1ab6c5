// What a person may be here, from whole role URIs of the launch (LTI 1.3 core, appendix A). Never by substring:
// `institution/person#Instructor` teaches nobody in this course. Unknown and missing roles give the least rights.

export const ROLES = [
  'Learner',
  'Instructor',
  'TeachingAssistant',
  'ContentDeveloper',
  'Administrator',
  'Reviewer',
] as const;
export type Role = (typeof ROLES)[number];

const MEMBERSHIP = 'http://purl.imsglobal.org/vocab/lis/v2/membership';
const TEST_USER = 'http://purl.imsglobal.org/vocab/lti/system/person#TestUser';

const CONTEXT_ROLES: Record<string, Role> = {
  Learner: 'Learner',
  Instructor: 'Instructor',
  ContentDeveloper: 'ContentDeveloper',
  Administrator: 'Administrator',
};
const TEACHING_ASSISTANT = `${MEMBERSHIP}/Instructor#TeachingAssistant`;

/**
 * Our roles for the role URIs of a launch. `reviewerRoles` are the URIs an administrator named for reviewers of this
 * deployment. The deprecated short names stand for context roles only. Order of the answer is that of ROLES.
 */
export function readRoles(options: { uris: string[]; reviewerRoles: string[] }): Role[] {
  const found = new Set<Role>();
  for (const uri of options.uris) {
    if (options.reviewerRoles.includes(uri)) found.add('Reviewer');
    if (uri === TEACHING_ASSISTANT) found.add('TeachingAssistant');
    const role = CONTEXT_ROLES[contextRoleName(uri)];
    if (role) found.add(role);
  }
  if (found.has('TeachingAssistant')) found.delete('Instructor');
  return ROLES.filter((role) => found.has(role));
}

/** True for the platform's own test user (student view), who enters no rate and no statement. */
export function isTestUser(uris: string[]): boolean {
  return uris.includes(TEST_USER);
}

function contextRoleName(uri: string): string {
  if (uri.startsWith(`${MEMBERSHIP}#`)) return uri.slice(MEMBERSHIP.length + 1);
  return /^[A-Za-z]+$/.test(uri) ? uri : '';
}
