// Bringing in a gradebook file, at /gradebook: the upload, the preview, which a second look draws again with what was
// chosen, the confirmation, and the undo. It shows learners' grades, so it is for instructors and administrators alone.
import { randomUUID } from 'node:crypto';
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { AppError, isAppError } from '../http/errors.js';
import { wordsFor } from '../http/catalogue.js';
import { pageShell } from '../http/page-shell.js';
import { parseInput } from '../http/parse-input.js';
import { openUpload, readFile } from '../http/read-upload.js';
import { renderPage } from '../http/views.js';
import { checkForm } from '../lti/check-form.js';
import { requestCourseRead } from '../lti/course-read.model.js';
import { getCourseLaunch } from '../lti/current-launch.js';
import { requireLaunch, requireRole } from '../lti/guards.js';
import { readTable } from '../tables/read-table.js';
import { streamCsv } from '../tables/write-csv.js';
import { getImport, insertDraft, listImports } from './gradebook-import.model.js';
import { buildImportView, unmatchedColumns } from './import-view.js';
import { narrowReport } from './preview-outcomes.js';
import { readGradebook } from './read-gradebook.js';
import { isOutcomeReport } from './read-outcome-report.js';
import { readScore } from './read-score.js';
import { addressOf } from './return-path.js';
import { GRADE_READERS, wordsOf, type ActivityDeps } from './signed-in.js';
import {
  planGradebook,
  takeGradebook,
  undoGradebook,
  type GradebookPlan,
  type ImportChoices,
  type ImportRequest,
} from './take-gradebook.js';

export interface GradebookDeps extends ActivityDeps {
  /** Percent of a column's maximum that counts as passed. */
  passPercent: number;
}

const FILE_BYTES = 10 * 1024 * 1024;
const HEAD_BYTES = 4 * 1024;
const REPORT_LIMITS = { rows: 100_000, columns: 100, cells: 3_000_000 };
const UPLOAD_FAULTS = /^(table|file|upload|gradebook|outcomes)\./;
const MOST_COLUMNS = 1_000;
const RESULTS_JOB = 'read-results';
const ROSTER_JOB = 'read-rosters';
const PERCENT = 100;
const NOTHING_CHOSEN: ImportChoices = { columns: null, way: null, at: null, term: '' };

const Params = z.object({ import: z.string().max(100) });
const place = z.coerce.number().int().min(0).max(10_000);
const way = z
  .string()
  .regex(/^\d{1,4}:(lms|sis)$/)
  .or(z.literal(''))
  .catch('');
const Query = z.object({ way });
const Form = z.looseObject({
  column: z.union([place.transform((one) => [one]), z.array(place).max(MOST_COLUMNS)]).default([]),
  way,
  date: z.string().trim().max(20).default(''),
  term: z.string().trim().max(100).default(''),
  take: z.string().optional(),
});
type Form = z.infer<typeof Form>;
const RosterForm = z.object({
  import: z.string().max(100),
  of: z.enum(['gradebook', 'outcome-results']).default('gradebook'),
});

export function gradebookRoutes(deps: GradebookDeps): Router {
  const router = Router();
  const staff = [requireLaunch(), requireRole(...GRADE_READERS)];

  router.get('/gradebook', ...staff, (req, res) => sendUpload(req, res, null));

  router.post(
    '/gradebook',
    openUpload({ fileBytes: FILE_BYTES, fields: 10 }),
    ...staff,
    checkForm(),
    async (req, res) => {
      const path = await keepUpload(deps, req).catch((error: unknown) => {
        if (!isAppError(error) || !UPLOAD_FAULTS.test(error.code)) throw error;
        return error;
      });
      if (typeof path !== 'string') return sendUpload(req, res, path);
      redirect(req, res, path);
    },
  );

  router.get('/gradebook/:import', ...staff, async (req, res) => {
    const request = readRequest(deps, req, NOTHING_CHOSEN);
    const found = await getImport(ofImport(request));
    if (found.status === 'taken' || found.status === 'undone') return sendDone(req, res, request);
    await sendPreview(req, res, { request, form: null, fault: null });
  });

  router.get('/gradebook/:import/unmatched.csv', ...staff, async (req, res) => {
    const { way: value } = parseInput(Query, req.query);
    const request = readRequest(deps, req, { ...NOTHING_CHOSEN, way: readWay(value) });
    const { matched } = await planGradebook(request);
    res.setHeader('Content-Type', 'text/csv; charset=utf-8');
    res.attachment('unmatched.csv');
    const columns = unmatchedColumns(wordsOf(req));
    streamCsv({ columns, rows: matched.unmatched, withMark: true }).pipe(res);
  });

  router.post('/gradebook/:import', ...staff, checkForm(), async (req, res) => {
    const form = parseInput(Form, req.body);
    const choices = readChoices(form, deps.now());
    const request = readRequest(deps, req, 'fault' in choices ? NOTHING_CHOSEN : choices);
    if ('fault' in choices) return sendPreview(req, res, { request, form, fault: choices.fault });
    if (form.take === undefined) return sendPreview(req, res, { request, form, fault: null });
    const { source, config } = deps;
    const fault = await takeGradebook({ ...request, source, url: config.url }).then(
      () => null,
      (error: unknown) => {
        if (!isAppError(error) || error.code === 'gradebook.not-found') throw error;
        return error;
      },
    );
    if (fault) return sendPreview(req, res, { request, form, fault });
    deps.nudge(RESULTS_JOB);
    redirect(req, res, `/gradebook/${request.import}`);
  });

  router.post('/gradebook/:import/undo', ...staff, checkForm(), async (req, res) => {
    const request = readRequest(deps, req, NOTHING_CHOSEN);
    const { status } = await getImport(ofImport(request));
    if (status === 'taken') await undoGradebook({ ...request, source: deps.source });
    deps.nudge(RESULTS_JOB);
    redirect(req, res, `/gradebook/${request.import}`);
  });

  router.post('/course-roster', ...staff, checkForm(), async (req, res) => {
    const { deployment, course } = getCourseLaunch(req);
    const now = deps.now();
    await requestCourseRead({ kind: 'roster', deployment, course, launchedAt: now, now });
    deps.nudge(ROSTER_JOB);
    const { import: id, of } = parseInput(RosterForm, req.body);
    redirect(req, res, `/${of}/${encodeURIComponent(id)}`, 'roster-asked');
  });

  return router;
}

/** Keeps a gradebook or a report of outcomes, whichever its headings tell; answers the address of its preview. */
async function keepUpload(deps: GradebookDeps, req: Request): Promise<string> {
  const { deployment, course, user } = getCourseLaunch(req);
  const { bytes, name } = await readFile(req, 'table');
  const { rows } = await readTable({ bytes, limits: looksLikeReport(bytes) ? REPORT_LIMITS : {} });
  const id = randomUUID();
  const fileName = name ?? wordsOf(req)('gradebook:nameless');
  const draft = { import: id, deployment, course, user, fileName, now: deps.now() };
  if (isOutcomeReport(rows)) {
    const narrowed = await narrowReport({ launch: { deployment, course }, rows });
    await insertDraft({ ...draft, ...narrowed, kind: 'outcomes' });
    return `/outcome-results/${id}`;
  }
  readGradebook(rows);
  await insertDraft({ ...draft, rows, left: 0, kind: 'scores' });
  return `/gradebook/${id}`;
}

/** A report of a whole account is longer than a gradebook; most of it is of other courses and not kept. */
function looksLikeReport(bytes: Buffer): boolean {
  const head = bytes.subarray(0, HEAD_BYTES).toString('latin1').toLowerCase();
  return head.includes('learning outcome id');
}

async function sendUpload(req: Request, res: Response, fault: AppError | null): Promise<void> {
  const { deployment, course } = getCourseLaunch(req);
  const words = wordsOf(req);
  const imports = await listImports({ deployment, course });
  renderPage(req, res, {
    view: 'activities/gradebook',
    title: words('gradebook:title'),
    status: fault?.status ?? 200,
    data: {
      fault: fault && faultWords(req, fault),
      imports: imports.map((one) => ({
        ...one,
        path: `/${one.kind === 'outcomes' ? 'outcome-results' : 'gradebook'}/${one.id}`,
      })),
      megabytes: FILE_BYTES / 1024 / 1024,
    },
  });
}

async function sendPreview(
  req: Request,
  res: Response,
  options: { request: ImportRequest; form: Form | null; fault: AppError | null },
): Promise<void> {
  const { request, form, fault } = options;
  const found = await getImport(ofImport(request));
  const plan = await planGradebook(request);
  const words = wordsOf(req);
  renderPage(req, res, {
    view: 'activities/gradebook-preview',
    title: words('gradebook:previewTitle', { file: found.fileName }),
    status: fault?.status ?? 200,
    data: {
      id: found.id,
      preview: typed(buildImportView({ plan, words, language: pageShell(req).language }), form),
      fault: fault && faultWords(req, fault),
      dateFault: fault?.fields['date'] !== undefined,
      day: form?.date ?? '',
      term: form?.term ?? '',
      way: form?.way ?? '',
      hasRoster: getCourseLaunch(req).services.membershipsUrl !== null,
      isEmpty: hasNothing(plan),
    },
  });
}

/** Points as they were typed, also such as are no number. */
function typed(view: ReturnType<typeof buildImportView>, form: Form | null) {
  if (form === null) return view;
  const chosen = new Set(form.column);
  const rows = view.rows.map((row) => ({
    ...row,
    isChosen: !row.isRead && chosen.has(row.at),
    maximum: readText(form, row.at) ?? row.maximum,
  }));
  return { ...view, rows };
}

function hasNothing({ columns }: GradebookPlan): boolean {
  return columns.every(({ scores }) => scores.length === 0);
}

async function sendDone(req: Request, res: Response, request: ImportRequest): Promise<void> {
  const done = await getImport(ofImport(request));
  const words = wordsOf(req);
  const { counts, activities, status } = done;
  const kinds = ['fresh', 'changed', 'cleared'] as const;
  renderPage(req, res, {
    view: 'activities/gradebook-done',
    title: words(status === 'undone' ? 'gradebook:undoneTitle' : 'gradebook:doneTitle'),
    data: {
      done,
      isUndone: status === 'undone',
      activities: words('gradebook:doneActivities', { count: activities }),
      counts: kinds
        .filter((kind) => counts[kind] > 0)
        .map((kind) => words(`gradebook:counts.${kind}`, { count: counts[kind] })),
    },
  });
}

function faultWords(req: Request, fault: AppError): { title: string; text: string } {
  const words = wordsFor(pageShell(req).language);
  return {
    title: words(`errors:${fault.code}.title`, fault.values),
    text: words(`errors:${fault.code}.text`, fault.values),
  };
}

function readRequest(deps: GradebookDeps, req: Request, choices: ImportChoices): ImportRequest {
  const { import: id } = parseInput(Params, req.params);
  const launch = getCourseLaunch(req);
  return { launch, import: id, choices, passShare: deps.passPercent / PERCENT, now: deps.now() };
}

function ofImport({ launch, import: id, now }: ImportRequest) {
  const { deployment, course, user } = launch;
  return { deployment, course, import: id, user, kind: 'scores' as const, now };
}

function readChoices(form: Form, now: Date): ImportChoices | { fault: AppError } {
  const at = readDay(form.date, now);
  if (at === 'faulty')
    return { fault: new AppError('gradebook.date', { status: 400, fields: { date: form.date } }) };
  const chosen = new Set(form.column);
  const places = Object.keys(form).flatMap((name) => /^maximum\.(\d{1,4})$/.exec(name)?.[1] ?? []);
  const columns = new Map(
    [...new Set([...chosen, ...places.map(Number)])].map((one) => [
      one,
      { isChosen: chosen.has(one), maximum: readPoints(readText(form, one) ?? '') },
    ]),
  );
  return { columns, way: readWay(form.way), at, term: form.term };
}

function readText(form: Form, at: number): string | null {
  const text = form[`maximum.${at}`];
  return typeof text === 'string' ? text.slice(0, 20) : null;
}

function readPoints(text: string): number | null {
  const cell = readScore(text);
  return cell.is === 'score' && cell.score > 0 ? cell.score : null;
}

function readWay(value: string): ImportChoices['way'] {
  const [, at, by] = /^(\d+):(lms|sis)$/.exec(value) ?? [];
  return at === undefined ? null : { at: Number(at), by: by === 'lms' ? 'lms' : 'sis' };
}

/** The end of that day, at the latest now; null where none is given. */
function readDay(text: string, now: Date): Date | null | 'faulty' {
  if (text === '') return null;
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(day) || day > now.getTime() || day < 0) return 'faulty';
  return new Date(Math.min(now.getTime(), day + 24 * 60 * 60 * 1_000 - 1_000));
}

function redirect(req: Request, res: Response, path: string, notice: string | null = null): void {
  res.redirect(303, addressOf({ path, course: getCourseLaunch(req).course, notice }));
}
