// The report of the launch's course and its drill-down to people. Read only; for reviewers, instructors and their
// assistants, and the deployment's administrators. Statements have routes of their own.
import { Router } from 'express';
import { z } from 'zod';
import { parseInput } from '../http/parse-input.js';
import { requireLaunch, requireRole } from '../lti/guards.js';
import { answerReport } from './answer-report.js';
import {
  buildAttainmentAnswer,
  buildItemAnswer,
  buildLearnerAnswer,
  buildLearnersAnswer,
} from './build-answers.js';
import { SHOWN } from './attainment-view.js';
import { STATUS_FILTERS } from './learner-status.js';
import { getCompetency } from './read-course.js';
import { withFormats } from './report-format.js';
import { REPORT_ROLES } from './report-roles.js';
import { readReportRequest } from './report-request.js';

const AttainmentQuery = z.object({ show: z.enum(SHOWN).catch('counted') });
const ItemQuery = z.object({ status: z.enum(STATUS_FILTERS).catch('all') });
const ItemParams = z.object({ item: z.string().max(200) });
const UserParams = z.object({ user: z.string().max(200) });

export function reportsRoutes(deps: { now: () => Date }): Router {
  const { now } = deps;
  const router = Router();
  const mayRead = [requireLaunch(), requireRole(...REPORT_ROLES)];

  router.get(withFormats('/reports'), ...mayRead, async (req, res) => {
    const request = await readReportRequest(req);
    const { show } = parseInput(AttainmentQuery, req.query);
    await answerReport(req, res, await buildAttainmentAnswer(request, show, now()));
  });

  router.get(withFormats('/reports/items/:item'), ...mayRead, async (req, res) => {
    const request = await readReportRequest(req);
    const { item } = parseInput(ItemParams, req.params);
    const { status } = parseInput(ItemQuery, req.query);
    const competency = getCompetency(request.reported, item);
    await answerReport(req, res, await buildItemAnswer(request, competency, status, now()));
  });

  router.get(withFormats('/reports/learners'), ...mayRead, async (req, res) => {
    const request = await readReportRequest(req);
    await answerReport(req, res, await buildLearnersAnswer(request, now()));
  });

  router.get(withFormats('/reports/learners/:user'), ...mayRead, async (req, res) => {
    const request = await readReportRequest(req);
    const { user } = parseInput(UserParams, req.params);
    await answerReport(req, res, await buildLearnerAnswer(request, user, now()));
  });

  return router;
}
