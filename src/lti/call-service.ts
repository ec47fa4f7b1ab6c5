// The way every call to a platform's service goes: host known to the deployment, scope granted, token, and one new token
// after a 401. Never sends a token to a host that neither the registration nor a verified launch named.
import { AppError } from '../http/errors.js';
import type { LaunchServices } from './current-launch.js';
import type { Deployment } from './deployment.model.js';
import type { LtiServices } from './lti-services.js';
import type { AccessToken } from './ltijs-adapter.js';
import type { Platform } from './platform.model.js';
import { isRefusedWith } from './service-answer.js';

/** What a call needs to know of the launch; a CurrentLaunch has it all, a course record most. */
export interface ServiceTarget {
  platform: string;
  deployment: string;
  services: LaunchServices;
}

/**
 * Runs `send` with an access token. Throws `lti.service-missing` (403) when the launch offered no such service,
 * `lti.service-host` (403) for a foreign host, and what `send` throws.
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
  requireServiceHost({ platform, deployment, url });
  const token = await services.tokens.get({ platform, scopes });
  try {
    return await send(token);
  } catch (error) {
    if (!isRefusedWith(error, 401)) throw error;
    await services.tokens.forget({ platform, scopes });
    return send(await services.tokens.get({ platform, scopes }));
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
