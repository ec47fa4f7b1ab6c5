// The pages that the framework page's links lead to: career pathways and posts. Public; in a launch they keep the course.
import { Router, type Request, type RequestHandler, type Response } from 'express';
import { z } from 'zod';
import { wordsFor } from '../http/catalogue.js';
import { AppError } from '../http/errors.js';
import { pageShell } from '../http/page-shell.js';
import { parseInput } from '../http/parse-input.js';
import { renderPage } from '../http/views.js';
import { findArticle, listArticles } from './article.model.js';
import { findFramework, listFrameworks, type FrameworkRecord } from './cf-document.model.js';
import { buildPathwayList, buildPathwayView } from './pathway-view.js';
import { openPublicPage } from './public-page.js';
import { readTree } from './read-tree.js';
import { viewerOf } from './request-viewer.js';

interface PathwayRoutesDeps {
  config: { url: string };
  guards: { offerLaunch(): RequestHandler };
}

const SlugParams = z.object({ slug: z.string() });

/** `/pathways`, `/pathways/:slug`, `/posts/:slug`. */
export function pathwayRoutes(deps: PathwayRoutesDeps): Router {
  const router = Router();
  const offerLaunch = deps.guards.offerLaunch();
  router.get('/pathways', offerLaunch, (req, res) => sendPathways(deps, req, res));
  router.get('/pathways/:slug', offerLaunch, (req, res) => sendPathway(deps, req, res));
  router.get('/posts/:slug', offerLaunch, (req, res) => sendPost(deps, req, res));
  return router;
}

async function sendPathways(deps: PathwayRoutesDeps, req: Request, res: Response): Promise<void> {
  const viewer = viewerOf(req);
  const [articles, frameworks] = await Promise.all([
    listArticles({ kind: 'pathway', viewer }),
    listFrameworks({ viewer }),
  ]);
  openPublicPage(req, res);
  renderPage(req, res, {
    view: 'frameworks/pathways',
    title: words(req)('frameworks:pathways'),
    data: {
      canonical: `${deps.config.url}/pathways`,
      pathways: buildPathwayList({ articles, frameworks }),
    },
  });
}

async function sendPathway(deps: PathwayRoutesDeps, req: Request, res: Response): Promise<void> {
  const viewer = viewerOf(req);
  const { slug } = parseInput(SlugParams, req.params);
  const article = await findArticle({ kind: 'pathway', slug, viewer });
  const framework = await findFramework({ framework: article?.framework ?? slug, viewer });
  if (!article && !framework)
    throw new AppError('framework.no-pathway', { status: 404, values: { slug } });
  const tree = framework ? await readTree({ framework }) : null;
  const data = buildPathwayView({ slug, article, tree });
  openPublicPage(req, res);
  renderPage(req, res, {
    view: 'frameworks/pathway',
    title: data.title,
    data: { ...data, canonical: `${deps.config.url}/pathways/${slug}`, description: data.summary },
  });
}

async function sendPost(deps: PathwayRoutesDeps, req: Request, res: Response): Promise<void> {
  const viewer = viewerOf(req);
  const { slug } = parseInput(SlugParams, req.params);
  const article = await findArticle({ kind: 'post', slug, viewer });
  const announced = (await listFrameworks({ viewer })).filter((framework) =>
    announces(framework, slug),
  );
  const title = article?.title ?? announced[0]?.page.featuredPost?.title;
  if (title === undefined)
    throw new AppError('framework.no-post', { status: 404, values: { slug } });
  openPublicPage(req, res);
  renderPage(req, res, {
    view: 'frameworks/post',
    title,
    data: {
      canonical: `${deps.config.url}/posts/${slug}`,
      description: article?.summary,
      article,
      heading: title,
      frameworks: announced.map(({ id, title: name }) => ({
        href: `/frameworks/${id}`,
        title: name,
      })),
    },
  });
}

function announces(framework: FrameworkRecord, slug: string): boolean {
  return framework.page.featuredPost?.href === `/posts/${slug}`;
}

function words(req: Request): (key: string) => string {
  return wordsFor(pageShell(req).language);
}
