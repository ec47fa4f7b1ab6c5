// The public page of a learning resource: what it is, where it is, what it serves; a lesson of ours with its text. In a
// launch the pages of activities answer at the same address before this one.
import { Router, type Request, type RequestHandler, type Response } from 'express';
import { z } from 'zod';
import { wordsFor } from '../http/catalogue.js';
import { pageShell } from '../http/page-shell.js';
import { parseInput } from '../http/parse-input.js';
import { renderPage } from '../http/views.js';
import { openPublicPage } from '../frameworks/public-page.js';
import { viewerOf } from '../frameworks/request-viewer.js';
import { getResource } from './learning-resource.model.js';
import { findLesson } from './lesson.model.js';
import { readServedTrees } from './read-served-trees.js';
import { buildResourceView } from './resource-view.js';

interface LibraryRoutesDeps {
  config: { url: string };
  guards: { offerLaunch(): RequestHandler };
}

const Params = z.object({ resource: z.string() });

/** `/resources/:resource`. */
export function libraryRoutes(deps: LibraryRoutesDeps): Router {
  const router = Router();
  router.get('/resources/:resource', deps.guards.offerLaunch(), (req, res) =>
    sendResource(deps, req, res),
  );
  return router;
}

async function sendResource(deps: LibraryRoutesDeps, req: Request, res: Response): Promise<void> {
  const viewer = viewerOf(req);
  const { language } = pageShell(req);
  const resource = await getResource({ ...parseInput(Params, req.params), viewer });
  const [lesson, trees] = await Promise.all([
    resource.completion === 'question-set' ? findLesson({ resource: resource.id }) : null,
    readServedTrees({ resource, viewer }),
  ]);
  openPublicPage(req, res);
  renderPage(req, res, {
    view: 'library/resource',
    title: resource.title,
    data: {
      canonical: `${deps.config.url}/resources/${resource.id}`,
      description: resource.description,
      resource: buildResourceView({ resource, lesson, trees, words: wordsFor(language), language }),
    },
  });
}
