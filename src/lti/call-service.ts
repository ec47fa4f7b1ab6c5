// The way every call to a platform's service goes: platform not paused and not busy, host known to the deployment, token, and
// one new token after a 401. Never sends a token to a host that neither the registration nor a verified launch named.
import { AppError } from '../http/errors.js';
import { readRetryAfterMs } from '../outgoing/retry-after.js';
import type { LaunchServices } from './current-launch.js';
import type { Deployment } from './deployment.model.js';
import type { LtiServices } from './lti-services.js';
import type { AccessToken } from './ltijs-adapter.js';
import type { Platform } from './platform.model.js';
import { isRefusedWith } from './service-answer.js';
import { findServiceHold, recordServiceHold } from './service-hold.model.js';

/** No platform is left alone for longer, whatever it asks for. */
const LONGEST_HOLD_MS = 24 * 60 * 60 * 1_000;

/** What a call needs to know of the launch; a CurrentLaunch has it all, a course record most. */
export interface ServiceTarget {
  platform: string;
  deployment: string;
  services: LaunchServices;
}

/**
 * Runs `send` with an access token. Throws `lti.service-missing` (403) when the launch offered no such service,
 * `lti.service-host` (403) for a foreign host, `lti.service-paused` (503) for a paused platform or deployment,
 * `lti.service-busy` (503) before the time that the platform asked for, and what `send` throws.
 */
export async function callService<Result>(options: {
  services: LtiServices;
  target: ServiceTarget;
  url: string;
  scopes: string[];
  send: (token: AccessToken) => Promise<Result>;
}): Promise<Result> {
  const { services, target, url, scopes, send } = options;
  const [platform, deployment] = await Promise.all([
    services.directory.platform(target.platform),
    services.directory.deployment(target.deployment),
  ]);
  if (!platform || !deployment) throw missingService('connection');
  if (platform.status !== 'active' || deployment.status !== 'approved')
    throw new AppError('lti.service-paused', { status: 503 });
  requireServiceHost({ platform, deployment, url });
  await requireNoHold(platform, services.now());
  try {
    return await sendWithToken({ services, platform, scopes, send });
  } catch (error) {
    await keepHold({ platform, error, now: services.now() });
    throw error;
  }
}

/** Throws `lti.service-missing` (403) unless the launch granted one of the scopes; gives the first that it did. */
export function requireScope(target: ServiceTarget, ...scopes: string[]): string {
  const granted = scopes.find((scope) => target.services.gradeScopes.includes(scope));
  if (granted === undefined) throw missingService(scopes[0]?.split('/').at(-1) ?? '');
  return granted;
}

export function missingService(service: string): AppError {
  return new AppError('lti.service-missing', { status: 403, values: { service } });
}

async function sendWithToken<Result>(options: {
  services: LtiServices;
  platform: Platform;
  scopes: string[];
  send: (token: AccessToken) => Promise<Result>;
}): Promise<Result> {
  const { services, platform, scopes, send } = options;
  const token = await services.tokens.get({ platform, scopes });
  try {
    return await send(token);
  } catch (error) {
    if (!isRefusedWith(error, 401)) throw error;
    await services.tokens.forget({ platform, scopes });
    return send(await services.tokens.get({ platform, scopes }));
  }
}

function requireServiceHost(options: {
  platform: Platform;
  deployment: Deployment;
  url: string;
}): void {
  const { platform, deployment, url } = options;
  const host = URL.parse(url)?.host ?? '';
  const { issuer, authorizationUrl, tokenUrl, jwksUrl } = platform;
  const registered = [issuer, authorizationUrl, tokenUrl, jwksUrl].map(
    (address) => URL.parse(address)?.host,
  );
  const known = [...registered, ...platform.serviceHosts, ...deployment.serviceHosts];
  if (host === '' || !known.includes(host))
    throw new AppError('lti.service-host', { status: 403, values: { host } });
}

async function requireNoHold(platform: Platform, now: Date): Promise<void> {
  const until = await findServiceHold({ platform: platform._id, now });
  if (until)
    throw new AppError('lti.service-busy', { status: 503, values: { until: until.toISOString() } });
}

/** A platform that says when to come back is left alone until then, by all of our processes. */
async function keepHold(options: { platform: Platform; error: unknown; now: Date }): Promise<void> {
  const { platform, error, now } = options;
  if (!isRefusedWith(error, 429, 503) || !(error instanceof AppError)) return;
  const askedMs = readRetryAfterMs(String(error.values['retryAfter'] ?? ''), now);
  if (askedMs === null) return;
  const until = new Date(now.getTime() + Math.min(askedMs, LONGEST_HOLD_MS));
  await recordServiceHold({ platform: platform._id, until });
}
