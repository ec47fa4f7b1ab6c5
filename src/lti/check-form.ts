// Guard of every form: sent from a page of ours (Origin), with this session's token for the launch that drew it. Whose launch
// that was is checked by requireLaunch before. Needs the body parsed.
import type { Request, RequestHandler } from 'express';
import { AppError } from '../http/errors.js';
import { bodyField } from './choose-launch.js';
import { isFormToken } from './form-token.js';
import { findRequestSession, requestServices } from './request-session.js';

/** Refuses with `session.csrf` (403). A browser always sends an Origin with a form; `null` is one that is not ours. */
export function checkForm(): RequestHandler {
  return async (req, _res, next) => {
    requireOwnOrigin(req);
    const session = await findRequestSession(req);
    const launch = bodyField(req, 'launch') ?? '';
    const token = bodyField(req, '_csrf') ?? req.get('X-CSRF-Token') ?? '';
    if (!session || !isFormToken({ session, launch, token }))
      throw new AppError('session.csrf', { status: 403 });
    next();
  };
}

/** For forms that come before a session. */
export function requireOwnOrigin(req: Request): void {
  const origin = req.get('Origin');
  const own = new URL(requestServices(req).config.url).origin;
  const site = req.get('Sec-Fetch-Site');
  const isOwn =
    origin === undefined ? site === undefined || site === 'same-origin' : origin === own;
  if (!isOwn) throw new AppError('session.csrf', { status: 403 });
}
