// /lti/login: where a platform sends the browser first (Security Framework 1.1, 5.1.1.1), by GET or by form. A browser that
// shows a cookie of ours goes on to the platform. One that shows none gets one and comes back here once, which tells whether
// it keeps cookies in this frame; if not, the platform's storage or a window of its own takes their place.
import { Router, type Request, type Response } from 'express';
import { AppError } from '../http/errors.js';
import { requireOwnOrigin } from './check-form.js';
import { hashSecret, readSessionCookie, setFreshSessionCookie, setLoginCookie } from './cookies.js';
import {
  allowOnly,
  createDoorStep,
  openPage,
  readForm,
  readQuery,
  takeForm,
} from './door-request.js';
import { useLoginCode } from './entry-code.model.js';
import { sendStoragePutPage, sendWindowPage } from './entry-pages.js';
import type { LtiServices } from './lti-services.js';
import { mergeParameters, requireParameter, type Parameters } from './read-parameters.js';
import { openStep, sealStep, type LoginStep } from './sealed-step.js';
import { checkLogin, LOGIN_LIFETIME_S, startLogin, type CheckedLogin } from './start-login.js';
import { storageKey } from './storage-proof.js';

/** A longer address may be cut on its way; such a login goes on at once, and its launch needs the cookie. */
const MAX_STEP_CHARACTERS = 6_000;

interface Visit {
  req: Request;
  res: Response;
  services: LtiServices;
  parameters: Parameters;
  checked: CheckedLogin;
}

export function loginRoutes(services: LtiServices): Router {
  const router = Router();
  const doorStep = createDoorStep(services);
  const { secret } = services.config;

  router.all(
    '/lti/login',
    openPage,
    allowOnly('GET', 'POST'),
    takeForm,
    doorStep('login', async (req, res, trace) => {
      const query = readQuery(req);
      const sealed = req.method === 'GET' && !query['iss'] ? query['step'] : undefined;
      if (sealed !== undefined) {
        const step = openStep({ kind: 'return', sealed, secret, now: services.now() });
        if (!step) throw new AppError('lti.state', { status: 401 });
        const { parameters } = step;
        const checked = await checkLogin({ parameters, from: { step }, services, trace });
        return meetAgain({ req, res, services, parameters, checked });
      }
      const parameters = req.method === 'GET' ? query : mergeParameters(query, readForm(req));
      const from = { address: req.ip ?? '' };
      const checked = await checkLogin({ parameters, from, services, trace });
      meetFirst({ req, res, services, parameters, checked });
    }),
  );

  router.all(
    '/lti/login/window',
    openPage,
    allowOnly('POST'),
    takeForm,
    doorStep('login', async (req, res, trace) => {
      requireOwnOrigin(req);
      const code = requireParameter(readForm(req), 'code');
      const step = openStep({ kind: 'window', sealed: code, secret, now: services.now() });
      if (!step || !(await useUp(step))) throw new AppError('lti.code', { status: 401 });
      const { parameters } = step;
      const checked = await checkLogin({ parameters, from: { step }, services, trace });
      if (!readSessionCookie(req)) setFreshSessionCookie(res);
      goOn({ req, res, services, parameters, checked }, { inWindow: true });
    }),
  );
  return router;
}

function meetFirst(visit: Visit): void {
  const { req, res, services, parameters, checked } = visit;
  if (readSessionCookie(req)) return goOn(visit);
  setFreshSessionCookie(res);
  const { secret, url } = services.config;
  const { id, limitKey } = checked;
  const now = services.now();
  const step = sealStep({ kind: 'return', id, parameters, limitKey, secret, now });
  if (step.length > MAX_STEP_CHARACTERS) return goOn(visit);
  res.redirect(302, `${new URL(url).pathname.replace(/\/$/, '')}/lti/login?step=${step}`);
}

function meetAgain(visit: Visit): void {
  const { req, res, services, parameters, checked } = visit;
  if (readSessionCookie(req)) return goOn(visit);
  const { id, limitKey, platform, storageTarget } = checked;
  const { secret } = services.config;
  const now = services.now();
  const code = sealStep({ kind: 'window', id, parameters, limitKey, secret, now });
  const form = { action: '/lti/login/window', code } as const;
  // A platform's authorization may lead through several of its hosts, and browsers hold each of them against the form.
  const formAction = ['https:', new URL(platform.authorizationUrl).origin];
  if (storageTarget === null) return sendWindowPage(req, res, { form, formAction });
  const { address, mark, browserSecret } = startLogin({ checked, services });
  setLoginCookie(res, { mark, secret: browserSecret, maxAgeS: LOGIN_LIFETIME_S });
  const { origin } = new URL(platform.authorizationUrl);
  const frame = { target: storageTarget, origin, key: storageKey(mark) };
  sendStoragePutPage(req, res, { frame, value: browserSecret, next: address, form, formAction });
}

function goOn(visit: Visit, options: { inWindow?: boolean } = {}): void {
  const { res, services, checked } = visit;
  const { address, mark, browserSecret: secret } = startLogin({ checked, services, ...options });
  setLoginCookie(res, { mark, secret, maxAgeS: LOGIN_LIFETIME_S });
  res.redirect(302, address);
}

/** False for a button that was pressed before. */
function useUp({ id, expiresAt }: LoginStep): Promise<boolean> {
  return useLoginCode({ idHash: hashSecret(id), expiresAt });
}
