// Where a form leads after it was sent: a page of ours, named by the form, with its course and a notice. Never elsewhere.
import type { Request, Response } from 'express';
import { getCourseLaunch } from '../lti/current-launch.js';
import type { ChangedAlignment } from './align-activity.js';
import { writeMarks } from './align-form.js';

const ORIGIN = 'https://page.invalid';
const AREAS = [
  'frameworks',
  'resources',
  'activities',
  'progress',
  'alignments',
  'rules',
  'shortlists',
];

/** Answers a POST: 303 to the form's `back` where it is a page of ours, else to `otherwise`. */
export function redirectBack(
  req: Request,
  res: Response,
  options: { back: string | undefined; otherwise: string; notice: string | null },
): void {
  res.redirect(303, returnAddress(req, options));
}

/** The form's `back` where it is a page of ours, else `otherwise`, with the course of the launch and the notice. */
export function returnAddress(
  req: Request,
  options: { back: string | undefined; otherwise: string; notice: string | null },
): string {
  const { back, otherwise, notice } = options;
  const path = readReturnPath(back) ?? otherwise;
  return addressOf({ path, course: getCourseLaunch(req).course, notice });
}

/** Leads to the page of the course, which offers to undo what several activities got together. */
export function redirectChanged(
  req: Request,
  res: Response,
  options: { changed: readonly ChangedAlignment[]; notice: string },
): void {
  const { changed, notice } = options;
  redirectBack(req, res, {
    back: undefined,
    otherwise: `/activities?${writeMarks(changed).toString()}`,
    notice: changed.length > 0 ? notice : 'alignment-unchanged',
  });
}

/** Path, query and fragment of a page of ours; null for everything else. Pure. */
export function readReturnPath(back: string | undefined): string | null {
  if (back === undefined || !back.startsWith('/') || !URL.canParse(back, ORIGIN)) return null;
  const { origin, pathname, search, hash } = new URL(back, ORIGIN);
  const [, area = ''] = pathname.split('/');
  if (origin !== ORIGIN || !AREAS.includes(area) || pathname.includes('//')) return null;
  return `${pathname}${search}${hash}`;
}

/** The address of a page with its course, and with a notice where there is one. Pure. */
export function addressOf(options: {
  path: string;
  course: string;
  notice: string | null;
}): string {
  const { path, course, notice } = options;
  const { pathname, searchParams, hash } = new URL(path, ORIGIN);
  searchParams.set('course', course);
  if (notice === null) searchParams.delete('notice');
  else searchParams.set('notice', notice);
  return `${pathname}?${searchParams.toString()}${hash}`;
}
