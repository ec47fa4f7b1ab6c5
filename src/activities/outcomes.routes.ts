// Bringing in a report of outcomes, at /outcome-results/ID: the preview, in which each outcome gets its competency, the
// confirmation, and the undo. The file itself comes in at /gradebook. It shows learners' results, so it is for instructors
// and administrators alone.
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { isAppError, type AppError } from '../http/errors.js';
import { wordsFor } from '../http/catalogue.js';
import { pageShell } from '../http/page-shell.js';
import { parseInput } from '../http/parse-input.js';
import { renderPage } from '../http/views.js';
import { checkForm } from '../lti/check-form.js';
import { getCourseLaunch } from '../lti/current-launch.js';
import { requireLaunch, requireRole } from '../lti/guards.js';
import { streamCsv } from '../tables/write-csv.js';
import { STAGES } from './alignment.model.js';
import { getImport } from './gradebook-import.model.js';
import type { GradebookDeps } from './gradebook.routes.js';
import { unmatchedColumns } from './import-view.js';
import { buildOutcomeView } from './outcome-view.js';
import { planOutcomes, type OutcomeChoices, type OutcomeRequest } from './preview-outcomes.js';
import { addressOf } from './return-path.js';
import { GRADE_READERS, wordsOf } from './signed-in.js';
import { readStageWords } from './stage-words.js';
import { takeOutcomes, undoOutcomes } from './take-outcomes.js';

const JUDGEMENTS_JOB = 'state-judgements';
const PERCENT = 100;
const LONGEST_ID = 100;
const NOTHING_CHOSEN: OutcomeChoices = {
  items: null,
  reported: null,
  stage: 'reinforced',
  term: '',
};

const Params = z.object({ import: z.string().max(LONGEST_ID) });
const reported = z.string().max(LONGEST_ID).default('');
const Query = z.object({ reported });
const Form = z.looseObject({
  reported,
  stage: z.enum(STAGES).catch(NOTHING_CHOSEN.stage).default(NOTHING_CHOSEN.stage),
  term: z.string().trim().max(LONGEST_ID).default(''),
  take: z.string().optional(),
});

export function outcomesRoutes(deps: GradebookDeps): Router {
  const router = Router();
  const staff = [requireLaunch(), requireRole(...GRADE_READERS)];

  router.get('/outcome-results/:import', ...staff, async (req, res) => {
    const request = readRequest(deps, req, NOTHING_CHOSEN);
    const { status } = await getImport(ofImport(request));
    if (status === 'taken' || status === 'undone') return sendDone(req, res, request);
    await sendPreview(req, res, { request, fault: null });
  });

  router.get('/outcome-results/:import/unmatched.csv', ...staff, async (req, res) => {
    const query = parseInput(Query, req.query);
    const choices = { ...NOTHING_CHOSEN, reported: query.reported || null };
    const { matched } = await planOutcomes(readRequest(deps, req, choices));
    res.setHeader('Content-Type', 'text/csv; charset=utf-8');
    res.attachment('unmatched.csv');
    const columns = unmatchedColumns(wordsOf(req));
    streamCsv({ columns, rows: matched.unmatched, withMark: true }).pipe(res);
  });

  router.post('/outcome-results/:import', ...staff, checkForm(), async (req, res) => {
    const form = parseInput(Form, req.body);
    const request = readRequest(deps, req, readChoices(form));
    if (form.take === undefined) return sendPreview(req, res, { request, fault: null });
    const { source, config } = deps;
    const fault = await takeOutcomes({ ...request, source, url: config.url }).then(
      () => null,
      (error: unknown) => {
        if (!isAppError(error) || error.code === 'gradebook.not-found') throw error;
        return error;
      },
    );
    if (fault) return sendPreview(req, res, { request, fault });
    deps.nudge(JUDGEMENTS_JOB);
    redirect(req, res, request);
  });

  router.post('/outcome-results/:import/undo', ...staff, checkForm(), async (req, res) => {
    const request = readRequest(deps, req, NOTHING_CHOSEN);
    const { status } = await getImport(ofImport(request));
    if (status === 'taken') await undoOutcomes({ ...request, source: deps.source });
    deps.nudge(JUDGEMENTS_JOB);
    redirect(req, res, request);
  });

  return router;
}

async function sendPreview(
  req: Request,
  res: Response,
  options: { request: OutcomeRequest; fault: AppError | null },
): Promise<void> {
  const { request, fault } = options;
  const { choices } = request;
  const { deployment, course, services } = getCourseLaunch(req);
  const found = await getImport(ofImport(request));
  const [plan, stageOf] = await Promise.all([
    planOutcomes(request),
    readStageWords({ deployment, course, words: wordsOf(req) }),
  ]);
  const words = wordsOf(req);
  renderPage(req, res, {
    view: 'activities/outcomes-preview',
    title: words('gradebook:previewTitle', { file: found.fileName }),
    status: fault?.status ?? 200,
    data: {
      id: found.id,
      view: buildOutcomeView({ plan, left: found.left, words }),
      fault: fault && faultWords(req, fault),
      reported: choices.reported ?? '',
      term: choices.term,
      stages: STAGES.map((stage) => ({
        stage,
        name: stageOf(stage),
        isChosen: stage === choices.stage,
      })),
      hasRoster: services.membershipsUrl !== null,
    },
  });
}

async function sendDone(req: Request, res: Response, request: OutcomeRequest): Promise<void> {
  const done = await getImport(ofImport(request));
  const words = wordsOf(req);
  const isUndone = done.status === 'undone';
  renderPage(req, res, {
    view: 'activities/outcomes-done',
    title: words(isUndone ? 'outcomes:undoneTitle' : 'outcomes:doneTitle'),
    data: {
      done,
      isUndone,
      activities: words('outcomes:doneActivities', { count: done.activities }),
      counts: (['fresh', 'changed'] as const)
        .filter((kind) => done.counts[kind] > 0)
        .map((kind) => words(`outcomes:counts.${kind}`, { count: done.counts[kind] })),
    },
  });
}

function readChoices(form: z.infer<typeof Form>): OutcomeChoices {
  const items = Object.entries(form).flatMap(([name, value]) =>
    name.startsWith('item.') && typeof value === 'string'
      ? [[name.slice('item.'.length), value === '' ? null : value] as const]
      : [],
  );
  const { reported: course, stage, term } = form;
  return {
    items: items.length === 0 ? null : new Map(items),
    reported: course === '' ? null : course,
    stage,
    term,
  };
}

function readRequest(deps: GradebookDeps, req: Request, choices: OutcomeChoices): OutcomeRequest {
  const { import: id } = parseInput(Params, req.params);
  const launch = getCourseLaunch(req);
  return { launch, import: id, choices, passShare: deps.passPercent / PERCENT, now: deps.now() };
}

function ofImport({ launch, import: id, now }: OutcomeRequest) {
  const { deployment, course, user } = launch;
  return { deployment, course, import: id, user, kind: 'outcomes' as const, now };
}

function faultWords(req: Request, fault: AppError): { title: string; text: string } {
  const words = wordsFor(pageShell(req).language);
  return {
    title: words(`errors:${fault.code}.title`, fault.values),
    text: words(`errors:${fault.code}.text`, fault.values),
  };
}

function redirect(req: Request, res: Response, request: OutcomeRequest): void {
  const path = `/outcome-results/${request.import}`;
  res.redirect(303, addressOf({ path, course: getCourseLaunch(req).course, notice: null }));
}
