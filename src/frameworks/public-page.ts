// Headers of pages that everybody may read: kept for a minute where nobody is signed in, private in a launch. Without a
// launch they hold no session, no personal data and no acting form, so any page may frame them.
import type { Request, Response } from 'express';
import { setPolicy } from '../http/security.js';
import { findCurrentLaunch } from '../lti/current-launch.js';

const PUBLIC_SECONDS = 60;

/** Call before the page is drawn. The entity tag comes from express. */
export function openPublicPage(req: Request, res: Response): void {
  res.vary('Cookie');
  if (findCurrentLaunch(req) !== null) {
    res.setHeader('Cache-Control', 'private, no-store');
    return;
  }
  setPolicy(res, { frameAncestors: ['*'] });
  const isAnonymous = req.headers.cookie === undefined;
  res.setHeader(
    'Cache-Control',
    isAnonymous ? `public, max-age=${PUBLIC_SECONDS}` : 'private, no-cache',
  );
}
