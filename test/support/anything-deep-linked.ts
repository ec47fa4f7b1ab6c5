// Deep linking routes that send whatever items they are given, which our own page never does.
import express, { Router } from 'express';
import { pageShell } from '../../src/http/page-shell.js';
import { checkForm } from '../../src/lti/check-form.js';
import { getCurrentLaunch } from '../../src/lti/current-launch.js';
import { buildDeepLinkingResponse, type ContentItem } from '../../src/lti/deep-linking.js';
import { requireDeepLinking } from '../../src/lti/guards.js';
import { sendHandOver } from '../../src/lti/hand-over.js';
import type { LtiServices } from '../../src/lti/lti-services.js';

export function anythingDeepLinkedRoutes(services: LtiServices): Router {
  const router = Router();
  router.use(express.urlencoded({ extended: false, limit: '1mb' }));
  router.get('/deep-linking', requireDeepLinking(), (req, res) => {
    const inputs = pageShell(req).formFields.map(
      ({ name, value }) => `<input type="hidden" name="${name}" value="${value}" />`,
    );
    res.send(`<form method="post">${inputs.join('')}</form>`);
  });
  router.post('/deep-linking', requireDeepLinking(), checkForm(), async (req, res) => {
    const launch = getCurrentLaunch(req);
    const contentItems = JSON.parse(String((req.body as { items: string }).items)) as ContentItem[];
    const answer = await buildDeepLinkingResponse({ services, launch, contentItems });
    await sendHandOver(req, res, { services, launch, ...answer });
  });
  return router;
}
