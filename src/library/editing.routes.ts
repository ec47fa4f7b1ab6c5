// The page of editors: what they edit, and the resources of it that did not work for somebody, to be looked at. It shows no
// learner: who reported something is not told.
import { Router } from 'express';
import { z } from 'zod';
import { wordsFor } from '../http/catalogue.js';
import { pageShell } from '../http/page-shell.js';
import { parseInput } from '../http/parse-input.js';
import { renderPage } from '../http/views.js';
import { checkForm } from '../lti/check-form.js';
import { getCurrentLaunch } from '../lti/current-launch.js';
import { LIBRARY } from '../lti/grant.model.js';
import { mayEdit } from '../lti/granted-rights.js';
import { requireEditor, requireLaunch } from '../lti/guards.js';
import { listEditedFrameworks, listEditedReports, requireEdited } from './list-edited.js';
import { describeReported } from './reported-view.js';
import { settleResourceReports } from './resource-report.model.js';

const SettlementForm = z.object({ resource: z.string().max(100), upTo: z.coerce.date() });

export function editingRoutes(): Router {
  const router = Router();
  const editor = [requireLaunch(), requireEditor()];

  router.get('/editing', ...editor, async (req, res) => {
    const launch = getCurrentLaunch(req);
    const words = wordsFor(launch.language);
    const [frameworks, reported] = await Promise.all([
      listEditedFrameworks({ launch }),
      listEditedReports({ launch }),
    ]);
    renderPage(req, res, {
      view: 'library/editing',
      title: words('editing:title'),
      data: {
        frameworks,
        editsLibrary: mayEdit(launch, LIBRARY),
        reported: describeReported(reported, words),
      },
    });
  });

  router.post('/editing/resource-reports', ...editor, checkForm(), async (req, res) => {
    const launch = getCurrentLaunch(req);
    const form = parseInput(SettlementForm, req.body);
    await requireEdited({ launch, resource: form.resource });
    await settleResourceReports({ ...form, deployment: launch.deployment });
    const search = new URLSearchParams(pageShell(req).courseQuery);
    search.set('notice', 'resource-reports-settled');
    res.redirect(303, `/editing?${search.toString()}`);
  });

  return router;
}
