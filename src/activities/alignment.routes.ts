// Forms of a course's staff: type activities, read our own gradebook columns, align one activity or several, undo.
// Searching inside the form is a POST that changes nothing and draws the form again, so that what was chosen is kept.
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { AppError } from '../http/errors.js';
import { parseInput } from '../http/parse-input.js';
import { renderPage } from '../http/views.js';
import { checkForm } from '../lti/check-form.js';
import { getCourseLaunch } from '../lti/current-launch.js';
import { requireLaunch, requireRole } from '../lti/guards.js';
import type { LtiServices } from '../lti/lti-services.js';
import { addActivities } from './add-activities.js';
import {
  alignActivities,
  alignActivity,
  restoreAlignment,
  restoreAlignments,
  type ChosenItem,
} from './align-activity.js';
import { buildAlignView } from './align-view.js';
import { getActivity } from './activity.model.js';
import { STAGES, type Stage } from './alignment.model.js';
import { readCourseTree } from './course-framework.js';
import { recordLineItems } from './record-course-activities.js';
import { addressOf, redirectBack } from './return-path.js';
import { COURSE_STAFF, wordsOf } from './signed-in.js';
import { readStageWords } from './stage-words.js';

export interface AlignmentDeps {
  config: { url: string };
  lti: LtiServices;
  now: () => Date;
  nudge: (job: string) => void;
}

const ATTAINMENT_JOB = 'project-attainment';
const MAX_CHOSEN = 200;

const id = z.string().max(100);
const several = z.union([id.transform((one) => [one]), z.array(id).max(MAX_CHOSEN)]).default([]);
const Params = z.object({ activity: id });
const TypedForm = z.object({ lines: z.string().max(200_000).default('') });
const revision = z.coerce.number().int().min(0);
const AlignForm = z.looseObject({
  item: several,
  activity: several,
  revision: revision.default(0),
  q: z.string().max(200).default(''),
  /** The button that searches. */
  find: z.string().optional(),
  /** The revision that undo brings back. */
  restore: revision.optional(),
  /** `ID.REVISION` of activities that were aligned together, for taking it back. */
  undo: several,
});
type AlignForm = z.infer<typeof AlignForm>;

export function alignmentRoutes(deps: AlignmentDeps): Router {
  const router = Router();
  const staff = [requireLaunch(), requireRole(...COURSE_STAFF)];
  const { now, nudge } = deps;

  router.get('/activities/new', ...staff, (req, res) =>
    renderNew(req, res, { status: 200, lines: '', faults: [] }),
  );

  router.post('/activities', ...staff, checkForm(), async (req, res) => {
    const { lines } = parseInput(TypedForm, req.body);
    const launch = getCourseLaunch(req);
    const added = await addActivities({ launch, text: lines, url: deps.config.url, now: now() });
    const faults = added.outcome === 'refused' ? describeFaults(req, added.faults) : [];
    if (added.outcome === 'added' && added.ids.length === 0)
      faults.push(wordsOf(req)('activities:add.empty'));
    if (faults.length > 0) return renderNew(req, res, { status: 400, lines, faults });
    redirectBack(req, res, {
      back: undefined,
      otherwise: '/activities',
      notice: 'activities-added',
    });
  });

  router.post('/activities/line-items', ...staff, checkForm(), async (req, res) => {
    await recordLineItems({ launch: getCourseLaunch(req), services: deps.lti, now: now() });
    redirectBack(req, res, {
      back: undefined,
      otherwise: '/activities',
      notice: 'line-items-read',
    });
  });

  router.get('/alignments', ...staff, async (req, res) => {
    const form = parseInput(AlignForm, req.query);
    const [only, ...others] = form.activity;
    const { course } = getCourseLaunch(req);
    if (only !== undefined && others.length === 0)
      return res.redirect(303, addressOf({ path: `/activities/${only}`, course, notice: null }));
    await renderAlign(req, res, form);
  });

  router.post('/alignments', ...staff, checkForm(), async (req, res) => {
    const form = parseInput(AlignForm, req.body);
    if (form.find !== undefined) return renderAlign(req, res, form);
    if (form.undo.length > 0) return undoAlignments(deps, req, res, form);
    if (form.activity.length === 0 || form.item.length === 0)
      throw new AppError('alignment.nothing-chosen', { status: 400 });
    const launch = getCourseLaunch(req);
    const changed = await alignActivities({
      launch,
      activities: [...new Set(form.activity)],
      chosen: readChosen(form),
      tree: await readCourseTree(launch),
      now: now(),
    });
    nudge(ATTAINMENT_JOB);
    const marks = new URLSearchParams();
    for (const { activity, revision } of changed)
      marks.append('changed', `${activity}.${revision}`);
    redirectBack(req, res, {
      back: undefined,
      otherwise: `/activities?${marks.toString()}`,
      notice: changed.length > 0 ? 'alignments-added' : 'alignment-unchanged',
    });
  });

  router.post('/activities/:activity/alignments', ...staff, checkForm(), async (req, res) => {
    const { activity } = parseInput(Params, req.params);
    const form = parseInput(AlignForm, req.body);
    if (form.find !== undefined) return renderAlign(req, res, { ...form, activity: [activity] });
    const request = {
      launch: getCourseLaunch(req),
      activity,
      now: now(),
      expectedRevision: form.revision,
    };
    const outcome =
      form.restore === undefined
        ? await alignActivity({
            ...request,
            chosen: readChosen(form),
            tree: await readCourseTree(request.launch),
          })
        : await restoreAlignment({ ...request, revision: form.restore });
    nudge(ATTAINMENT_JOB);
    redirectBack(req, res, {
      back: undefined,
      otherwise: `/activities/${activity}`,
      notice: `alignment-${outcome}`,
    });
  });

  return router;
}

async function undoAlignments(
  deps: AlignmentDeps,
  req: Request,
  res: Response,
  form: AlignForm,
): Promise<void> {
  const changed = form.undo.map((mark) => {
    const [activity = '', made] = mark.split('.');
    return { activity, revision: parseInput(z.coerce.number().int().min(1), made) };
  });
  const { left } = await restoreAlignments({
    launch: getCourseLaunch(req),
    changed,
    now: deps.now(),
  });
  deps.nudge(ATTAINMENT_JOB);
  redirectBack(req, res, {
    back: undefined,
    otherwise: '/activities',
    notice: left === 0 ? 'alignments-undone' : 'alignments-undone-partly',
  });
}

/** What the form's boxes say; each has its stage beside it. */
function readChosen(form: AlignForm): ChosenItem[] {
  return [...new Set(form.item)].map((item) => ({ item, stage: readStage(form[`stage-${item}`]) }));
}

function readStage(value: unknown): Stage {
  return STAGES.find((stage) => stage === value) ?? 'introduced';
}

async function renderAlign(req: Request, res: Response, form: AlignForm): Promise<void> {
  const launch = getCourseLaunch(req);
  const { deployment, course } = launch;
  if (form.activity.length === 0) throw new AppError('alignment.nothing-chosen', { status: 400 });
  const activities = await Promise.all(
    form.activity.map((activity) => getActivity({ deployment, course, activity })),
  );
  const words = wordsOf(req);
  const tree = await readCourseTree(launch);
  const [first] = activities;
  const title =
    activities.length === 1 && first
      ? words('activities:align.title', { title: first.title })
      : words('activities:align.titleMany', { count: activities.length });
  renderPage(req, res, {
    view: 'activities/align',
    title,
    data: {
      align: buildAlignView({
        activities,
        revision: form.revision,
        chosen: readChosen(form),
        text: form.q,
        tree,
        words,
        stageWords: await readStageWords({ deployment, words }),
      }),
    },
  });
}

function renderNew(
  req: Request,
  res: Response,
  options: { status: number; lines: string; faults: string[] },
): void {
  const { status, lines, faults } = options;
  renderPage(req, res, {
    view: 'activities/new',
    title: wordsOf(req)('activities:add.title'),
    status,
    data: { lines, faults },
  });
}

function describeFaults(
  req: Request,
  faults: { line: number; fault: string; text: string }[],
): string[] {
  const words = wordsOf(req);
  return faults.map(({ line, fault, text }) =>
    words('activities:add.fault', { line, text, reason: words(`activities:add.faults.${fault}`) }),
  );
}
