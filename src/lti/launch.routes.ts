// /lti/launch: the one redirect URI, where platforms post the signed launch. Ends in 303 to a page of ours.
import { Router } from 'express';
import { acceptLaunch } from './accept-launch.js';
import { clearLoginCookie, readLoginCookie } from './cookies.js';
import { allowOnly, createDoorStep, openPage, readForm, takeForm } from './door-request.js';
import { launchAddress } from './launch-target.js';
import type { LtiServices } from './lti-services.js';
import { recordLaunch } from './record-launch.js';
import { loginMark } from './sealed-login.js';
import { startSession } from './start-session.js';

export function launchRoutes(services: LtiServices): Router {
  const router = Router();
  const step = createDoorStep(services);
  const { config, loginLimit, now } = services;
  router.all(
    '/lti/launch',
    openPage,
    allowOnly('POST'),
    takeForm,
    step('launch', async (req, res, trace) => {
      const form = readForm(req);
      const loginSecret = (mark: string) => readLoginCookie(req, mark);
      const accepted = await acceptLaunch({ form, loginSecret, services, trace });
      const at = now();
      const launch = await recordLaunch({
        accepted,
        entry: 'cookie',
        now: at,
        openSession: (opened) => startSession({ req, res, config, launch: opened, now: at }),
      });
      loginLimit.leave(accepted.login.limitKey);
      clearLoginCookie(res, loginMark(accepted.login.id));
      const { course, deepLinking } = launch;
      const target = { targetPath: accepted.targetPath, course, url: config.url };
      res.redirect(303, launchAddress({ ...target, deepLinking: deepLinking !== null }));
    }),
  );
  return router;
}
