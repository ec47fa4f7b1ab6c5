// A learner's work for review: send it, see what became of it, replace it or take it back. Also where its files are asked for,
// by the learner and by whoever teaches the course.
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import type { CourseLaunch } from '../activities/complete-object.js';
import { addressOf } from '../activities/return-path.js';
import { wordsOf } from '../activities/signed-in.js';
import type { Config } from '../config.js';
import { deleteFile } from '../files/delete-file.js';
import { offerDownload, type NoteDownload } from '../files/offer-download.js';
import { openFileForm } from '../files/receive-file.js';
import { acceptedEndings } from '../files/store-file.js';
import { findFile } from '../files/stored-file.model.js';
import { AppError } from '../http/errors.js';
import { pageShell } from '../http/page-shell.js';
import { parseInput } from '../http/parse-input.js';
import { renderPage } from '../http/views.js';
import { checkForm } from '../lti/check-form.js';
import { getCourseLaunch, hasRole } from '../lti/current-launch.js';
import { requireLaunch, requireRole } from '../lti/guards.js';
import { getWorkSubject, type WorkSubject } from './find-subject.js';
import { readSentWork, type RefusedWork } from './read-sent-work.js';
import { readWorkViews } from './read-work-view.js';
import { findWork, listWorkOf, type ReviewWork } from './review-work.model.js';
import { getOwnWork, lastSent, replaceWork, sendWork, takeBackWork } from './send-work.js';

export interface WorkDeps {
  config: Pick<Config, 'files'>;
  now: () => Date;
  noteDownload: NoteDownload;
  /** Shortens the wait of the record store; may be lost without harm. */
  nudge: (job: string) => void;
}

const Params = z.object({ work: z.string().max(100) });
const FileParams = Params.extend({ file: z.string().max(100) });
const id = z.string().max(100).optional();
const Subject = z.object({ framework: id, item: id, activity: id });
const Revision = z.object({ revision: z.coerce.number().int().min(1).max(10_000) });

export function workRoutes(deps: WorkDeps): Router {
  const router = Router();
  const learner = [requireLaunch(), requireRole('Learner')];
  const upload = openFileForm();

  router.get('/work', ...learner, (req, res) => sendList(req, res));

  router.get('/work/new', ...learner, async (req, res) => {
    const subject = await readSubject(req, parseInput(Subject, req.query));
    renderForm(deps, req, res, { subject, work: null, refused: null });
  });

  router.post('/work', upload, ...learner, checkForm(), async (req, res) => {
    const launch = getCourseLaunch(req);
    const subject = await readSubject(req, parseInput(Subject, req.body));
    const read = await receive(deps, req);
    if ('refused' in read)
      return renderForm(deps, req, res, { subject, work: null, refused: read.refused });
    const work = await keepOrDelete(launch, read.sent.file, () =>
      sendWork({ launch, subject, sent: read.sent, now: deps.now() }),
    );
    redirectTo(res, launch, { path: `/work/${work}`, notice: 'work-sent' });
  });

  router.get('/work/:work', ...learner, async (req, res) => {
    const { work } = parseInput(Params, req.params);
    await sendOwnWork(req, res, await getOwnWork({ launch: getCourseLaunch(req), work }));
  });

  router.get('/work/:work/versions/new', ...learner, async (req, res) => {
    const launch = getCourseLaunch(req);
    const work = await getOwnWork({ launch, ...parseInput(Params, req.params) });
    const subject = await getWorkSubject({ ...launch, about: work.about });
    renderForm(deps, req, res, { subject, work, refused: null });
  });

  router.post('/work/:work/versions', upload, ...learner, checkForm(), async (req, res) => {
    const launch = getCourseLaunch(req);
    const { revision } = parseInput(Revision, req.body);
    const work = await getOwnWork({ launch, ...parseInput(Params, req.params) });
    const read = await receive(deps, req);
    if ('refused' in read) {
      const subject = await getWorkSubject({ ...launch, about: work.about });
      return renderForm(deps, req, res, { subject, work, refused: read.refused });
    }
    const request = { launch, work: work.id, sent: read.sent, now: deps.now() };
    await keepOrDelete(launch, read.sent.file, () =>
      replaceWork({ ...request, expectedRevision: revision }),
    );
    redirectTo(res, launch, { path: `/work/${work.id}`, notice: 'work-sent' });
  });

  router.post('/work/:work/withdrawals', ...learner, checkForm(), async (req, res) => {
    const launch = getCourseLaunch(req);
    const { work } = parseInput(Params, req.params);
    const { revision } = parseInput(Revision, req.body);
    await takeBackWork({ launch, work, expectedRevision: revision, now: deps.now() });
    redirectTo(res, launch, { path: `/work/${work}`, notice: 'work-taken-back' });
  });

  router.get(
    '/work/:work/files/:file',
    requireLaunch(),
    requireRole('Learner', 'Instructor', 'TeachingAssistant'),
    (req, res) => sendToFile(deps, req, res),
  );

  return router;
}

async function sendList(req: Request, res: Response): Promise<void> {
  const { deployment, course, user } = getCourseLaunch(req);
  const words = wordsOf(req);
  const { language } = pageShell(req);
  const works = await listWorkOf({ deployment, course, user });
  renderPage(req, res, {
    view: 'work/list',
    title: words('work:list.title'),
    data: { works: await readWorkViews({ works, deployment, words, language }) },
  });
}

async function sendOwnWork(req: Request, res: Response, work: ReviewWork): Promise<void> {
  const launch = getCourseLaunch(req);
  const words = wordsOf(req);
  const { language } = pageShell(req);
  const { deployment } = launch;
  const [[view], subject] = await Promise.all([
    readWorkViews({ works: [work], deployment, words, language }),
    getWorkSubject({ ...launch, about: work.about }).catch(orGone),
  ]);
  renderPage(req, res, {
    view: 'work/work',
    title: words('work:page.title', { title: work.title }),
    data: {
      work: view,
      subjectHref: subject?.href ?? null,
      explained: words(`work:explained.${work.state}`),
    },
  });
}

/** What it was about may have left the course; the work is shown all the same. */
function orGone(error: unknown): null {
  if (error instanceof AppError && error.status === 404) return null;
  throw error;
}

function renderForm(
  deps: WorkDeps,
  req: Request,
  res: Response,
  options: { subject: WorkSubject; work: ReviewWork | null; refused: RefusedWork | null },
): void {
  const { subject, work, refused } = options;
  const { about, title, href } = subject;
  const { bytes, perLearner } = deps.config.files;
  const words = wordsOf(req);
  const before = work && lastSent(work);
  renderPage(req, res, {
    view: 'work/form',
    title: words(work ? 'work:form.again' : 'work:form.title'),
    status: refused?.status ?? 200,
    scripts: ['check-file.js'],
    data: {
      subject: { title, href, fields: Object.entries(about).filter(([name]) => name !== 'kind') },
      isAligned: subject.items.length > 0,
      action: work ? `/work/${work.id}/versions` : '/work',
      revision: work?.revision ?? null,
      cancelHref: work ? `/work/${work.id}` : href,
      typed: refused?.typed ?? { note: before?.note ?? '', link: before?.link ?? '' },
      faults: refused?.faults ?? null,
      hadFile: before?.file?.name ?? null,
      limits: words('work:form.limits', { mib: bytes / 1_024 ** 2, count: perLearner }),
      tooLarge: words('errors:file.too-large.text', { mib: bytes / 1_024 ** 2 }),
      bytes,
      accept: acceptedEndings(),
      isTestUser: getCourseLaunch(req).testUser,
    },
  });
}

async function readSubject(req: Request, named: z.infer<typeof Subject>): Promise<WorkSubject> {
  const { deployment, course } = getCourseLaunch(req);
  const { framework, item, activity } = named;
  if (activity !== undefined)
    return getWorkSubject({ deployment, course, about: { kind: 'activity', activity } });
  if (framework === undefined || item === undefined)
    throw new AppError('work.no-subject', { status: 404 });
  return getWorkSubject({ deployment, course, about: { kind: 'item', framework, item } });
}

function receive({ config, now }: WorkDeps, req: Request) {
  const limits = { bytes: config.files.bytes, files: config.files.perLearner };
  return readSentWork({ req, launch: getCourseLaunch(req), limits, words: wordsOf(req), now });
}

/** A file whose work was refused belongs to nothing. */
async function keepOrDelete<Result>(
  { deployment }: CourseLaunch,
  file: { id: string } | null,
  write: () => Promise<Result>,
): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    if (file) await deleteFile({ deployment, file: file.id });
    throw error;
  }
}

/** The learner's own, or any of the course for who teaches it: both by a query that holds the course. */
async function sendToFile(deps: WorkDeps, req: Request, res: Response): Promise<void> {
  const launch = getCourseLaunch(req);
  const { deployment, course, user, roles } = launch;
  const { work, file: wanted } = parseInput(FileParams, req.params);
  const isTeaching = hasRole(launch, 'Instructor', 'TeachingAssistant');
  const found = await findWork({ deployment, course, work, ...(!isTeaching && { user }) });
  const isOfWork = found?.history.some(({ file }) => file?.id === wanted);
  const file = isOfWork ? await findFile({ deployment, file: wanted }) : null;
  if (!file) throw new AppError('work.file-gone', { status: 404 });
  const { noteDownload, now } = deps;
  const reader = { user, roles };
  res.redirect(303, await offerDownload({ file, reader, noteDownload, now: now() }));
}

function redirectTo(
  res: Response,
  { course }: CourseLaunch,
  { path, notice }: { path: string; notice: string },
): void {
  res.redirect(303, addressOf({ path, course, notice }));
}
