// The guards of every page behind the door. They prove session, course, person and role, set the current launch and the
// page's frame, and say who may frame the page. Order in a route: requireLaunch, requireRole, then checkForm on a POST.
import type { Request, RequestHandler, Response } from 'express';
import { wordsFor } from '../http/catalogue.js';
import { AppError } from '../http/errors.js';
import { pageShell } from '../http/page-shell.js';
import { setPolicy } from '../http/security.js';
import {
  admitLaunch,
  findNamedLaunch,
  isReading,
  namedCourse,
  pickLaunch,
  type ChosenLaunch,
} from './choose-launch.js';
import {
  findCurrentLaunch,
  getCurrentLaunch,
  hasRole,
  setCurrentLaunch,
} from './current-launch.js';
import { setCurrentOperator } from './current-operator.js';
import { NO_COURSE } from './launch-target.js';
import {
  countInNavigation,
  frameLaunchPage,
  frameOperatorPage,
  listFrameOrigins,
} from './page-frame.js';
import { shownRole } from './person-label.js';
import { findRequestSession, requestServices } from './request-session.js';
import type { Role } from './roles.js';
import type { SessionRecord } from './session.model.js';
import { viewAsAsked } from './student-view.js';
import { readTyped } from './typed-fields.js';
import { takeVisitPass } from './visit-pass.js';

/**
 * Only with a launch. A GET that names no course is sent to the same address with the newest launch's course.
 * Refuses with `session.missing` (401), `session.other-course` (404), `session.other-person` (409) or `lti.…-paused` (403),
 * and every form of the student view with `session.student-view` (409). What was posted is shown again, to be copied.
 */
export function requireLaunch(): RequestHandler {
  return async (req, res, next) => {
    openToFrames(res);
    const session = await findRequestSession(req);
    if (isReading(req) && namedCourse(req) === null && session) {
      const newest = pickLaunch(session, null);
      if (newest) return redirectToCourse(req, res, newest.course);
    }
    const named = await findNamedLaunch(req).catch((error: unknown) => {
      throw keepPosted(req, error);
    });
    const chosen = viewAsAsked(req, named);
    useLaunch(req, res, chosen);
    if (chosen.launch.studentView && !isReading(req))
      throw new AppError('session.student-view', { status: 409 });
    if (isReading(req)) await countInNavigation(req, chosen);
    next();
  };
}

/** Only with an open deep linking request of the named course. Refuses as requireLaunch does. */
export function requireDeepLinking(): RequestHandler {
  return async (req, res, next) => {
    openToFrames(res);
    const messageType = 'LtiDeepLinkingRequest';
    useLaunch(req, res, await findNamedLaunch(req, { messageType }));
    next();
  };
}

/** After requireLaunch: only with one of these roles. Refuses with `page.forbidden` (403). */
export function requireRole(...roles: Role[]): RequestHandler {
  return (req, _res, next) => {
    if (!hasRole(getCurrentLaunch(req), ...roles)) throw forbidden(req, roles);
    next();
  };
}

/** After requireLaunch: only whoever may vouch for learners (may-attest.ts). Refuses with `page.forbidden` (403). */
export function requireAttester(): RequestHandler {
  return requireRight('mayAttest');
}

/** After requireLaunch: only whoever may change the course's rules (may-change-rules.ts). Refuses with `page.forbidden` (403). */
export function requireRuleChanger(): RequestHandler {
  return requireRight('mayChangeRules');
}

/** After requireLaunch: only editors, of the library or of any framework (granted-rights.ts). Refuses with `page.forbidden` (403). */
export function requireEditor(): RequestHandler {
  return requireRole('Editor');
}

/** A right of instructors, and of assistants by the deployment's settings. */
function requireRight(right: 'mayAttest' | 'mayChangeRules'): RequestHandler {
  return (req, _res, next) => {
    if (!getCurrentLaunch(req)[right]) throw forbidden(req, ['Instructor']);
    next();
  };
}

/** For pages of the operator and of some roles: the launch that the address names, else the operator's session. */
export function requireOperatorOr(...roles: Role[]): RequestHandler {
  return async (req, res, next) => {
    openToFrames(res);
    const session = await findRequestSession(req);
    const isOperator = session !== null && mayOperate(req, session);
    if (isOperator && (namedCourse(req) === null || !session.launches.length)) {
      useOperator(req, res, session);
      return next();
    }
    if (isReading(req) && namedCourse(req) === null && session) {
      const newest = pickLaunch(session, null);
      if (newest) return redirectToCourse(req, res, newest.course);
    }
    const chosen = await findNamedLaunch(req);
    useLaunch(req, res, chosen);
    if (!hasRole(chosen.launch, ...roles)) throw forbidden(req, roles);
    next();
  };
}

/** For public pages: sets the current launch where there is one that fits. Never refuses. */
export function offerLaunch(): RequestHandler {
  return async (req, res, next) => {
    const chosen = await orNull(findOfferedLaunch(req));
    if (chosen) {
      const viewed = viewAsAsked(req, chosen);
      useLaunch(req, res, viewed);
      await countInNavigation(req, viewed);
    }
    next();
  };
}

/**
 * For links to new tabs, which lead on and show nothing: sets the launch of the page that held the link, by its pass, which
 * is used up, or by the cookie. Never refuses: without a launch the route may lead to what everybody may open.
 */
export function takeVisit(): RequestHandler {
  return async (req, res, next) => {
    openToFrames(res);
    res.setHeader('Cache-Control', 'private, no-store');
    const chosen = (await orNull(takeVisitPass(req))) ?? (await orNull(findOfferedLaunch(req)));
    if (chosen) useLaunch(req, res, chosen);
    next();
  };
}

/** What a person had typed into a form that is refused for its session must not be lost with it. */
function keepPosted(req: Request, error: unknown): unknown {
  if (!(error instanceof AppError) || isReading(req)) return error;
  const { code, status, values, headers } = error;
  const typed = readTyped(req.body);
  return new AppError(code, { status, values, headers, typed, cause: error });
}

async function findOfferedLaunch(req: Request): Promise<ChosenLaunch | null> {
  const session = await findRequestSession(req);
  const found = session && pickLaunch(session, namedCourse(req));
  return session && found && admitLaunch(req, session, found);
}

/** Where it is refused, as paused or removed, what is public is shown as such. */
async function orNull(chosen: Promise<ChosenLaunch | null>): Promise<ChosenLaunch | null> {
  return chosen.catch((error: unknown) => {
    if (error instanceof AppError) return null;
    throw error;
  });
}

function useLaunch(req: Request, res: Response, chosen: ChosenLaunch): void {
  setCurrentLaunch(req, chosen.launch);
  frameLaunchPage(req, chosen);
  setPolicy(res, { frameAncestors: listFrameOrigins(chosen) });
  res.setHeader('Cache-Control', 'private, no-store');
}

function useOperator(req: Request, res: Response, session: SessionRecord): void {
  setCurrentOperator(req);
  frameOperatorPage(req, session);
  setPolicy(res, {});
  res.setHeader('Cache-Control', 'private, no-store');
}

/** Until a launch is proved the answer is a refusal, without data or form: it must be readable in any platform's frame. */
function openToFrames(res: Response): void {
  setPolicy(res, { frameAncestors: ['*'] });
}

function mayOperate(req: Request, session: SessionRecord): boolean {
  return session.operatorUntil !== null && session.operatorUntil > requestServices(req).now();
}

function redirectToCourse(req: Request, res: Response, course: string | null): void {
  const [path = '', query = ''] = req.originalUrl.split('?');
  const search = new URLSearchParams(query);
  search.set('course', course ?? NO_COURSE);
  res.setHeader('Cache-Control', 'private, no-store');
  res.redirect(303, `${path.replace(/^\/+/, '/')}?${search.toString()}`);
}

function forbidden(req: Request, allowed: Role[]): AppError {
  const words = wordsFor(pageShell(req).language);
  const launch = findCurrentLaunch(req);
  const role = (launch && shownRole(launch.roles)) ?? 'none';
  return new AppError('page.forbidden', {
    status: 403,
    values: {
      allowed: allowed.map((one) => words(`page:roles.${one}`)).join(', '),
      role: words(`page:roles.${role}`),
    },
  });
}
