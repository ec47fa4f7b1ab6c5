// The page that carries a deep linking answer back to the platform: sends itself where scripts run, and has a button where
// they do not. The page may post to the platform's origin only; it has no navigation and is not kept.
import type { Request, Response } from 'express';
import { wordsFor } from '../http/catalogue.js';
import { setPolicy } from '../http/security.js';
import { renderPage } from '../http/views.js';
import type { CurrentLaunch } from './current-launch.js';
import type { LtiServices } from './lti-services.js';
import { listFrameOrigins } from './page-frame.js';

export async function sendHandOver(
  req: Request,
  res: Response,
  options: { services: LtiServices; launch: CurrentLaunch; returnUrl: string; jwt: string },
): Promise<void> {
  const { services, launch, returnUrl, jwt } = options;
  const [platform, deployment] = await Promise.all([
    services.directory.platform(launch.platform),
    services.directory.deployment(launch.deployment),
  ]);
  const frameAncestors = platform && deployment ? listFrameOrigins({ platform, deployment }) : [];
  setPolicy(res, { frameAncestors, formAction: [new URL(returnUrl).origin] });
  res.setHeader('Cache-Control', 'no-store');
  res.setHeader('Referrer-Policy', 'no-referrer');
  renderPage(req, res, {
    view: 'lti/hand-over',
    layout: 'bare',
    title: wordsFor(launch.language)('lti:hand-over.title'),
    data: { returnUrl, jwt },
    scripts: ['hand-over.js'],
  });
}
