// Forms that bring activities into a course: typed or pasted lines, and the gradebook columns that are our own.
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { parseInput } from '../http/parse-input.js';
import { renderPage } from '../http/views.js';
import { checkForm } from '../lti/check-form.js';
import { getCourseLaunch } from '../lti/current-launch.js';
import { requireLaunch, requireRole } from '../lti/guards.js';
import type { LtiServices } from '../lti/lti-services.js';
import { addActivities } from './add-activities.js';
import { recordLineItems } from './record-course-activities.js';
import { redirectBack } from './return-path.js';
import { COURSE_STAFF, wordsOf } from './signed-in.js';

const TypedForm = z.object({ lines: z.string().max(200_000).default('') });

export function addActivitiesRoutes(deps: {
  config: { url: string };
  lti: LtiServices;
  now: () => Date;
}): Router {
  const router = Router();
  const staff = [requireLaunch(), requireRole(...COURSE_STAFF)];
  const { now } = deps;

  router.get('/activities/new', ...staff, (req, res) =>
    renderNew(req, res, { status: 200, lines: '', faults: [] }),
  );

  router.post('/activities', ...staff, checkForm(), async (req, res) => {
    const { lines } = parseInput(TypedForm, req.body);
    const launch = getCourseLaunch(req);
    const added = await addActivities({ launch, text: lines, url: deps.config.url, now: now() });
    const faults = added.outcome === 'refused' ? describeFaults(req, added.faults) : [];
    if (added.outcome === 'added' && added.ids.length === 0)
      faults.push(wordsOf(req)('activities:add.empty'));
    if (faults.length > 0) return renderNew(req, res, { status: 400, lines, faults });
    redirectBack(req, res, {
      back: undefined,
      otherwise: '/activities',
      notice: 'activities-added',
    });
  });

  router.post('/activities/line-items', ...staff, checkForm(), async (req, res) => {
    await recordLineItems({ launch: getCourseLaunch(req), services: deps.lti, now: now() });
    redirectBack(req, res, {
      back: undefined,
      otherwise: '/activities',
      notice: 'line-items-read',
    });
  });

  return router;
}

function renderNew(
  req: Request,
  res: Response,
  options: { status: number; lines: string; faults: string[] },
): void {
  const { status, lines, faults } = options;
  renderPage(req, res, {
    view: 'activities/new',
    title: wordsOf(req)('activities:add.title'),
    status,
    data: { lines, faults },
  });
}

function describeFaults(
  req: Request,
  faults: { line: number; fault: string; text: string }[],
): string[] {
  const words = wordsOf(req);
  return faults.map(({ line, fault, text }) =>
    words('activities:add.fault', { line, text, reason: words(`activities:add.faults.${fault}`) }),
  );
}
