// "It did not work": a learner's word about a resource, for the library's editors. What test users and staff say is not kept.
import { Router } from 'express';
import { z } from 'zod';
import { parseInput } from '../http/parse-input.js';
import { getResource } from '../library/learning-resource.model.js';
import { recordResourceReport, REPORT_REASONS } from '../library/resource-report.model.js';
import { checkForm } from '../lti/check-form.js';
import { getCourseLaunch } from '../lti/current-launch.js';
import { requireLaunch, requireRole } from '../lti/guards.js';
import { isCounted } from './complete-object.js';
import { redirectBack } from './return-path.js';
import { wordsOf, type ActivityDeps } from './signed-in.js';

const LONGEST_NOTE = 500;

const Params = z.object({ resource: z.string().max(100) });

export function resourceReportRoutes({ now }: Pick<ActivityDeps, 'now'>): Router {
  const router = Router();
  router.post(
    '/resources/:resource/reports',
    requireLaunch(),
    requireRole('Learner'),
    checkForm(),
    async (req, res) => {
      const launch = getCourseLaunch(req);
      const { deployment, course, user } = launch;
      const words = wordsOf(req);
      const ReportForm = z.object({
        reason: z.enum(REPORT_REASONS, { error: words('student:report.faults.reason') }),
        note: z
          .string()
          .trim()
          .max(LONGEST_NOTE, words('student:report.faults.note', { count: LONGEST_NOTE }))
          .default(''),
        back: z.string().max(2_000).optional(),
      });
      const form = parseInput(ReportForm, req.body);
      const { resource: id } = parseInput(Params, req.params);
      const { title } = await getResource({ resource: id, viewer: { deployment } });
      if (isCounted(launch))
        await recordResourceReport({
          deployment,
          course,
          user,
          resource: id,
          title,
          reason: form.reason,
          note: form.note,
          now: now(),
        });
      redirectBack(req, res, {
        back: form.back,
        otherwise: `/resources/${id}`,
        notice: isCounted(launch) ? 'resource-reported' : 'completion-not-counted',
      });
    },
  );
  return router;
}
