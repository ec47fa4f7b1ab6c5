// The Origin that a browser names with a launch's form. It proves nothing: browsers leave it out or send `null`, and platforms
// post from hosts of their own. What is neither the platform's nor the tool's is logged, or refused where it was so configured.
import type { Request } from 'express';
import { AppError } from '../http/errors.js';
import type { AcceptedLaunch } from './accept-launch.js';
import type { LtiServices } from './lti-services.js';
import { listFrameOrigins } from './page-frame.js';

/** Throws `lti.origin` (403) where `CROSSWALK_LAUNCH_ORIGIN` is `refuse`. */
export function checkLaunchOrigin(
  req: Request,
  options: { accepted: AcceptedLaunch; services: LtiServices },
): void {
  const { accepted, services } = options;
  const origin = req.get('Origin');
  if (origin === undefined || origin === 'null') return;
  const { platform } = accepted;
  const known = [
    new URL(platform.authorizationUrl).origin,
    new URL(services.config.url).origin,
    ...(URL.canParse(platform.issuer) ? [new URL(platform.issuer).origin] : []),
    ...listFrameOrigins(accepted),
  ];
  if (known.includes(origin)) return;
  if (services.config.launchOrigin === 'refuse') throw new AppError('lti.origin', { status: 403 });
  services.log.warn({ platform: platform._id, origin }, 'a launch was posted from another origin');
}
