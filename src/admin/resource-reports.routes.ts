// Resources that did not work for somebody: of the whole instance for the operator, of their own deployment for an
// administrator. Who said so is not shown; looked at, they leave the list.
import { Router } from 'express';
import { z } from 'zod';
import { parseInput } from '../http/parse-input.js';
import { describeReported } from '../library/reported-view.js';
import { listReportedResources, settleResourceReports } from '../library/resource-report.model.js';
import { checkForm } from '../lti/check-form.js';
import { requireOperatorOr } from '../lti/guards.js';
import { adminPath } from './admin-path.js';
import { readAdminScope, requireInScope } from './admin-scope.js';
import { adminWords, renderAdmin } from './render-admin.js';

const SettlementForm = z.object({
  deployment: z.string().max(100),
  resource: z.string().max(100),
  upTo: z.coerce.date(),
});

export function resourceReportsAdminRoutes(): Router {
  const router = Router();
  const mayRead = requireOperatorOr('Administrator');

  router.get('/admin/resource-reports', mayRead, async (req, res) => {
    const scope = readAdminScope(req);
    const reported = await listReportedResources(
      scope.kind === 'operator' ? {} : { deployment: scope.deployment },
    );
    renderAdmin(req, res, {
      section: 'resource-reports',
      data: {
        reported: describeReported(reported, adminWords(req)),
      },
    });
  });

  router.post('/admin/resource-reports', mayRead, checkForm(), async (req, res) => {
    const form = parseInput(SettlementForm, req.body);
    const deployment = requireInScope(readAdminScope(req), form.deployment);
    await settleResourceReports({ ...form, deployment });
    res.redirect(303, adminPath(req, '/admin/resource-reports', 'resource-reports-settled'));
  });

  return router;
}
