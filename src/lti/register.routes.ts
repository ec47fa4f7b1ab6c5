// /lti/register/INVITATION: dynamic registration (LTI Dynamic Registration 1.0). A platform opens it in a frame or window; the
// page says who asks and what is asked for; only the form on it sends the registration. The platform's token goes no further.
import { Router, type Request, type Response } from 'express';
import { wordsFor } from '../http/catalogue.js';
import { pageShell } from '../http/page-shell.js';
import { setPolicy } from '../http/security.js';
import { renderPage } from '../http/views.js';
import { requireOwnOrigin } from './check-form.js';
import { confirmRegistration, saveAnswer, type ConfirmOutcome } from './confirm-registration.js';
import { makeSecret } from './cookies.js';
import {
  allowOnly,
  createDoorStep,
  openPage,
  readForm,
  readQuery,
  takeForm,
} from './door-request.js';
import { unknownInvitation } from './invitation-state.js';
import type { LtiServices } from './lti-services.js';
import { offerRegistration } from './offer-registration.js';
import { readRegistrationCookie, setRegistrationCookie } from './registration-cookie.js';
import { describeOffer, describeOutcome, listOfferFrames } from './registration-view.js';

const PAGE = '/lti/register/:invitation';
const ANSWER = '/lti/register/:invitation/answer';

export function registerRoutes(services: LtiServices): Router {
  const router = Router();
  const doorStep = createDoorStep(services);
  const step = (run: (req: Request, res: Response) => Promise<void>) =>
    doorStep('registration', run);

  router.all('/lti/register', openPage, allowOnly('GET'), () => {
    throw unknownInvitation();
  });

  router.all(PAGE, openPage, allowOnly('GET', 'POST'));
  router.get(
    PAGE,
    step(async (req, res) => {
      const browserSecret = readRegistrationCookie(req) ?? makeSecret();
      const token = tokenOf(req);
      const parameters = readQuery(req);
      const offer = await offerRegistration({ services, token, parameters, browserSecret });
      setRegistrationCookie(res, browserSecret);
      keepToken(res, listOfferFrames(offer));
      showPage(req, res, 'register', describeOffer(offer, { token, now: services.now() }));
    }),
  );
  router.post(
    PAGE,
    takeForm,
    step(async (req, res) => {
      requireOwnOrigin(req);
      const formSecret = readForm(req)['secret'] ?? '';
      const browserSecret = readRegistrationCookie(req);
      const token = tokenOf(req);
      const outcome = await confirmRegistration({ services, token, formSecret, browserSecret });
      showOutcome(req, res, { outcome, token });
    }),
  );

  router.all(ANSWER, openPage, allowOnly('POST'));
  router.post(
    ANSWER,
    takeForm,
    step(async (req, res) => {
      requireOwnOrigin(req);
      const sealedAnswer = readForm(req)['answer'] ?? '';
      const token = tokenOf(req);
      showOutcome(req, res, {
        outcome: await saveAnswer({ services, token, sealedAnswer }),
        token,
      });
    }),
  );
  return router;
}

/** Express types what stands before other handlers loosely. */
function tokenOf(req: Request): string {
  const token = req.params['invitation'];
  return typeof token === 'string' ? token : '';
}

/**
 * The address holds the platform's token: nobody hears it from us, not even ourselves. `no-referrer` would take the form's
 * origin away as well, which it is recognised by.
 */
function keepToken(res: Response, frameAncestors: string[]): void {
  setPolicy(res, { frameAncestors });
  res.setHeader('Referrer-Policy', 'strict-origin');
}

function showOutcome(
  req: Request,
  res: Response,
  options: { outcome: ConfirmOutcome; token: string },
): void {
  const { outcome, token } = options;
  keepToken(res, ['*']); // The form on it, if any, holds nothing but what this platform answered, sealed.
  const view = outcome.kind === 'unsaved' ? 'register-unsaved' : 'registered';
  const status = outcome.kind === 'unsaved' ? 503 : 200;
  showPage(req, res, view, { ...describeOutcome(outcome), token }, status);
}

function showPage(
  req: Request,
  res: Response,
  view: 'register' | 'registered' | 'register-unsaved',
  data: Record<string, unknown>,
  status = 200,
): void {
  renderPage(req, res, {
    view: `lti/${view}`,
    layout: 'bare',
    title: wordsFor(pageShell(req).language)(`lti:register.titles.${view}`),
    status,
    data,
    scripts: ['register.js'],
  });
}
