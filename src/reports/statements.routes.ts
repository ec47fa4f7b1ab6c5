// Statements behind the numbers of a course's report: a plain sentence each, the JSON beneath. Only statements that are
// evidence of the course's learners; everything else is not found.
import { Router } from 'express';
import { z } from 'zod';
import { AppError } from '../http/errors.js';
import { parseInput } from '../http/parse-input.js';
import { requireLaunch, requireRole } from '../lti/guards.js';
import { answerReport } from './answer-report.js';
import { buildStatementAnswer, buildStatementsAnswer } from './build-statement-answers.js';
import { REPORT_ROLES } from './report-roles.js';
import { withFormats } from './report-format.js';
import { readReportRequest } from './report-request.js';
import type { StatementReader } from './statement-reader.js';

const LONGEST_ID = 200;
const choice = z
  .string()
  .max(LONGEST_ID)
  .transform((text) => (text === '' ? null : text))
  .nullable()
  .default(null);
const ListQuery = z.object({
  item: choice,
  user: choice,
  activity: choice,
  page: z.coerce.number().int().min(1).max(1_000_000).catch(1),
});
const OneParams = z.object({ statementId: z.string().max(LONGEST_ID) });

export interface StatementsDeps {
  statements: StatementReader;
  now: () => Date;
  /** Our public base address. */
  url: string;
}

export function statementsRoutes(deps: StatementsDeps): Router {
  const router = Router();
  const mayRead = [requireLaunch(), requireRole(...REPORT_ROLES)];

  router.get(withFormats('/reports/statements'), ...mayRead, async (req, res) => {
    const request = await readReportRequest(req);
    const { page, ...filter } = parseInput(ListQuery, req.query);
    const answer = await buildStatementsAnswer({
      ...deps,
      request,
      filter,
      page,
      asOf: deps.now(),
    });
    await answerReport(req, res, answer);
  });

  router.get(withFormats('/reports/statements/:statementId'), ...mayRead, async (req, res) => {
    const request = await readReportRequest(req);
    const { statementId } = parseInput(OneParams, req.params);
    const answer = await buildStatementAnswer({ ...deps, request, statementId, asOf: deps.now() });
    if (answer === null) throw new AppError('report.no-statement', { status: 404 });
    await answerReport(req, res, answer);
  });

  return router;
}
