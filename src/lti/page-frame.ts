// Fills the frame around a page for the person of a launch or for the operator: language, course, navigation by role, the
// hidden fields of forms. Also who may frame the page (design: frames and hosts).
import type { Request } from 'express';
import {
  pageShell,
  setPageShell,
  type NavigationLink,
  type PageShell,
} from '../http/page-shell.js';
import type { ChosenLaunch } from './choose-launch.js';
import { formToken } from './form-token.js';
import { NO_COURSE } from './launch-target.js';
import { shownRole } from './person-label.js';
import { requestServices } from './request-session.js';
import { COURSE_AUTHORS, type Role } from './roles.js';
import type { SessionRecord } from './session.model.js';
import { mayViewAsStudent, STUDENT_VIEW } from './student-view.js';

/** What stands in a form's `launch` field on the operator's pages. */
const OPERATOR_FORM = 'operator';

const WAITING_KEY = 'page:nav.waiting';

interface Section {
  key: string;
  path: string;
  roles: Role[];
  /** What it shows belongs to no course. */
  isEverywhere?: true;
}

/** Where no course is open; an administrator begins with the administration. */
const START = { key: 'page:nav.start', path: '/start' };

const SECTIONS: Section[] = [
  { key: 'page:nav.admin', path: '/admin', roles: ['Administrator'], isEverywhere: true },
  {
    key: 'page:nav.course',
    path: '/activities',
    roles: ['Instructor', 'TeachingAssistant', 'ContentDeveloper', 'Administrator'],
  },
  { key: WAITING_KEY, path: '/waiting', roles: ['Instructor', 'TeachingAssistant'] },
  {
    key: 'page:nav.frameworks',
    path: '/frameworks',
    isEverywhere: true,
    roles: [
      'Learner',
      'Instructor',
      'TeachingAssistant',
      'ContentDeveloper',
      'Reviewer',
      'Editor',
      'Administrator',
    ],
  },
  { key: 'page:nav.editing', path: '/editing', roles: ['Editor'], isEverywhere: true },
  { key: 'page:nav.progress', path: '/progress', roles: ['Learner'] },
  {
    key: 'page:nav.class',
    path: '/class',
    roles: ['Instructor', 'TeachingAssistant', 'Administrator'],
  },
  {
    key: 'page:nav.reports',
    path: '/reports',
    roles: ['Instructor', 'TeachingAssistant', 'Reviewer', 'Administrator'],
  },
];

export function frameLaunchPage(req: Request, chosen: ChosenLaunch): void {
  const { launch, session } = chosen;
  const course = launch.course ?? NO_COURSE;
  const isStudentView = launch.studentView === true;
  const asStudent = new URLSearchParams({ [STUDENT_VIEW.name]: STUDENT_VIEW.value }).toString();
  const ownQuery = `course=${course}`;
  const courseQuery = isStudentView ? `${ownQuery}&${asStudent}` : ownQuery;
  const sections = listSections(launch);
  setPageShell(req, {
    language: launch.language,
    contextTitle: launch.courseTitle,
    personName: launch.personName,
    roleKey: `page:roles.${shownRole(launch.roles) ?? 'none'}`,
    navigation: sections.map(({ key, path }) =>
      toLink(req, { key, path, query: `?${courseQuery}` }),
    ),
    formFields: [
      { name: '_csrf', value: formToken({ session, launch: launch.id }) },
      { name: 'launch', value: launch.id },
      { name: 'course', value: course },
      ...(isStudentView ? [STUDENT_VIEW] : []),
    ],
    keeps:
      launch.course === null || isStudentView || !launch.roles.includes('Learner')
        ? null
        : {
            person: launch.user,
            launch: launch.id,
            course: launch.course,
            courseTitle: launch.courseTitle,
          },
    typist:
      launch.course === null || isStudentView
        ? null
        : { person: launch.user, course: launch.course },
    studentView: readStudentView({ chosen, ownQuery, asStudent }),
    courseTools: {
      rules: launch.mayChangeRules,
      shortlists: COURSE_AUTHORS.some((role) => launch.roles.includes(role)),
    },
    courseQuery,
  });
}

function listSections({
  roles: held,
  course,
}: ChosenLaunch['launch']): Pick<Section, 'key' | 'path'>[] {
  const open = SECTIONS.filter(
    ({ roles, isEverywhere }) =>
      roles.some((role) => held.includes(role)) && (course !== null || isEverywhere),
  );
  return course !== null || held.includes('Administrator') ? open : [START, ...open];
}

/** Puts beside the navigation how much waits, for those who see that section. After frameLaunchPage. */
export async function countInNavigation(req: Request, { launch }: ChosenLaunch): Promise<void> {
  const { countWaiting } = requestServices(req);
  const section = pageShell(req).navigation.find(({ key }) => key === WAITING_KEY);
  const { deployment, course } = launch;
  if (!countWaiting || !section || course === null) return;
  section.count = await countWaiting({ deployment, course });
}

function readStudentView(options: {
  chosen: ChosenLaunch;
  ownQuery: string;
  asStudent: string;
}): PageShell['studentView'] {
  const { chosen, ownQuery, asStudent } = options;
  if (chosen.launch.studentView) return { href: `/frameworks?${ownQuery}`, isOn: true };
  if (!mayViewAsStudent(chosen)) return null;
  return { href: `/frameworks?${ownQuery}&${asStudent}`, isOn: false };
}

export function frameOperatorPage(req: Request, session: SessionRecord): void {
  setPageShell(req, {
    language: pageShell(req).language,
    contextTitle: null,
    personName: null,
    roleKey: 'page:roles.Operator',
    navigation: [
      toLink(req, { key: 'page:nav.admin', path: '/admin', query: '' }),
      toLink(req, { key: 'page:nav.frameworks', path: '/frameworks', query: '' }),
    ],
    formFields: [
      { name: '_csrf', value: formToken({ session, launch: OPERATOR_FORM }) },
      { name: 'launch', value: OPERATOR_FORM },
    ],
    keeps: null,
    typist: null,
    studentView: null,
    courseTools: { rules: false, shortlists: false },
    courseQuery: '',
  });
}

/** Origins of the platform as registered, and those that verified tokens of the deployment named. */
export function listFrameOrigins({
  platform,
  deployment,
}: Pick<ChosenLaunch, 'platform' | 'deployment'>): string[] {
  const registered = [platform.issuer, platform.authorizationUrl, ...platform.frameOrigins];
  const origins = [...registered, ...deployment.frameOrigins].flatMap((address) => {
    const url = URL.parse(address);
    return url && ['https:', 'http:'].includes(url.protocol) ? [url.origin] : [];
  });
  return [...new Set(origins)];
}

function toLink(
  req: Request,
  options: { key: string; path: string; query: string },
): NavigationLink {
  const { key, path, query } = options;
  const [here = ''] = req.originalUrl.split('?');
  const current = here === path || here.startsWith(`${path}/`);
  return { key, href: `${path}${query}`, current };
}
