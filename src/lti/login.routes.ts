// /lti/login: where a platform sends the browser first (Security Framework 1.1, 5.1.1.1), by GET or by form.
import { Router } from 'express';
import { readSessionCookie, setFreshSessionCookie, setLoginCookie } from './cookies.js';
import {
  allowOnly,
  createDoorStep,
  openPage,
  readForm,
  readQuery,
  takeForm,
} from './door-request.js';
import type { LtiServices } from './lti-services.js';
import { mergeParameters } from './read-parameters.js';
import { LOGIN_LIFETIME_S, startLogin } from './start-login.js';

export function loginRoutes(services: LtiServices): Router {
  const router = Router();
  const step = createDoorStep(services);
  router.all(
    '/lti/login',
    openPage,
    allowOnly('GET', 'POST'),
    takeForm,
    step('login', async (req, res, trace) => {
      const query = readQuery(req);
      const parameters = req.method === 'GET' ? query : mergeParameters(query, readForm(req));
      const address = req.ip ?? '';
      const login = await startLogin({ parameters, address, services, trace });
      const { mark, browserSecret: secret } = login;
      setLoginCookie(res, { mark, secret, maxAgeS: LOGIN_LIFETIME_S });
      if (!readSessionCookie(req)) setFreshSessionCookie(res);
      res.redirect(302, login.address);
    }),
  );
  return router;
}
