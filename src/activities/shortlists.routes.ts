// This course's shortlists: an overview at /shortlists, and for each competency the page on which it is made at
// /shortlists/items/ITEM, with forms of their own for a link and for a file of the course.
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import type { Config } from '../config.js';
import { openFileForm, receiveFile } from '../files/receive-file.js';
import type { StoredFile } from '../files/stored-file.model.js';
import { AppError } from '../http/errors.js';
import { parseInput } from '../http/parse-input.js';
import { renderPage } from '../http/views.js';
import { checkForm } from '../lti/check-form.js';
import { getCourseLaunch } from '../lti/current-launch.js';
import { requireLaunch, requireRole } from '../lti/guards.js';
import { COURSE_AUTHORS } from '../lti/roles.js';
import type { CourseLaunch } from './complete-object.js';
import { readCourseTree } from './course-framework.js';
import { listShortlistObjects } from './list-shortlist-objects.js';
import { readFaults, renderShortlist, type ShortlistPage } from './render-shortlist.js';
import { redirectBack } from './return-path.js';
import {
  addShortlistFile,
  addShortlistLink,
  restoreShortlist,
  setShortlist,
  type ShortlistOutcome,
} from './set-shortlist.js';
import {
  readChoices,
  readFileWords,
  readLink,
  readRestore,
  readRevision,
} from './shortlist-form.js';
import { buildOverview } from './shortlist-view.js';
import { listShortlists } from './shortlist.model.js';
import { wordsOf } from './signed-in.js';

export interface ShortlistDeps {
  config: Pick<Config, 'url' | 'files'>;
  now: () => Date;
  nudge: (job: string) => void;
}

const ATTAINMENT_JOB = 'project-attainment';
const Params = z.object({ item: z.string().max(100) });
export function shortlistRoutes(deps: ShortlistDeps): Router {
  const router = Router();
  const authors = [requireLaunch(), requireRole(...COURSE_AUTHORS)];

  router.get('/shortlists', ...authors, (req, res) => sendOverview(req, res));

  router.get('/shortlists/items/:item', ...authors, async (req, res) =>
    renderShortlist(req, res, {
      page: await readPage(req),
      files: deps.config.files,
      faults: null,
    }),
  );

  router.post('/shortlists/items/:item/placings', ...authors, checkForm(), (req, res) =>
    change(deps, req, res, ({ launch, tree, item, objects }) =>
      setShortlist({
        launch,
        tree,
        item: item.identifier,
        expectedRevision: readRevision(req.body),
        choices: readChoices({ body: req.body, objects }),
        now: deps.now(),
      }),
    ),
  );

  router.post('/shortlists/items/:item/revisions', ...authors, checkForm(), (req, res) =>
    change(deps, req, res, ({ launch, tree, item }) =>
      restoreShortlist({
        launch,
        tree,
        item: item.identifier,
        ...readRestore(req.body),
        now: deps.now(),
      }),
    ),
  );

  router.post('/shortlists/items/:item/links', ...authors, checkForm(), (req, res) =>
    change(deps, req, res, ({ launch, tree, item }) =>
      addShortlistLink({
        launch,
        tree,
        item: item.identifier,
        ...readLink(req.body),
        url: deps.config.url,
        now: deps.now(),
      }),
    ),
  );

  router.post(
    '/shortlists/items/:item/files',
    openFileForm(),
    ...authors,
    checkForm(),
    (req, res) =>
      change(deps, req, res, async ({ launch, tree, item }) =>
        addShortlistFile({
          launch,
          tree,
          item: item.identifier,
          ...readFileWords(req.body),
          file: await takeFile(deps, req, launch),
          url: deps.config.url,
          now: deps.now(),
        }),
      ),
  );

  return router;
}

/** The chosen file, as its uploader's. Throws `upload.none-chosen` (400) and as receiveFile does. */
async function takeFile(
  { config, now }: ShortlistDeps,
  req: Request,
  { deployment, course, user }: CourseLaunch,
): Promise<StoredFile> {
  const { bytes, perStaff } = config.files;
  const owner = { deployment, course, user };
  const file = await receiveFile({
    req,
    field: 'file',
    owner,
    limits: { bytes, files: perStaff },
    now,
  });
  if (!file) throw new AppError('upload.none-chosen', { status: 400, values: { field: 'file' } });
  return file;
}

/** Does what the form asks and leads back to the page; after a fault the page is drawn again with what was typed. */
async function change(
  deps: ShortlistDeps,
  req: Request,
  res: Response,
  work: (page: ShortlistPage) => Promise<ShortlistOutcome>,
): Promise<void> {
  const page = await readPage(req);
  let outcome: ShortlistOutcome;
  try {
    outcome = await work(page);
  } catch (error) {
    const { files } = deps.config;
    return renderShortlist(req, res, { page, files, faults: readFaults(error, req) });
  }
  deps.nudge(ATTAINMENT_JOB);
  redirectBack(req, res, {
    back: undefined,
    otherwise: `/shortlists/items/${page.item.identifier}`,
    notice: `shortlist-${outcome}`,
  });
}

async function readPage(req: Request): Promise<ShortlistPage> {
  const launch = getCourseLaunch(req);
  const tree = await readCourseTree(launch);
  const { item: identifier } = parseInput(Params, req.params);
  const item = tree.items.get(identifier);
  if (item?.CFItemType !== 'Competency') throw new AppError('framework.no-item', { status: 404 });
  const objects = await listShortlistObjects({ ...launch, tree, item: identifier });
  return { launch, tree, item, objects };
}

async function sendOverview(req: Request, res: Response): Promise<void> {
  const { deployment, course } = getCourseLaunch(req);
  const tree = await readCourseTree({ deployment, course });
  const framework = tree.framework.id;
  const shortlists = await listShortlists({ deployment, course, framework });
  const words = wordsOf(req);
  renderPage(req, res, {
    view: 'activities/shortlists',
    title: words('shortlist:overview.title'),
    data: { overview: buildOverview({ tree, shortlists, words }) },
  });
}
