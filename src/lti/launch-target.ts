// Where a launch may lead (pure): our own pages that are launch targets, by path. The platform names the target at login
// and again in the token; neither is trusted to be ours.
import { refuseParameter } from './refuse.js';

/** First segments of the pages that may be launched. */
const TARGET_AREAS = [
  'frameworks',
  'activities',
  'resources',
  'progress',
  'reports',
  'admin',
  'deep-linking',
];
const HOME_PATHS = ['', '/', '/lti/launch', '/lti/login'];
const HOME = '/frameworks';
const DEEP_LINKING = '/deep-linking';
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

/** The address a launch ends at: its target with the course it opened. Deep linking always opens the choice. */
export function launchAddress(options: {
  targetPath: string;
  course: string | null;
  deepLinking: boolean;
  url: string;
}): string {
  const base = new URL(options.url).pathname.replace(/\/$/, '');
  const path = options.deepLinking ? `${base}${DEEP_LINKING}` : options.targetPath;
  return `${path}${path.includes('?') ? '&' : '?'}course=${options.course ?? NO_COURSE}`;
}

function isPlain(part: string): boolean {
  return /^[A-Za-z0-9._~:%-]{1,200}$/.test(part) && part !== '.' && part !== '..';
}
