// This course's shortlists: an overview at /shortlists, and for each competency the page on which it is made at
// /shortlists/items/ITEM, with a form of its own for a link of the course.
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import type { FrameworkTree, TreeItem } from '../frameworks/framework-tree.js';
import { AppError, isAppError } from '../http/errors.js';
import { pageShell } from '../http/page-shell.js';
import { parseInput } from '../http/parse-input.js';
import { renderPage } from '../http/views.js';
import { itemHref } from '../library/framework-view.js';
import { checkForm } from '../lti/check-form.js';
import { getCourseLaunch } from '../lti/current-launch.js';
import { requireLaunch, requireRole } from '../lti/guards.js';
import type { CourseLaunch } from './complete-object.js';
import { readCourseTree } from './course-framework.js';
import { listShortlistObjects, type ShortlistObject } from './list-shortlist-objects.js';
import { readNames } from './read-names.js';
import { redirectBack } from './return-path.js';
import {
  addShortlistLink,
  restoreShortlist,
  setShortlist,
  type ShortlistOutcome,
} from './set-shortlist.js';
import { readChoices, readLink, readRestore, readRevision } from './shortlist-form.js';
import { buildOverview, buildShortlistView, type TypedShortlist } from './shortlist-view.js';
import { findShortlist, listShortlists } from './shortlist.model.js';
import { COURSE_AUTHORS, wordsOf } from './signed-in.js';

export interface ShortlistDeps {
  config: { url: string };
  now: () => Date;
  nudge: (job: string) => void;
}

interface Page {
  launch: CourseLaunch;
  tree: FrameworkTree;
  item: TreeItem;
  objects: ShortlistObject[];
}

interface Faults {
  status: number;
  typed: TypedShortlist;
  /** Key of what is wrong with the whole. */
  messageKey: string;
}

const ATTAINMENT_JOB = 'project-attainment';
const NO_FIELDS: TypedShortlist = { fields: {}, faults: {} };
const Params = z.object({ item: z.string().max(100) });
const Typed = z.record(z.string(), z.unknown()).catch({});

export function shortlistRoutes(deps: ShortlistDeps): Router {
  const router = Router();
  const authors = [requireLaunch(), requireRole(...COURSE_AUTHORS)];

  router.get('/shortlists', ...authors, (req, res) => sendOverview(req, res));

  router.get('/shortlists/items/:item', ...authors, async (req, res) =>
    sendShortlist(req, res, await readPage(req), null),
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

  return router;
}

/** Does what the form asks and leads back to the page; after a fault the page is drawn again with what was typed. */
async function change(
  deps: ShortlistDeps,
  req: Request,
  res: Response,
  work: (page: Page) => Promise<ShortlistOutcome>,
): Promise<void> {
  const page = await readPage(req);
  let outcome: ShortlistOutcome;
  try {
    outcome = await work(page);
  } catch (error) {
    return sendShortlist(req, res, page, readFaults(error, req));
  }
  deps.nudge(ATTAINMENT_JOB);
  redirectBack(req, res, {
    back: undefined,
    otherwise: `/shortlists/items/${page.item.identifier}`,
    notice: `shortlist-${outcome}`,
  });
}

function readFaults(error: unknown, req: Request): Faults {
  if (!isAppError(error)) throw error;
  const { code, status, fields } = error;
  if (code !== 'input.invalid' && code !== 'shortlist.changed') throw error;
  const typed = Object.entries(Typed.parse(req.body)).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return {
    status,
    typed: { fields: Object.fromEntries(typed), faults: fields },
    messageKey: `shortlist:${code === 'input.invalid' ? 'notSaved' : 'changedMeanwhile'}`,
  };
}

async function readPage(req: Request): Promise<Page> {
  const launch = getCourseLaunch(req);
  const tree = await readCourseTree(launch);
  const { item: identifier } = parseInput(Params, req.params);
  const item = tree.items.get(identifier);
  if (item?.CFItemType !== 'Competency') throw new AppError('framework.no-item', { status: 404 });
  const objects = await listShortlistObjects({ ...launch, tree, item: identifier });
  return { launch, tree, item, objects };
}

async function sendShortlist(
  req: Request,
  res: Response,
  page: Page,
  faults: Faults | null,
): Promise<void> {
  const { launch, tree, item, objects } = page;
  const { deployment, course } = launch;
  const framework = tree.framework.id;
  const record = await findShortlist({ deployment, course, framework, item: item.identifier });
  const { history } = record;
  const notes = history.at(-1)?.notes ?? [];
  const names = await readNames([...history, ...notes].map(({ by }) => by));
  const words = wordsOf(req);
  const typed = faults?.typed ?? NO_FIELDS;
  const { fields } = typed;
  renderPage(req, res, {
    view: 'activities/shortlist',
    title: words('shortlist:title'),
    status: faults?.status ?? 200,
    data: {
      statement: item.fullStatement,
      itemHref: itemHref(framework, item.identifier),
      message: faults?.messageKey ?? null,
      list: buildShortlistView({
        record,
        item: item.identifier,
        objects,
        names,
        typed,
        words,
        language: pageShell(req).language,
      }),
      link: {
        title: fields['title'] ?? '',
        address: fields['address'] ?? '',
        note: fields['note'] ?? '',
        faults: Object.fromEntries(
          Object.entries(typed.faults).map(([name, key]) => [name, words(key)]),
        ),
      },
    },
  });
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
