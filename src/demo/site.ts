// The place above all courses, from which a tool is opened too: an account, as Canvas shows it in its account navigation, or
// the site home of a Moodle. It is kept as a course without a term, and its launches say that it is none.
import type { DemoCourse, MemberKind, Person } from './demo-course.js';
import type { DemoTool } from './demo-tools.js';

export const SITE_ID = 'site';
const EVERYONE: MemberKind[] = ['Learner', 'Instructor', 'Officer', 'Administrator'];
const VOCABULARY = 'http://purl.imsglobal.org/vocab/lis/v2';
const CLAIM = 'https://purl.imsglobal.org/spec/lti/claim';
/** Canvas tells of an account no role in a course, only what people are in the institution. */
const ACCOUNT_ROLES: Record<MemberKind, string> = {
  Learner: `${VOCABULARY}/institution/person#Student`,
  Instructor: `${VOCABULARY}/institution/person#Instructor`,
  Officer: `${VOCABULARY}/institution/person#Student`,
  Administrator: `${VOCABULARY}/institution/person#Administrator`,
};

export function describeSite(courses: readonly DemoCourse[], title: string): DemoCourse {
  return {
    id: SITE_ID,
    label: 'DEMO',
    title,
    type: ['Account'],
    description: 'Above all courses.',
    term: { name: '', academicSession: '', begin: '', end: '' },
    offeringSisId: '',
    sectionSisId: '',
    custom: {},
    people: [...new Set(courses.flatMap(({ people }) => people))],
    activities: [
      {
        id: SITE_ID,
        title: 'Crosswalk',
        text: '',
        targetPath: '/frameworks',
        visibleTo: EVERYONE,
        custom: { canvas_account_roles: '$Canvas.membership.roles' },
      },
    ],
    assignments: [],
  };
}

/** A resource launch's claims as they are outside a course. */
export function toSiteClaims<Claims extends object>(
  claims: Claims,
  options: { tool: DemoTool; person: Person; title: string; returnUrl: string },
) {
  const { tool, person, title, returnUrl } = options;
  const shared = {
    ...claims,
    [`${CLAIM}/lis`]: undefined,
    [`${CLAIM}/launch_presentation`]: {
      locale: person.locale ?? 'en',
      document_target: 'iframe',
      return_url: returnUrl,
    },
  };
  // Whoever is no site administrator is a student of the site home; its services stand, as for a course.
  if (tool.mode === 'moodle')
    return {
      ...shared,
      [`${CLAIM}/context`]: { id: '1', label: 'demo', title, type: ['Group'] },
      ...(person.kind !== 'Administrator' && {
        [`${CLAIM}/roles`]: [`${VOCABULARY}/membership#Learner`],
      }),
    };
  return {
    ...shared,
    'https://purl.imsglobal.org/spec/lti-ags/claim/endpoint': undefined,
    'https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice': undefined,
    [`${CLAIM}/context`]: { id: accountOf(tool), title, type: ['Account'] },
    [`${CLAIM}/roles`]: [ACCOUNT_ROLES[person.kind]],
  };
}

/** Canvas writes the account in which a tool is installed behind the colon of its deployment id. */
function accountOf({ deploymentId }: DemoTool): string {
  return deploymentId.slice(deploymentId.indexOf(':') + 1);
}
