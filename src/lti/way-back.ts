// Whoever comes with a session that is over reads which course they were in and how to get back. Sessions are swept, so each
// launch leaves this in a sealed cookie of its own: titles and addresses of a few courses, no person, no right. Only the page
// that refuses for want of a session reads it.
import type { Request, Response } from 'express';
import { z } from 'zod';
import type { WayBack } from '../http/error-handler.js';
import type { OutgoingClient } from '../outgoing/outgoing-client.js';
import { sealText, tryToOpenSealedJson } from '../secrets.js';
import { namedCourse, type ChosenLaunch } from './choose-launch.js';
import { readWayBackCookie, setWayBackCookie } from './cookies.js';
import { listFrameOrigins } from './page-frame.js';
import { findHostedPlatform } from './platform-families.js';
import type { SessionLaunch } from './session.model.js';

const PURPOSE = 'way-back';
const KEPT_S = 7 * 24 * 60 * 60;
const MOST_COURSES = 5;
const LONGEST_TITLE = 100;
const LONGEST_ADDRESS = 300;
/** A cookie may be 4,096 bytes long, and sealing makes a third more of them. */
const MOST_BYTES = 2_700;

const keptSchema = z
  .array(
    z.object({ course: z.string(), title: z.string().nullable(), href: z.string().nullable() }),
  )
  .max(MOST_COURSES);

type Known = Pick<ChosenLaunch, 'platform' | 'deployment'>;

/** Puts the launch's course first among those that this browser keeps. Nothing for a launch outside a course. */
export function keepWayBack(options: {
  req: Request;
  res: Response;
  launch: Pick<SessionLaunch, 'course' | 'courseTitle' | 'returnUrl'>;
  known: Known;
  secret: string;
  mayReach: OutgoingClient['mayReach'];
}): void {
  const { req, res, launch, known, secret, mayReach } = options;
  const { course, courseTitle, returnUrl } = launch;
  if (course === null) return;
  const title = courseTitle && courseTitle.slice(0, LONGEST_TITLE);
  const others = readKept(req, secret).filter((one) => one.course !== course);
  const href = chooseAddress({ returnUrl, known, mayReach });
  const kept = [{ course, title, href }, ...others].slice(0, MOST_COURSES);
  while (Buffer.byteLength(JSON.stringify(kept)) > MOST_BYTES) kept.pop();
  const sealed = sealText({ secret, purpose: PURPOSE, text: JSON.stringify(kept) });
  setWayBackCookie(res, { sealed, maxAgeS: KEPT_S });
}

/** For the error page: the course that the request names and no other, or without a name the newest. */
export function createWayBack(options: { secret: string }): (req: Request) => WayBack | null {
  return (req) => {
    const kept = readKept(req, options.secret);
    const course = namedCourse(req);
    const found = course === null ? kept[0] : kept.find((one) => one.course === course);
    return found ? { courseTitle: found.title, href: found.href } : null;
  };
}

function readKept(req: Request, secret: string): z.infer<typeof keptSchema> {
  const sealed = readWayBackCookie(req);
  if (sealed === null) return [];
  const read = keptSchema.safeParse(tryToOpenSealedJson({ secret, purpose: PURPOSE, sealed }));
  return read.success ? read.data : [];
}

/** Where the launch said to return to, if that is the deployment's; else the platform, unless many schools share its address. */
function chooseAddress(options: {
  returnUrl: string | null;
  known: Known;
  mayReach: OutgoingClient['mayReach'];
}): string | null {
  const { returnUrl, known, mayReach } = options;
  const url = returnUrl === null ? null : URL.parse(returnUrl);
  if (url && mayReach(url.href) && listFrameOrigins(known).includes(url.origin)) {
    // A query may hold the platform's own session (Moodle's return address does).
    const isPlain = url.search === '' && url.hash === '' && url.username + url.password === '';
    return isPlain && url.href.length <= LONGEST_ADDRESS ? url.href : `${url.origin}/`;
  }
  const { issuer } = known.platform;
  const isOwn = findHostedPlatform(issuer) === null && issuer.length <= LONGEST_ADDRESS;
  return isOwn && mayReach(issuer) ? issuer : null;
}
