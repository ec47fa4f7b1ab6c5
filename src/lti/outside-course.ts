// Launches that no course is behind (pure): Canvas's account navigation, whose context is an account, and Moodle's site home,
// whose context is the front page. Says too whether the person administers the installation: by Moodle's word, and of Canvas
// only with proof, because there an administrator of any sub-account carries the institution's role and may open the tool of
// every account they belong to (docs/decisions/outside-course.md).
import { isInstitutionAdministrator } from './roles.js';
import { CUSTOM } from './vocabulary.js';

/** Canvas names the class of its record where the vocabulary has no type for it (Lti::Messages::JwtMessage). */
const ACCOUNT = 'Account';
/** Moodle names the type of its front page, whose course format is "site", in the short form (mod_lti, lti_build_request). */
const SITE = ['Group', 'http://purl.imsglobal.org/vocab/lis/v2/course#Group'];
/** How Canvas calls the role that holds an account's every right ($Canvas.membership.roles); it is never translated. */
const ACCOUNT_ADMINISTRATOR = 'Account Admin';

export interface OutsideCourse {
  /** `unproven`: the platform calls them an administrator, and does not say of what. */
  administers: 'proven' | 'unproven' | 'no';
}

/** Null for a launch of a course, or one whose context has types that both may have. */
export function readOutsideCourse(options: {
  context: { id: string; types: readonly string[] };
  productFamily: string | null;
  deploymentId: string;
  roleUris: string[];
  custom: Record<string, string>;
}): OutsideCourse | null {
  const { context, productFamily, roleUris } = options;
  const isOf = (types: readonly string[]) =>
    context.types.length > 0 && context.types.every((type) => types.includes(type));
  const isAccount = isOf([ACCOUNT]);
  const isSite = isOf(SITE) && productFamily?.toLowerCase() === 'moodle';
  if (!isAccount && !isSite) return null;
  if (!isInstitutionAdministrator(roleUris)) return { administers: 'no' };
  return { administers: isSite || administersAccount(options) ? 'proven' : 'unproven' };
}

/** Of the account in which the tool is installed, not of one above or below it. */
function administersAccount(options: {
  context: { id: string };
  deploymentId: string;
  custom: Record<string, string>;
}): boolean {
  const { context, deploymentId, custom } = options;
  const roles = custom[CUSTOM.accountRoles]?.split(',').map((role) => role.trim()) ?? [];
  return context.id === installedIn(deploymentId) && roles.includes(ACCOUNT_ADMINISTRATOR);
}

/** Canvas's deployment id is the tool's number, a colon, and the id of its account (ContextExternalTool#deployment_id). */
function installedIn(deploymentId: string): string {
  return deploymentId.slice(deploymentId.indexOf(':') + 1);
}
