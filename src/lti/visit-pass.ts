// Links that open something in a new tab. A frame's session cookie is partitioned: the new tab does not send it. So such a
// link carries a pass that its session signed for one person, course and path. It lives and ends with the session, and the
// routes that take it (requireLaunchOrPass) record the opening and lead on to a published address; they show no page.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';
import { admitLaunch, namedCourse, pickLaunch, type ChosenLaunch } from './choose-launch.js';
import type { CurrentLaunch } from './current-launch.js';
import { NO_COURSE } from './launch-target.js';
import { requestServices } from './request-session.js';
import { findStandingSession, type SessionRecord } from './session.model.js';
import { visitKey } from './visit-key.js';

const PASS = /^([0-9a-f]{64})\.([A-Za-z0-9_-]{43})$/;

/** The address of a link with `target="_blank"` to one of our routes. `path` has no query. */
export function visitAddress(options: {
  launch: Pick<CurrentLaunch, 'visitKey' | 'course'>;
  path: string;
}): string {
  const { launch, path } = options;
  const [session = '', key = ''] = launch.visitKey.split('.');
  return `${path}?course=${launch.course ?? NO_COURSE}&pass=${session}.${sign(key, path)}`;
}

/** The launch whose page held the link, or null where the request carries no pass that still holds. */
export async function findPassedLaunch(req: Request): Promise<ChosenLaunch | null> {
  const [, id, given] = PASS.exec(String(req.query['pass'] ?? '')) ?? [];
  if (id === undefined || given === undefined) return null;
  const session = await findStandingSession({ session: id, now: requestServices(req).now() });
  const found = session && pickLaunch(session, namedCourse(req) ?? NO_COURSE);
  if (!session || !found || !isSigned({ session, found, path: req.path, given })) return null;
  return admitLaunch(req, session, found);
}

function isSigned(options: {
  session: SessionRecord;
  found: { user: string; course: string | null };
  path: string;
  given: string;
}): boolean {
  const { session, found, path, given } = options;
  const [, key = ''] = visitKey({ session, launch: found }).split('.');
  return timingSafeEqual(Buffer.from(sign(key, path)), Buffer.from(given));
}

function sign(key: string, path: string): string {
  return createHmac('sha256', key).update(path).digest('base64url');
}
