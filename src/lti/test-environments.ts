// Copies of a school's platform that are not the school (pure). Hosted Canvas has a beta and a test environment beside
// production, each with an issuer of its own, and copies production's settings over them: ids, courses and people there
// look like the school's.
import { AppError } from '../http/errors.js';

const TEST_ISSUERS = ['https://canvas.beta.instructure.com', 'https://canvas.test.instructure.com'];
/** The second label of `school.beta.instructure.com` and `sso.test.canvaslms.com`. */
const TEST_HOST = /^[a-z0-9-]+\.(beta|test)\.(instructure|canvaslms)\.com$/i;
const TEST_NAMES = ['beta', 'test'];

/** True for issuers whose platforms are always of kind test. */
export function isTestIssuer(issuer: string): boolean {
  return TEST_ISSUERS.includes(issuer);
}

/** Throws `lti.test-environment` (403) for a message of a test environment under a registration that is the school. */
export function requireSchoolItself(options: {
  platform: { kind: 'production' | 'test' };
  environment?: string | undefined;
  hosts?: readonly string[];
}): void {
  const { platform, ...seen } = options;
  const environment = platform.kind === 'production' ? findTestEnvironment(seen) : null;
  if (environment === null) return;
  throw new AppError('lti.test-environment', { status: 403, values: { environment } });
}

/**
 * The environment that a message under a production issuer betrays, as Canvas writes it, or null. Looks at
 * `canvas_environment` of the login and at the hosts that the message names.
 */
function findTestEnvironment(seen: {
  environment?: string | undefined;
  hosts?: readonly string[];
}): string | null {
  const { environment = '', hosts = [] } = seen;
  if (TEST_NAMES.includes(environment.toLowerCase())) return environment.toLowerCase();
  for (const host of hosts) {
    const name = TEST_HOST.exec(host)?.[1];
    if (name !== undefined) return name.toLowerCase();
  }
  return null;
}
