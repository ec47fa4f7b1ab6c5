// The public pages of frameworks: the list, the tree with live counts, a competency with its resources. No login; where a
// launch is open, attainment's pages answer at the same addresses before these.
import { Router, type Request, type RequestHandler, type Response } from 'express';
import { z } from 'zod';
import { wordsFor, type Words } from '../http/catalogue.js';
import { AppError } from '../http/errors.js';
import { pageShell } from '../http/page-shell.js';
import { parseInput } from '../http/parse-input.js';
import { renderPage } from '../http/views.js';
import { getSharedFramework } from '../frameworks/cf-document.model.js';
import type { FrameworkTree } from '../frameworks/framework-tree.js';
import { openPublicPage } from '../frameworks/public-page.js';
import { readTree } from '../frameworks/read-tree.js';
import { viewerOf } from '../frameworks/request-viewer.js';
import {
  buildFoundCompetencies,
  buildItemView,
  buildSearchForm,
  buildShare,
} from './framework-page.js';
import { buildFrameworkView, itemHref } from './framework-view.js';
import { countLiveResources, searchResources } from './learning-resource.model.js';
import { listOpenFrameworks } from './list-open-frameworks.js';
import { buildResultsView } from './results-view.js';
import { searchCompetencies } from './search-competencies.js';
import { readSearchQuery } from './search-query.js';

interface FrameworkPublicRoutesDeps {
  config: { url: string };
  guards: { offerLaunch(): RequestHandler };
}

const Params = z.object({ framework: z.string(), item: z.string().optional() });

/** `/frameworks`, `/frameworks/:framework`, `/frameworks/:framework/items/:item`. */
export function frameworkPublicRoutes(deps: FrameworkPublicRoutesDeps): Router {
  const router = Router();
  const offerLaunch = deps.guards.offerLaunch();
  router.get('/frameworks', offerLaunch, (req, res) => sendList(deps, req, res));
  router.get('/frameworks/:framework', offerLaunch, (req, res) => sendFramework(deps, req, res));
  router.get('/frameworks/:framework/items/:item', offerLaunch, (req, res) =>
    sendItem(deps, req, res),
  );
  return router;
}

async function sendList(
  deps: FrameworkPublicRoutesDeps,
  req: Request,
  res: Response,
): Promise<void> {
  const frameworks = await listOpenFrameworks({ viewer: viewerOf(req) });
  openPublicPage(req, res);
  renderPage(req, res, {
    view: 'library/frameworks',
    title: words(req)('library:frameworks'),
    data: { canonical: `${deps.config.url}/frameworks`, frameworks },
  });
}

async function sendFramework(
  deps: FrameworkPublicRoutesDeps,
  req: Request,
  res: Response,
): Promise<void> {
  const { tree, counts } = await readFramework(req);
  const { framework } = tree;
  const query = readSearchQuery(req.query);
  const path = `/frameworks/${framework.id}`;
  const { courseQuery } = pageShell(req);
  openPublicPage(req, res);
  renderPage(req, res, {
    view: 'library/framework',
    title: framework.title,
    scripts: ['share.js'],
    data: {
      canonical: `${deps.config.url}${path}`,
      description: framework.page.note,
      view: buildFrameworkView({ tree, counts }),
      share: buildShare({
        text: framework.page.shareText,
        title: framework.title,
        url: deps.config.url,
        path,
        words: words(req),
      }),
      search: buildSearchForm({ action: path, text: query.text, courseQuery }),
      found: query.text === '' ? null : await searchFramework({ req, tree, counts }),
    },
  });
}

async function sendItem(
  deps: FrameworkPublicRoutesDeps,
  req: Request,
  res: Response,
): Promise<void> {
  const { tree, counts } = await readFramework(req);
  const { framework } = tree;
  const item = tree.items.get(parseInput(Params, req.params).item ?? '');
  if (!item) throw new AppError('framework.no-item', { status: 404 });
  const path = itemHref(framework.id, item.identifier);
  openPublicPage(req, res);
  renderPage(req, res, {
    view: 'library/item',
    title: item.fullStatement,
    scripts: ['share.js'],
    data: {
      canonical: `${deps.config.url}${path}`,
      description: framework.title,
      item: buildItemView({ tree, item, counts }),
      share: buildShare({
        text: framework.page.shareText,
        title: item.fullStatement,
        url: deps.config.url,
        path,
        words: words(req),
      }),
      results: await searchPage({ req, framework: framework.id, item: item.identifier, path }),
    },
  });
}

async function readFramework(
  req: Request,
): Promise<{ tree: FrameworkTree; counts: ReadonlyMap<string, number> }> {
  const viewer = viewerOf(req);
  const { framework: id } = parseInput(Params, req.params);
  const framework = await getSharedFramework({ framework: id, viewer });
  const [tree, counts] = await Promise.all([
    readTree({ framework }),
    countLiveResources({ framework: id, viewer }),
  ]);
  return { tree, counts };
}

/** Competencies and resources for the words of the address. */
async function searchFramework(options: {
  req: Request;
  tree: FrameworkTree;
  counts: ReadonlyMap<string, number>;
}): Promise<Record<string, unknown>> {
  const { req, tree, counts } = options;
  const { text } = readSearchQuery(req.query);
  const framework = tree.framework.id;
  const items = searchCompetencies({ tree, text });
  return {
    text,
    competencies: buildFoundCompetencies({ tree, items, counts }),
    results: await searchPage({ req, framework, item: null, path: `/frameworks/${framework}` }),
  };
}

async function searchPage(options: {
  req: Request;
  framework: string;
  item: string | null;
  path: string;
}): Promise<ReturnType<typeof buildResultsView>> {
  const { req, framework, item, path } = options;
  const query = readSearchQuery(req.query);
  const { language, courseQuery } = pageShell(req);
  const search = await searchResources({ framework, item, ...query, viewer: viewerOf(req) });
  return buildResultsView({
    search,
    query,
    framework,
    path,
    courseQuery,
    words: words(req),
    language,
  });
}

function words(req: Request): Words {
  return wordsFor(pageShell(req).language);
}
