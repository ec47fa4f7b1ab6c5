// Forms that align a course's activities, one or several, and take it back. Searching and dismissing inside the form are POSTs
// that align nothing and draw the form again, so that what was chosen is kept; so does a change by somebody else meanwhile.
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { AppError, isAppError } from '../http/errors.js';
import { parseInput } from '../http/parse-input.js';
import { checkForm } from '../lti/check-form.js';
import { getCourseLaunch } from '../lti/current-launch.js';
import { requireLaunch, requireRole } from '../lti/guards.js';
import { findNextUnaligned } from './activity-filter.js';
import { listActivities } from './activity.model.js';
import { AlignForm, Marks, readChosen, writeMarks } from './align-form.js';
import {
  alignActivities,
  alignActivity,
  restoreAlignment,
  restoreAlignments,
  type ChangedAlignment,
} from './align-activity.js';
import { buildSearchOptions } from './align-view.js';
import { listAlignments } from './alignment.model.js';
import type { CourseLaunch } from './complete-object.js';
import { readCourseTree } from './course-framework.js';
import { changeDismissals } from './dismiss-suggestion.js';
import { renderAlign, renderNothingToAlign } from './render-align.js';
import { redirectBack } from './return-path.js';
import { COURSE_STAFF, wordsOf } from './signed-in.js';

export interface AlignmentDeps {
  now: () => Date;
  nudge: (job: string) => void;
}

const ATTAINMENT_JOB = 'project-attainment';

const Params = z.object({ activity: z.string().max(100) });
const SearchQuery = z.object({ q: z.string().max(200).default('') });

export function alignmentRoutes(deps: AlignmentDeps): Router {
  const router = Router();
  const staff = [requireLaunch(), requireRole(...COURSE_STAFF)];
  const { now, nudge } = deps;

  router.get('/alignments', ...staff, async (req, res) => {
    const form = parseInput(AlignForm, req.query);
    if (form.activity.length === 0 && (await renderNothingToAlign(req, res))) return;
    await renderAlign(req, res, { form, redraw: 'opened' });
  });

  router.get('/alignments/competencies', ...staff, async (req, res) => {
    const { q } = parseInput(SearchQuery, req.query);
    const tree = await readCourseTree(getCourseLaunch(req));
    res.json(buildSearchOptions({ tree, text: q, words: wordsOf(req) }));
  });

  router.post('/alignments', ...staff, checkForm(), async (req, res) => {
    const form = parseInput(AlignForm, req.body);
    if (isRedrawn(form)) return redraw(req, res, form);
    if (form.undo.length > 0) return undoAlignments(deps, req, res, form);
    if (form.activity.length === 0 || (form.activity.length > 1 && form.item.length === 0))
      throw new AppError('alignment.nothing-chosen', { status: 400 });
    const changed = await orConflict(align(req, form, now()));
    if (changed === null) return renderAlign(req, res, { form, redraw: 'conflict' });
    nudge(ATTAINMENT_JOB);
    await leadOn(req, res, { form, changed });
  });

  router.post('/activities/:activity/alignments', ...staff, checkForm(), async (req, res) => {
    const { activity } = parseInput(Params, req.params);
    const form = { ...parseInput(AlignForm, req.body), activity: [activity] };
    if (isRedrawn(form)) return redraw(req, res, form);
    const { restore } = form;
    const changed =
      restore === undefined
        ? await orConflict(align(req, form, now()))
        : await restoreOne(req, { activity, restore, expected: form.revision, now: now() });
    if (changed === null) return renderAlign(req, res, { form, redraw: 'conflict' });
    nudge(ATTAINMENT_JOB);
    redirectBack(req, res, {
      back: undefined,
      otherwise: `/activities/${activity}`,
      notice: changed.length > 0 ? 'alignment-aligned' : 'alignment-unchanged',
    });
  });

  return router;
}

/** Replaces what one activity counts for, or adds to several. Returns those that changed. */
async function align(req: Request, form: AlignForm, now: Date): Promise<ChangedAlignment[]> {
  const launch = getCourseLaunch(req);
  const tree = await readCourseTree(launch);
  const activities = [...new Set(form.activity)];
  const [activity = '', ...others] = activities;
  const chosen = readChosen(form);
  if (others.length > 0) return alignActivities({ launch, activities, chosen, tree, now });
  const expectedRevision = form.revision;
  const outcome = await alignActivity({ launch, activity, chosen, tree, expectedRevision, now });
  return outcome === 'aligned' ? [{ activity, revision: expectedRevision + 1 }] : [];
}

/** Null where somebody else changed it meanwhile. */
async function orConflict(
  aligning: Promise<ChangedAlignment[]>,
): Promise<ChangedAlignment[] | null> {
  return aligning.catch((error: unknown) => {
    if (isAppError(error) && error.code === 'alignment.changed') return null;
    throw error;
  });
}

async function restoreOne(
  req: Request,
  options: { activity: string; restore: number; expected: number; now: Date },
): Promise<ChangedAlignment[]> {
  const { activity, restore, expected, now } = options;
  const outcome = await restoreAlignment({
    launch: getCourseLaunch(req),
    activity,
    revision: restore,
    expectedRevision: expected,
    now,
  });
  return outcome === 'aligned' ? [{ activity, revision: expected + 1 }] : [];
}

function isRedrawn({ find, dismiss, undismiss }: AlignForm): boolean {
  return [find, dismiss, undismiss].some((button) => button !== undefined);
}

async function redraw(req: Request, res: Response, form: AlignForm): Promise<void> {
  const { activity: activities, dismiss, undismiss } = form;
  await changeDismissals({ launch: getCourseLaunch(req), activities, dismiss, undismiss });
  await renderAlign(req, res, { form, redraw: 'searched' });
}

/** After saving: to the next activity that counts for nothing, or to the course, with what takes the change back. */
async function leadOn(
  req: Request,
  res: Response,
  saved: { form: AlignForm; changed: ChangedAlignment[] },
): Promise<void> {
  const { form, changed } = saved;
  const marks = writeMarks(changed);
  const next = form.then === 'next' ? await findNext(getCourseLaunch(req), form.activity) : null;
  if (next !== null) marks.append('activity', next);
  redirectBack(req, res, {
    back: undefined,
    otherwise: `${next === null ? '/activities' : '/alignments'}?${marks.toString()}`,
    notice: changed.length === 0 && next === null ? 'alignment-unchanged' : null,
  });
}

async function findNext(launch: CourseLaunch, after: readonly string[]): Promise<string | null> {
  const { deployment, course } = launch;
  const [activities, alignments] = await Promise.all([
    listActivities({ deployment, course }),
    listAlignments({ deployment, course }),
  ]);
  const aligned = new Set(
    alignments.filter(({ current }) => current.length > 0).map(({ activity }) => activity),
  );
  return findNextUnaligned({ activities, aligned, after })?.id ?? null;
}

async function undoAlignments(
  deps: AlignmentDeps,
  req: Request,
  res: Response,
  form: AlignForm,
): Promise<void> {
  const changed = parseInput(z.object({ undo: Marks }), { undo: form.undo }).undo;
  const launch = getCourseLaunch(req);
  const { left } = await restoreAlignments({ launch, changed, now: deps.now() });
  deps.nudge(ATTAINMENT_JOB);
  const [first] = changed;
  const otherwise =
    form.then === 'next' && first ? `/alignments?activity=${first.activity}` : '/activities';
  redirectBack(req, res, {
    back: undefined,
    otherwise,
    notice: left === 0 ? 'alignments-undone' : 'alignments-undone-partly',
  });
}
