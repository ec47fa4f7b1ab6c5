// /lti/launch: the one redirect URI, where platforms post the signed launch. Ends in 303 to a page of ours. Without a cookie
// the platform's storage is asked first (/lti/launch/verify); a launch proved by it waits behind a one-time code for a window
// that keeps a cookie (/lti/launch/window). No page is served on anything but a cookie.
import { Router, type Request, type Response } from 'express';
import { AppError } from '../http/errors.js';
import { acceptLaunch, type AcceptedLaunch } from './accept-launch.js';
import { requireOwnOrigin } from './check-form.js';
import { checkLaunchOrigin } from './check-launch-origin.js';
import {
  clearLoginCookie,
  hashSecret,
  isSecret,
  makeSecret,
  readLoginCookie,
  readSessionCookie,
} from './cookies.js';
import { allowOnly, createDoorStep, openPage, readForm, takeForm } from './door-request.js';
import { keepWaitingLaunch, takeWaitingLaunch } from './entry-code.model.js';
import { sendStorageGetPage, sendWindowPage } from './entry-pages.js';
import type { Entry } from './launch.model.js';
import { launchAddress } from './launch-target.js';
import type { LtiServices } from './lti-services.js';
import { listFrameOrigins } from './page-frame.js';
import { requireParameter } from './read-parameters.js';
import { recordLaunch } from './record-launch.js';
import { loginMark } from './sealed-login.js';
import type { SessionLaunch } from './session.model.js';
import { startSession } from './start-session.js';
import { findStorageFrame } from './storage-proof.js';
import { keepWayBack } from './way-back.js';

/** As long as a person may take to read a sentence and press a button. */
const WINDOW_CODE_MS = 5 * 60_000;

interface Arrival {
  req: Request;
  res: Response;
  services: LtiServices;
  accepted: AcceptedLaunch;
}

export function launchRoutes(services: LtiServices): Router {
  const router = Router();
  const step = createDoorStep(services);
  const { config, now } = services;

  router.all(
    '/lti/launch',
    openPage,
    allowOnly('POST'),
    takeForm,
    step('launch', async (req, res, trace) => {
      const form = readForm(req);
      const loginSecret = (mark: string) => readLoginCookie(req, mark);
      const hasCookie = (mark: string) => loginSecret(mark) !== null;
      const storage = await findStorageFrame({ form, hasCookie, services });
      if (storage) return sendStorageGetPage(req, res, storage);
      const accepted = await acceptLaunch({ form, loginSecret, services, trace });
      checkLaunchOrigin(req, { accepted, services });
      const entry = accepted.login.inWindow ? 'window' : 'cookie';
      await enter({ req, res, services, accepted }, entry);
    }),
  );

  router.all(
    '/lti/launch/verify',
    openPage,
    allowOnly('POST'),
    takeForm,
    step('launch', async (req, res, trace) => {
      requireOwnOrigin(req);
      const form = readForm(req);
      const secret = form['secret'] ?? '';
      const loginSecret = () => (isSecret(secret) ? secret : null);
      const accepted = await acceptLaunch({ form, loginSecret, services, trace });
      const arrival = { req, res, services, accepted };
      if (readSessionCookie(req)) return enter(arrival, 'storage');
      await waitForWindow(arrival);
    }),
  );

  router.all(
    '/lti/launch/window',
    openPage,
    allowOnly('POST'),
    takeForm,
    step('launch', async (req, res) => {
      requireOwnOrigin(req);
      const codeHash = hashSecret(requireParameter(readForm(req), 'code'));
      const at = now();
      const waiting = await takeWaitingLaunch({ codeHash, now: at });
      if (!waiting) throw new AppError('lti.code', { status: 401 });
      const { launch } = waiting;
      await startSession({ req, res, config, launch, now: at });
      const [platform, deployment] = await Promise.all([
        services.directory.platform(launch.platform),
        services.directory.deployment(launch.deployment),
      ]);
      if (platform && deployment)
        keepWayBack({
          req,
          res,
          launch,
          known: { platform, deployment },
          ...wayBackMeans(services),
        });
      res.redirect(303, waiting.path);
    }),
  );
  return router;
}

/** The browser keeps cookies: the launch opens its session. */
async function enter(arrival: Arrival, entry: Entry): Promise<void> {
  const { req, res, services, accepted } = arrival;
  const { config } = services;
  const now = services.now();
  const launch = await recordLaunch({
    accepted,
    entry,
    now,
    openSession: (opened) => startSession({ req, res, config, launch: opened, now }),
  });
  keepWayBack({ req, res, launch, known: accepted, ...wayBackMeans(services) });
  services.loginLimit.leave(accepted.login.limitKey);
  clearLoginCookie(res, loginMark(accepted.login.id));
  res.redirect(303, addressOf(arrival, launch));
}

/** The storage proved the state, but the frame keeps no cookie: the launch waits for the window that the button opens. */
async function waitForWindow(arrival: Arrival): Promise<void> {
  const { req, res, services, accepted } = arrival;
  const code = makeSecret();
  const now = services.now();
  await recordLaunch({
    accepted,
    entry: 'storage',
    now,
    openSession: (launch) =>
      keepWaitingLaunch({
        codeHash: hashSecret(code),
        waiting: { launch: { ...launch, framed: false }, path: addressOf(arrival, launch) },
        expiresAt: new Date(now.getTime() + WINDOW_CODE_MS),
      }),
  });
  services.loginLimit.leave(accepted.login.limitKey);
  sendWindowPage(req, res, {
    form: { action: '/lti/launch/window', code },
    frameAncestors: listFrameOrigins(accepted),
  });
}

function wayBackMeans({ config, outgoing }: LtiServices) {
  return { secret: config.secret, mayReach: outgoing.mayReach };
}

function addressOf({ services, accepted }: Arrival, launch: SessionLaunch): string {
  return launchAddress({ targetPath: accepted.targetPath, launch, url: services.config.url });
}
