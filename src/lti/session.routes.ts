// Signing out, and the operator's one-time link. A link shows a page with one button first, so that a preview of the link in
// a mail or chat does not use it up.
import express, { Router, type Request } from 'express';
import { wordsFor } from '../http/catalogue.js';
import { AppError } from '../http/errors.js';
import { setPolicy } from '../http/security.js';
import { renderPage } from '../http/views.js';
import { checkForm, requireOwnOrigin } from './check-form.js';
import { clearSessionCookie, clearWayBackCookie, hashSecret, isSecret } from './cookies.js';
import { allowOnly } from './door-request.js';
import { offerLaunch } from './guards.js';
import type { LtiServices } from './lti-services.js';
import { consumeOperatorLink, hasOperatorLink } from './operator-link.model.js';
import { pageShell } from '../http/page-shell.js';
import { findRequestSession } from './request-session.js';
import { deleteSession } from './session.model.js';
import { startOperatorSession } from './start-session.js';

export function sessionRoutes(services: LtiServices): Router {
  const { config, now } = services;
  const router = Router();
  const form = express.urlencoded({ extended: false, limit: '16kb' });

  // Whoever holds the form may sign out: without a role, paused, or as operator.
  router.post('/lti/sign-out', form, offerLaunch(), checkForm(), async (req, res) => {
    const session = await findRequestSession(req);
    if (session) await deleteSession({ session: session._id });
    clearSessionCookie(res);
    clearWayBackCookie(res);
    const title = wordsFor(pageShell(req).language)('lti:signed-out.title');
    renderPage(req, res, { view: 'lti/signed-out', layout: 'bare', title });
  });

  router.all('/operator/:token', allowOnly('GET', 'POST'));
  router.get('/operator/:token', async (req, res) => {
    const tokenHash = readToken(req);
    if (!(await hasOperatorLink({ tokenHash, now: now() }))) throw usedUp();
    setPolicy(res, {});
    res.setHeader('Cache-Control', 'no-store');
    const title = wordsFor(pageShell(req).language)('lti:operator.title');
    renderPage(req, res, { view: 'lti/operator', layout: 'bare', title });
  });
  router.post('/operator/:token', async (req, res) => {
    requireOwnOrigin(req);
    if (!(await consumeOperatorLink({ tokenHash: readToken(req), now: now() }))) throw usedUp();
    await startOperatorSession({ req, res, config, now: now() });
    res.setHeader('Cache-Control', 'no-store');
    res.redirect(303, '/admin');
  });
  return router;
}

function readToken(req: Request<{ token: string }>): string {
  const { token } = req.params;
  if (!isSecret(token)) throw usedUp();
  return hashSecret(token);
}

function usedUp(): AppError {
  return new AppError('lti.operator-link', { status: 404 });
}
