// Where a launch may lead (pure): our own pages that are launch targets, by path. The platform names the target at login
// and again in the token; neither is trusted to be ours.
import { refuseParameter } from './refuse.js';
import type { SessionLaunch } from './session.model.js';
import {
  DATA_PRIVACY_REQUEST,
  DEEP_LINKING_REQUEST,
  SUBMISSION_REVIEW_REQUEST,
} from './vocabulary.js';

/** First segments of the pages that may be launched. */
const TARGET_AREAS = [
  'frameworks',
  'activities',
  'resources',
  'progress',
  'class',
  'reports',
  'admin',
  'deep-linking',
  'privacy',
];
const HOME_PATHS = ['', '/', '/lti/launch', '/lti/login'];
const HOME = '/frameworks';
/** The first page of a launch that no course is behind. */
const START = '/start';
/** Ours to set: a platform must not choose the course, a form's launch or a notice. */
const OWN_QUERY = ['course', 'launch', 'notice'];

/** Course of a launch that has none, as pages' addresses name it. */
export const NO_COURSE = 'none';

/**
 * Path and query of the page that `uri` means. Throws `lti.parameter` (400) unless it lies on our own origin, has no user,
 * password or backslash, and is a launch target.
 */
export function readTargetPath(options: { uri: string; url: string }): string {
  const { uri } = options;
  const own = new URL(options.url);
  const target = URL.parse(uri);
  if (!target || uri.includes('\\')) throw refuseParameter('target_link_uri', 'not an address');
  if (target.origin !== own.origin) throw refuseParameter('target_link_uri', 'not of this tool');
  if (target.username !== '' || target.password !== '')
    throw refuseParameter('target_link_uri', 'holds a user name');
  const base = own.pathname.replace(/\/$/, '');
  if (!target.pathname.startsWith(base)) throw refuseParameter('target_link_uri', 'not a page');
  const path = target.pathname.slice(base.length);
  if (HOME_PATHS.includes(path)) return `${base}${HOME}`;
  const [, area = '', ...rest] = path.split('/');
  if (!TARGET_AREAS.includes(area) || rest.some((part) => part === '' || !isPlain(part)))
    throw refuseParameter('target_link_uri', 'not a page that can be launched');
  for (const name of OWN_QUERY) if (target.searchParams.has(name)) target.searchParams.delete(name);
  return `${target.pathname}${target.search}`;
}

type Opened = Pick<SessionLaunch, 'course' | 'messageType' | 'subject' | 'services' | 'outside'>;

/** The address a launch ends at: its target with the course it opened, or the page that its message always opens. */
export function launchAddress(options: {
  targetPath: string;
  launch: Opened;
  url: string;
}): string {
  const { targetPath, launch, url } = options;
  const base = new URL(url).pathname.replace(/\/$/, '');
  const home = launch.outside && targetPath === `${base}${HOME}` ? START : null;
  const page = messagePage(launch) ?? home;
  const path = page === null ? targetPath : `${base}${page}`;
  return `${path}${path.includes('?') ? '&' : '?'}course=${launch.course ?? NO_COURSE}`;
}

function messagePage({ messageType, subject = null, services }: Opened): string | null {
  if (messageType === DEEP_LINKING_REQUEST) return '/deep-linking';
  if (messageType === DATA_PRIVACY_REQUEST)
    return subject === null ? '/privacy' : `/privacy/${subject}`;
  if (messageType !== SUBMISSION_REVIEW_REQUEST || subject === null) return null;
  const { lineItemUrl } = services;
  const query = lineItemUrl === null ? '' : `?line_item=${encodeURIComponent(lineItemUrl)}`;
  return `/reports/submissions/${subject}${query}`;
}

function isPlain(part: string): boolean {
  return /^[A-Za-z0-9._~:%-]{1,200}$/.test(part) && part !== '.' && part !== '..';
}
