// Alignments out as CSV, and in from a table that somebody brings: faults by row and column, or what would change; then
// written on that person's word, and taken back.
import { pipeline } from 'node:stream/promises';
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { parseInput } from '../http/parse-input.js';
import { openUpload, readFile } from '../http/read-upload.js';
import { renderPage } from '../http/views.js';
import { checkForm } from '../lti/check-form.js';
import { getCourseLaunch } from '../lti/current-launch.js';
import { requireLaunch, requireRole } from '../lti/guards.js';
import { readTable } from '../tables/read-table.js';
import { streamCsv } from '../tables/write-csv.js';
import { listActivities } from './activity.model.js';
import { COLUMNS, listFileRows, readFileRows, type FileFault } from './alignment-file.js';
import { describeChange } from './alignment-history.js';
import { listAlignments } from './alignment.model.js';
import type { AlignmentDeps } from './alignment.routes.js';
import type { CourseLaunch } from './complete-object.js';
import { readCourseTree } from './course-framework.js';
import { buildChips } from './course-view.js';
import {
  confirmAlignmentImport,
  getAlignmentImport,
  keepAlignmentImport,
  undoAlignmentImport,
} from './import-alignments.js';
import { redirectBack } from './return-path.js';
import { COURSE_STAFF, wordsOf } from './signed-in.js';
import { readStageWords } from './stage-words.js';

const ATTAINMENT_JOB = 'project-attainment';
const LARGEST_FILE = 2 * 1024 * 1024;
const MAX_ROWS = 5_000;
const MAX_FAULTS = 100;

const ImportForm = z.object({ mode: z.enum(['add', 'replace']).catch('add') });
const Params = z.object({ import: z.string().max(100) });
const StepForm = z.object({ step: z.enum(['confirm', 'undo']) });

export function alignmentFileRoutes(deps: AlignmentDeps): Router {
  const router = Router();
  const staff = [requireLaunch(), requireRole(...COURSE_STAFF)];
  const { now, nudge } = deps;

  router.get('/alignments.csv', ...staff, async (req, res) => {
    const rows = listFileRows(await readCourse(req));
    res.setHeader('Content-Type', 'text/csv; charset=utf-8');
    res.setHeader('Content-Disposition', 'attachment; filename="alignments.csv"');
    const columns = COLUMNS.map((column) => ({
      header: column,
      value: (one: (typeof rows)[number]) => one[column],
    }));
    await pipeline(streamCsv({ columns, rows, withMark: true }), res);
  });

  router.get('/alignments/imports', ...staff, (req, res) =>
    renderForm(req, res, { faults: [], mode: 'add' }),
  );

  const upload = openUpload({ fileBytes: LARGEST_FILE });
  router.post('/alignments/imports', upload, ...staff, checkForm(), async (req, res) => {
    const { bytes } = await readFile(req, 'file');
    const { mode } = parseInput(ImportForm, req.body);
    const { rows } = await readTable({ bytes, limits: { rows: MAX_ROWS } });
    const course = await readCourse(req);
    const { chosen, faults } = readFileRows({ ...course, rows });
    if (faults.length > 0) return renderForm(req, res, { faults, mode });
    const launch = getCourseLaunch(req);
    const id = await keepAlignmentImport({ ...course, launch, chosen, mode, now: now() });
    redirectBack(req, res, {
      back: undefined,
      otherwise: `/alignments/imports/${id}`,
      notice: null,
    });
  });

  router.get('/alignments/imports/:import', ...staff, sendImport);

  router.post('/alignments/imports/:import', ...staff, checkForm(), async (req, res) => {
    const { import: id } = parseInput(Params, req.params);
    const { step } = parseInput(StepForm, req.body);
    const request = { launch: getCourseLaunch(req), id, now: now() };
    if (step === 'confirm') await confirmAlignmentImport(request);
    else await undoAlignmentImport(request);
    nudge(ATTAINMENT_JOB);
    redirectBack(req, res, {
      back: undefined,
      otherwise: `/alignments/imports/${id}`,
      notice: null,
    });
  });

  return router;
}

async function sendImport(req: Request, res: Response): Promise<void> {
  const { import: id } = parseInput(Params, req.params);
  const found = await getAlignmentImport({ launch: getCourseLaunch(req), id });
  const { activities, alignments, tree, stageWords } = await readCourse(req);
  const words = wordsOf(req);
  const titles = new Map(activities.map((one) => [one.id, one.title]));
  const standing = new Map(alignments.map((one) => [one.activity, one.current]));
  const { state, changes, changed } = found;
  const left = changes.length - changed.length;
  const title = { read: 'previewTitle', confirmed: 'doneTitle', undone: 'undoneTitle' }[state];
  renderPage(req, res, {
    view: 'activities/alignment-import',
    title: words(`align:file.${title}`),
    data: {
      id,
      isRead: state === 'read',
      isConfirmed: state === 'confirmed',
      isUndone: state === 'undone',
      done: words('align:file.done', { count: changed.length }),
      left: state === 'read' || left === 0 ? null : words('align:file.left', { count: left }),
      hasChanged: changed.length > 0,
      rows: changes.map(({ activity, items }) => ({
        title: titles.get(activity) ?? '',
        change: describeChange({ before: standing.get(activity) ?? [], after: items, words }),
        items: buildChips({ items, tree, stageWords }),
      })),
    },
  });
}

function renderForm(
  req: Request,
  res: Response,
  options: { faults: readonly FileFault[]; mode: 'add' | 'replace' },
): void {
  const { faults, mode } = options;
  const words = wordsOf(req);
  renderPage(req, res, {
    view: 'activities/alignment-imports',
    title: words('align:file.importTitle'),
    status: faults.length > 0 ? 400 : 200,
    data: {
      modes: (['add', 'replace'] as const).map((value) => ({
        value,
        label: words(`align:file.${value}`),
        isChosen: value === mode,
      })),
      faultsTitle: words('align:file.faultsTitle', { count: faults.length }),
      more: faults.length > MAX_FAULTS ? words('align:file.more', { count: MAX_FAULTS }) : null,
      faults: faults.slice(0, MAX_FAULTS).map(({ row, column, fault, cell, near }) => ({
        row,
        column,
        cell,
        fault: words(`align:file.faults.${fault}`),
        near: near.length > 0 ? words('align:file.near', { near: near.join('; ') }) : null,
      })),
    },
  });
}

async function readCourse(req: Request) {
  const launch: CourseLaunch = getCourseLaunch(req);
  const { deployment, course } = launch;
  const [activities, alignments, tree, stageWords] = await Promise.all([
    listActivities({ deployment, course }),
    listAlignments({ deployment, course }),
    readCourseTree(launch),
    readStageWords({ deployment, course, words: wordsOf(req) }),
  ]);
  return { activities, alignments, tree, stageWords };
}
