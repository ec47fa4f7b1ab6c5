// The page that a learner shares, at /shared/ADDRESS: open to whoever has the address, without a cookie. It says what holds at
// this moment; one that was turned off, or has expired, answers 410.
import { Router, type Request, type RequestHandler, type Response } from 'express';
import { z } from 'zod';
import { wordsOf } from '../activities/signed-in.js';
import { AppError } from '../http/errors.js';
import { isFetchedAhead } from '../http/fetched-ahead.js';
import { renderPage } from '../http/views.js';
import { findDeployment } from '../lti/deployment.model.js';
import { findPlatform } from '../lti/platform.model.js';
import { readSharedCompetencies } from './read-shared-page.js';
import { dayOf, isShared } from './shared-page.js';
import { countSharedOpening, findSharedPage, type SharedPage } from './shared-page.model.js';

const Address = z.string().regex(/^[\w-]{24}$/);

export function sharedPublicRoutes(deps: { now: () => Date }): Router {
  const router = Router();
  router.get('/shared/:address', keepUnlisted(), (req, res) => sendShared(deps, req, res));
  return router;
}

/** No search engine, no cache and no site that the page links to learns the address; refusals carry the same headers. */
function keepUnlisted(): RequestHandler {
  return (_req, res, next) => {
    res.set({
      'X-Robots-Tag': 'noindex, nofollow',
      'Cache-Control': 'no-store',
      'Referrer-Policy': 'no-referrer',
    });
    next();
  };
}

async function sendShared(deps: { now: () => Date }, req: Request, res: Response): Promise<void> {
  const now = deps.now();
  const words = wordsOf(req);
  const page = await getSharedPage({ address: req.params['address'], now });
  const found = await readSharedCompetencies({ page, words });
  if (found === null) throw ended();
  if (isOpening(req)) await countSharedOpening({ page, day: dayOf(now) });
  renderPage(req, res, {
    view: 'attainment/shared-public',
    title: words('shared:public.title'),
    data: {
      isUnlisted: true,
      name: page.name,
      framework: { title: found.tree.framework.title, language: found.tree.framework.language },
      competencies: found.competencies,
      asOf: now,
      expiresAt: page.expiresAt,
    },
  });
}

/** Throws `shared.unknown` (404) for an address that never was, `shared.ended` (410) for one that was. */
async function getSharedPage(options: { address: unknown; now: Date }): Promise<SharedPage> {
  const read = Address.safeParse(options.address);
  const page = read.success ? await findSharedPage({ address: read.data }) : null;
  if (page === null) throw new AppError('shared.unknown', { status: 404 });
  if (page.address !== read.data || !isShared(page, options.now)) throw ended();
  if (!(await isOpen(page))) throw ended();
  return page;
}

/** A school that is paused, or is gone, shows nothing to anybody; what it shared is there again when it is resumed. */
async function isOpen({ deployment }: SharedPage): Promise<boolean> {
  const found = await findDeployment({ deployment });
  if (found?.status !== 'approved') return false;
  const platform = await findPlatform({ platform: found.platform });
  return platform?.status === 'active';
}

function ended(): AppError {
  return new AppError('shared.ended', { status: 410 });
}

/** A look at the head, or a browser that fetches ahead, is nobody who reads. */
function isOpening(req: Request): boolean {
  return req.method === 'GET' && !isFetchedAhead(req);
}
