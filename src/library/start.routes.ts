// The first page of a launch that no course is behind: the frameworks that are open to the person, what is held about them, and
// where the rest is. An administrator is led to the administration at once.
import { Router, type Request, type Response } from 'express';
import { wordsFor } from '../http/catalogue.js';
import { pageShell } from '../http/page-shell.js';
import { renderPage } from '../http/views.js';
import { viewerOf } from '../frameworks/request-viewer.js';
import { getCurrentLaunch, hasRole } from '../lti/current-launch.js';
import { requireLaunch } from '../lti/guards.js';
import { listOpenFrameworks } from './list-open-frameworks.js';

export function startRoutes(): Router {
  const router = Router();
  router.get('/start', requireLaunch(), sendStart);
  return router;
}

async function sendStart(req: Request, res: Response): Promise<void> {
  const launch = getCurrentLaunch(req);
  const { courseQuery, language } = pageShell(req);
  if (launch.course !== null) return res.redirect(303, `/frameworks?${courseQuery}`);
  if (hasRole(launch, 'Administrator')) return res.redirect(303, `/admin?${courseQuery}`);
  renderPage(req, res, {
    view: 'library/start',
    title: wordsFor(language)('start:title'),
    data: {
      frameworks: await listOpenFrameworks({ viewer: viewerOf(req) }),
      isEditor: hasRole(launch, 'Editor'),
      isReviewer: hasRole(launch, 'Reviewer'),
      isUnproven: launch.outside?.administers === 'unproven',
    },
  });
}
