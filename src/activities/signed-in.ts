// Guards and small readings that the signed-in pages of activities/ and attainment/ share.
import type { Request, RequestHandler } from 'express';
import { AppError } from '../http/errors.js';
import { wordsFor, type Words } from '../http/catalogue.js';
import { isFetchedAhead } from '../http/fetched-ahead.js';
import { pageShell } from '../http/page-shell.js';
import { findCurrentLaunch } from '../lti/current-launch.js';
import type { Role } from '../lti/roles.js';
import type { StatementSource } from './statement-source.js';

/** What the forms of activities need of the process. */
export interface ActivityDeps {
  config: { url: string };
  source: StatementSource;
  now: () => Date;
  /** Shortens the wait of a job; may be lost without harm. */
  nudge: (job: string) => void;
}

/** Who works on a course's activities and alignments. */
export const COURSE_STAFF: Role[] = [
  'Instructor',
  'TeachingAssistant',
  'ContentDeveloper',
  'Administrator',
];

/** Who sees and brings in learners' grades of the whole course. */
export const GRADE_READERS: Role[] = ['Instructor', 'Administrator'];

/** Those of them who see learners. */
export const SEES_PEOPLE: Role[] = ['Instructor', 'TeachingAssistant', 'Administrator'];

/** After offerLaunch: without a launch of a course the public page at the same address answers. */
export function onlySignedIn(): RequestHandler {
  return (req, _res, next) => next(isFromCourse(req) ? undefined : 'router');
}

/** True with a launch of a course. */
export function isFromCourse(req: Request): boolean {
  return (findCurrentLaunch(req)?.course ?? null) !== null;
}

/** A browser that fetches ahead is no person who opens something. Throws `activity.prefetch` (403). */
export function refusePrefetch(): RequestHandler {
  return (req, _res, next) => {
    if (isFetchedAhead(req)) throw new AppError('activity.prefetch', { status: 403 });
    next();
  };
}

/** For a link to a new tab that was used already, or is too old, where what it opens is not for everybody. */
export function openAgain(): AppError {
  return new AppError('activity.open-again', { status: 401 });
}

/** Words in the language of the page. */
export function wordsOf(req: Request): Words {
  return wordsFor(pageShell(req).language);
}
