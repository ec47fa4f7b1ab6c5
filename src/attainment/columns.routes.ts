// Scores to the gradebook, at /columns: an instructor switches on the one column in which the course shows what its learners
// achieved, sees what became of it, and switches it off again.
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { readCourseTree } from '../activities/course-framework.js';
import { addressOf } from '../activities/return-path.js';
import { listFailedScores, retryFailedScores } from '../activities/score-delivery.model.js';
import { GRADE_READERS, wordsOf } from '../activities/signed-in.js';
import { AppError, isAppError } from '../http/errors.js';
import { parseInput } from '../http/parse-input.js';
import { renderPage } from '../http/views.js';
import { checkForm } from '../lti/check-form.js';
import { getCourseLaunch } from '../lti/current-launch.js';
import { requireLaunch, requireRole } from '../lti/guards.js';
import type { LtiServices } from '../lti/lti-services.js';
import {
  findColumn,
  type AttainmentColumn,
  type ColumnContent,
} from './attainment-column.model.js';
import { listColumnValues } from './column-value.model.js';
import { readCoverage } from './read-progress.js';
import { switchColumnOff, switchColumnOn, whyNoColumn } from './switch-column.js';

export interface ColumnDeps {
  lti: LtiServices;
  now: () => Date;
  nudge: (job: string) => void;
}

const COLUMNS_JOB = 'send-columns';
const SCORES_JOB = 'deliver-scores';
const LONGEST_LABEL = 100;
const SHOWN_FAULTS = 3;

const OnForm = z.object({
  content: z.enum(['share', 'item'], { message: 'column:faults.content' }),
  item: z.string().max(LONGEST_LABEL).default(''),
});
const OffForm = z.object({
  column: z.enum(['leave', 'remove'], { message: 'column:faults.column' }),
});

export function columnsRoutes(deps: ColumnDeps): Router {
  const router = Router();
  const staff = [requireLaunch(), requireRole(...GRADE_READERS)];

  router.get('/columns', ...staff, (req, res) => sendPage(req, res, null));

  router.post('/columns', ...staff, checkForm(), async (req, res) => {
    const fault = await switchOn(deps, req).catch(toFault);
    if (fault) return sendPage(req, res, fault);
    deps.nudge(COLUMNS_JOB);
    redirect(req, res, 'column-on');
  });

  router.post('/columns/off', ...staff, checkForm(), async (req, res) => {
    const fault = await switchOff(deps, req).catch(toFault);
    if (fault) return sendPage(req, res, fault);
    redirect(req, res, 'column-off');
  });

  router.post('/columns/scores', ...staff, checkForm(), async (req, res) => {
    const { deployment, course } = getCourseLaunch(req);
    const column = await findColumn({ deployment, course });
    if (column?.status !== 'on') throw new AppError('column.not-on', { status: 409 });
    await retryFailedScores({
      deployment,
      lineItemUrls: [column.lineItemUrl],
      now: deps.now(),
    });
    deps.nudge(SCORES_JOB);
    redirect(req, res, 'scores-sent-again');
  });

  return router;
}

async function switchOn({ lti, now }: ColumnDeps, req: Request): Promise<null> {
  const launch = getCourseLaunch(req);
  const form = parseInput(OnForm, req.body);
  const tree = await readCourseTree(launch);
  const framework = tree.framework.id;
  const { byItem } = await readCoverage({ ...launch, framework });
  if (form.content === 'item' && !byItem.has(form.item))
    throw faultyField('item', form, 'column:faults.item');
  if (byItem.size === 0) throw new AppError('column.nothing', { status: 409 });
  const content: ColumnContent =
    form.content === 'item' ? { kind: 'item', item: form.item } : { kind: 'share' };
  const statement = tree.items.get(form.item)?.fullStatement ?? '';
  const words = wordsOf(req);
  const label = words(`column:label.${content.kind}`, { statement }).slice(0, LONGEST_LABEL);
  await switchColumnOn({ launch, services: lti, framework, content, label, now: now() });
  return null;
}

async function switchOff({ lti, now }: ColumnDeps, req: Request): Promise<null> {
  const { column } = parseInput(OffForm, req.body);
  await switchColumnOff({ launch: getCourseLaunch(req), services: lti, column, now: now() });
  return null;
}

function faultyField(field: string, typed: Record<string, string>, message: string): AppError {
  return new AppError('input.invalid', {
    status: 400,
    fields: { [field]: message },
    typed,
    values: { fields: field },
  });
}

function toFault(error: unknown): AppError {
  if (!isAppError(error)) throw error;
  return error;
}

async function sendPage(req: Request, res: Response, fault: AppError | null): Promise<void> {
  const launch = getCourseLaunch(req);
  const { deployment, course } = launch;
  const words = wordsOf(req);
  const [tree, column] = await Promise.all([
    readCourseTree(launch),
    findColumn({ deployment, course }),
  ]);
  const { byItem } = await readCoverage({ deployment, course, framework: tree.framework.id });
  const missing = whyNoColumn(launch);
  const field = fault && Object.entries(fault.fields)[0];
  renderPage(req, res, {
    view: 'attainment/columns',
    title: words('column:title'),
    status: fault?.status ?? 200,
    data: {
      fault: fault && {
        title: words(`errors:${fault.code}.title`, fault.values),
        text: field ? words(field[1]) : words(`errors:${fault.code}.text`, fault.values),
      },
      missing: missing && words(`column:missing.${missing}`),
      column: column && (await describeColumn(req, column)),
      isOn: column?.status === 'on',
      items: tree.competencies
        .filter(({ identifier }) => byItem.has(identifier))
        .map(({ identifier, fullStatement }) => ({
          identifier,
          fullStatement,
          isChosen: identifier === fault?.typed['item'],
        })),
      isItem: fault?.typed['content'] === 'item',
      count: words('column:count', { count: byItem.size }),
    },
  });
}

async function describeColumn(req: Request, column: AttainmentColumn) {
  const { deployment, course, lineItemUrl, status, label, at } = column;
  const words = wordsOf(req);
  const [values, failed] = await Promise.all([
    listColumnValues({ deployment, course }),
    listFailedScores({ deployment, lineItemUrls: [lineItemUrl] }),
  ]);
  const given = values.filter((one) => one.lineItemUrl === lineItemUrl && one.score !== null);
  const faults = [...new Set(failed.map(({ fault }) => fault))];
  return {
    status: words(`column:status.${status}`, { label }),
    isGone: status === 'gone',
    at,
    given: words('column:given', { count: given.length }),
    failed:
      status === 'on' && failed.length > 0
        ? {
            title: words('column:failed', { count: failed.length }),
            faults: faults.slice(0, SHOWN_FAULTS),
          }
        : null,
  };
}

function redirect(req: Request, res: Response, notice: string): void {
  res.redirect(303, addressOf({ path: '/columns', course: getCourseLaunch(req).course, notice }));
}
