import { expect } from 'chai';
import { isAppError } from '../../src/http/errors.js';
import type { PlatformConfiguration } from '../../src/lti/openid-configuration.js';
import { isSameSite } from '../../src/lti/registrable-domain.js';
import { checkRegistrationHosts } from '../../src/lti/registration-hosts.js';

const SSO = 'https://sso.canvaslms.com';
const CANVAS: PlatformConfiguration = {
  issuer: 'https://canvas.instructure.com',
  authorizationUrl: `${SSO}/api/lti/authorize_redirect`,
  tokenUrl: `${SSO}/login/oauth2/token`,
  jwksUrl: `${SSO}/api/lti/security/jwks`,
  registrationUrl: 'https://canvas.school.edu/api/lti/registrations',
  authorizationServer: null,
  scopes: [],
  productFamily: 'canvas',
  version: null,
  accountName: null,
  messages: [],
  variables: null,
};
const CANVAS_SOURCE = 'https://canvas.instructure.com/api/lti/security/openid-configuration';

/** All addresses at one origin. */
function at(origin: string, productFamily: string | null = null): PlatformConfiguration {
  return {
    ...CANVAS,
    issuer: origin,
    authorizationUrl: `${origin}/auth`,
    tokenUrl: `${origin}/token`,
    jwksUrl: `${origin}/keys`,
    registrationUrl: `${origin}/register`,
    productFamily,
  };
}

/** The code of the refusal, or null. */
function check(
  configuration: PlatformConfiguration,
  source: string,
  furtherHosts: string[] = [],
): string | null {
  try {
    const mayReach = (url: string) => url.startsWith('https://');
    checkRegistrationHosts({ configuration, configurationUrl: source, furtherHosts, mayReach });
    return null;
  } catch (error) {
    if (isAppError(error)) return error.code;
    throw error;
  }
}

describe('checkRegistrationHosts', () => {
  const moodle = at('https://moodle.school.edu', 'moodle');
  const MOODLE_SOURCE = 'https://moodle.school.edu/mod/lti/openid-configuration.php';
  const beta = { ...CANVAS, issuer: 'https://canvas.beta.instructure.com' };
  const cases: [title: string, code: string | null, () => string | null][] = [
    [
      'takes hosted Canvas, whose login host is not its issuer',
      null,
      () => check(CANVAS, CANVAS_SOURCE),
    ],
    [
      'takes its configuration from a school of its own domain',
      null,
      () => check(CANVAS, 'https://school.instructure.com/c'),
    ],
    [
      "takes Canvas's word for a school's own domain only from Canvas's own hosts",
      'registration.issuer',
      () => check(CANVAS, 'https://canvas.school.edu/c'),
    ],
    [
      'lets the operator name that domain, for a Canvas run by the school itself',
      null,
      () =>
        check(
          { ...at('https://canvas.school.edu', 'canvas'), issuer: CANVAS.issuer },
          'https://canvas.school.edu/c',
          ['canvas.school.edu'],
        ),
    ],
    [
      "refuses production's hosts for Canvas's beta issuer",
      'registration.endpoint',
      () => check(beta, 'https://school.beta.instructure.com/c'),
    ],
    [
      "refuses beta's hosts for production's issuer",
      'registration.issuer',
      () => check(CANVAS, 'https://school.beta.instructure.com/c'),
    ],
    ['takes a Moodle with one origin', null, () => check(moodle, MOODLE_SOURCE)],
    [
      "refuses a Moodle's address at a sub-domain",
      'registration.endpoint',
      () => check({ ...moodle, tokenUrl: 'https://x.moodle.school.edu/t' }, MOODLE_SOURCE),
    ],
    [
      'takes addresses of one owner for others',
      null,
      () =>
        check(
          { ...at('https://blackboard.example.com'), tokenUrl: 'https://api.example.com/t' },
          'https://developer.example.com/c',
        ),
    ],
    [
      "takes Brightspace's own token host for a school's domain",
      null,
      () =>
        check(
          {
            ...at('https://learn.school.edu', 'desire2learn'),
            tokenUrl: 'https://auth.brightspace.com/core/connect/token',
          },
          'https://learn.school.edu/c',
        ),
    ],
    [
      'refuses that host to others',
      'registration.endpoint',
      () =>
        check(
          {
            ...at('https://learn.school.edu'),
            tokenUrl: 'https://auth.brightspace.com/core/connect/token',
          },
          'https://learn.school.edu/c',
        ),
    ],
    [
      'refuses neighbours below a suffix that many owners share',
      'registration.endpoint',
      () => check({ ...at('https://a.ac.uk'), jwksUrl: 'https://b.ac.uk/k' }, 'https://a.ac.uk/c'),
    ],
    [
      'refuses http',
      'registration.endpoint',
      () => check({ ...moodle, registrationUrl: 'http://moodle.school.edu/r' }, MOODLE_SOURCE),
    ],
  ];
  for (const [title, code, run] of cases) it(title, () => expect(run()).to.equal(code));
});

describe('isSameSite', () => {
  const pairs: [a: string, b: string, same: boolean][] = [
    ['a.school.edu', 'school.edu', true],
    ['a.school.edu', 'b.school.edu', true],
    ['school.edu', 'other.edu', false],
    ['school.edu', 'evilschool.edu', false],
    ['school.edu.evil.example', 'school.edu', false],
    ['a.uni.ac.uk', 'b.uni.ac.uk', true],
    ['uni.ac.uk', 'other.ac.uk', false],
    ['uni.edu.au', 'other.edu.au', false],
    ['a.k12.ca.us', 'b.k12.ca.us', false],
    ['www.a.k12.ca.us', 'lms.a.k12.ca.us', true],
    ['a.moodlecloud.com', 'b.moodlecloud.com', false],
    ['a.github.io', 'b.github.io', false],
    ['127.0.0.1', '127.0.0.1', true],
    ['127.0.0.1', '128.0.0.1', false],
    ['localhost', 'localhost', true],
    ['edu', 'school.edu', false],
    ['ac.uk', 'uni.ac.uk', false],
  ];
  for (const [a, b, same] of pairs)
    it(`${a} and ${b}: ${same ? 'one owner' : 'not one owner'}`, () => {
      expect([isSameSite(a, b), isSameSite(b, a)]).to.deep.equal([same, same]);
    });
});
