// Whether a configuration's addresses belong to its issuer (LTI Dynamic Registration 1.0, section 3.3: same domain or
// sub-domain), pure. Hosted products have a table of hosts that belong together; an operator may name further hosts.
import { AppError } from '../http/errors.js';
import type { PlatformConfiguration } from './openid-configuration.js';
import {
  findFamily,
  findHostedPlatform,
  type HostedPlatform,
  type PlatformFamily,
} from './platform-families.js';
import { isSameSite } from './registrable-domain.js';

export const ENDPOINTS = ['authorizationUrl', 'tokenUrl', 'jwksUrl', 'registrationUrl'] as const;

interface Rule {
  issuer: URL;
  family: PlatformFamily;
  hosted: HostedPlatform | null;
  /** Hosts named in the invitation. */
  furtherHosts: string[];
}

/**
 * Throws `registration.issuer` (400) when the configuration is not the issuer's to give, `registration.endpoint` (400) for an
 * address elsewhere, unreachable by our rules, or plain http.
 */
export function checkRegistrationHosts(options: {
  configuration: PlatformConfiguration;
  configurationUrl: string;
  furtherHosts: string[];
  mayReach: (url: string) => boolean;
}): void {
  const { configuration, configurationUrl, furtherHosts, mayReach } = options;
  const { issuer } = configuration;
  const rule: Rule = {
    issuer: new URL(issuer),
    family: findFamily(configuration.productFamily),
    hosted: findHostedPlatform(issuer),
    furtherHosts,
  };
  const source = new URL(configurationUrl);
  if (!mayReach(issuer) || !belongs(source, rule))
    throw new AppError('registration.issuer', {
      status: 400,
      values: { issuer, host: source.host },
    });
  for (const endpoint of ENDPOINTS) {
    const url = new URL(configuration[endpoint]);
    const isAtSchool = endpoint === 'registrationUrl' && mayRegisterAtSchool(source, rule);
    if (!mayReach(url.href) || !(isAtSchool || belongs(url, rule)))
      throw new AppError('registration.endpoint', {
        status: 400,
        values: { issuer, host: url.host },
      });
  }
}

function belongs(url: URL, rule: Rule): boolean {
  if (rule.furtherHosts.some((host) => host === url.hostname || host === url.host)) return true;
  // A hosted issuer stands for many schools: nothing but its own hosts may speak for it.
  if (rule.hosted) return isHosted(url, rule.hosted);
  if (rule.family.furtherHosts.includes(url.hostname)) return true;
  return rule.family.endpoints === 'same-origin'
    ? url.origin === rule.issuer.origin
    : isSameSite(url.hostname, rule.issuer.hostname);
}

/** Canvas registers at the school's own domain, and only its own hosts can have said so. */
function mayRegisterAtSchool(source: URL, rule: Rule): boolean {
  return rule.hosted?.registersAtSchool === true && isHosted(source, rule.hosted);
}

function isHosted(url: URL, hosted: HostedPlatform): boolean {
  const [label, ...rest] = url.hostname.split('.');
  return hosted.hosts.some((host) =>
    host.startsWith('*.')
      ? label !== '' && rest.join('.') === host.slice(2)
      : host === url.hostname,
  );
}
