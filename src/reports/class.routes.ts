// The class of a course, for whoever teaches it and the deployment's administrators: the map of learners and competencies,
// who needs a look, and why each cell says what it says. Read only; a content developer sees no learner.
import { Router } from 'express';
import { z } from 'zod';
import { parseInput } from '../http/parse-input.js';
import { requireLaunch, requireRole } from '../lti/guards.js';
import type { Role } from '../lti/roles.js';
import { answerReport } from './answer-report.js';
import { buildAttentionAnswer } from './build-attention-answer.js';
import { buildClassAnswer, LAYOUTS } from './build-class-answers.js';
import { buildWhyAnswer } from './build-why-answer.js';
import { ANSWERS, COLUMNS } from './read-class.js';
import { noteAccess, readReportRequest } from './report-request.js';
import { sendWorkbook, withFormats } from './report-format.js';

/** Whoever teaches the course or answers for it. */
const CLASS_ROLES: Role[] = ['Instructor', 'TeachingAssistant', 'Administrator'];

const MapQuery = z.object({
  answer: z.enum(ANSWERS).catch('course'),
  columns: z.enum(COLUMNS).catch('course'),
  layout: z.enum(LAYOUTS).catch('map'),
  page: z.coerce.number().int().min(1).max(1_000_000).catch(1),
});

const WhyParams = z.object({ user: z.string().max(200), item: z.string().max(200) });
const WhyQuery = z.object({ answer: z.enum(ANSWERS).catch('course') });

export function classRoutes(deps: { now: () => Date }): Router {
  const { now } = deps;
  const router = Router();
  const teaching = [requireLaunch(), requireRole(...CLASS_ROLES)];

  router.get(withFormats('/class'), ...teaching, async (req, res) => {
    const view = parseInput(MapQuery, req.query);
    await answerReport(req, res, await buildClassAnswer(await readReportRequest(req), view, now()));
  });

  router.get('/class.xlsx', ...teaching, async (req, res) => {
    // As a table of the file's kind: the whole class, noted as an export.
    const request = { ...(await readReportRequest(req)), format: 'csv' as const };
    const asOf = now();
    const answer = await buildClassAnswer(request, parseInput(MapQuery, req.query), asOf);
    await noteAccess({ report: request, subject: answer.subject, now: asOf });
    await sendWorkbook(res, { ...answer, sheet: request.words('class:title') });
  });

  router.get(withFormats('/class/attention'), ...teaching, async (req, res) => {
    await answerReport(req, res, await buildAttentionAnswer(await readReportRequest(req), now()));
  });

  router.get(withFormats('/class/learners/:user/items/:item'), ...teaching, async (req, res) => {
    const asked = {
      ...parseInput(WhyParams, req.params),
      ...parseInput(WhyQuery, req.query),
    };
    await answerReport(req, res, await buildWhyAnswer(await readReportRequest(req), asked, now()));
  });

  return router;
}
