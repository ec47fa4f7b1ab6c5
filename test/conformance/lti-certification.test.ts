// The certification suite's launches in its own words: known-bad payloads first, then valid teacher and student launches.
import { expect } from 'chai';
import {
  LTI,
  ROLE_URIS,
  startFakePlatform,
  type FakePlatform,
  type LaunchMessage,
  type SigningChoice,
} from '../support/fake-platform.js';
import {
  beginLaunch,
  connectPlatform,
  launchAs,
  postLaunch,
  type LaunchAs,
} from '../support/launch-as.js';
import { showLaunchRoutes } from '../support/show-launch.js';
import { startTool, type TestTool } from '../support/start-tool.js';

const { Instructor, Learner } = ROLE_URIS;
const UNKNOWN = 'http://purl.imsglobal.org/vocab/lis/v2/uknownrole/unknown#Helper';
const NO_PII = { sub: 'nobody-knows' };
const ONLY_NAMES = { sub: 'named', name: 'Ana Ruiz' };
const ONLY_EMAIL = { sub: 'mailed', email: 'ana@school.example' };

describe('LTI certification', () => {
  let tool: TestTool;
  let platform: FakePlatform;

  before(async () => {
    platform = await startFakePlatform();
    tool = await startTool({
      routes: () => [showLaunchRoutes()],
    });
  });
  after(async () => {
    await Promise.all([tool.close(), platform.close()]);
  });
  beforeEach(async () => {
    await connectPlatform(platform);
  });

  describe('known bad payloads', () => {
    const nowS = Math.floor(Date.now() / 1_000);
    const bad: {
      title: string;
      claims?: Record<string, unknown>;
      choice?: SigningChoice;
      token?: string;
    }[] = [
      { title: 'No KID sent in JWT header', choice: { header: { kid: undefined } } },
      { title: 'Incorrect KID in JWT header', choice: { header: { kid: 'imstester_66067' } } },
      { title: 'Wrong LTI version', claims: { [`${LTI}version`]: '11.3' } },
      { title: 'No LTI version', claims: { [`${LTI}version`]: undefined } },
      { title: 'Invalid LTI message', token: 'eyJuYW1lIjogImJhZGx0aW1lc3NhZ2UifQ.e30.e30' },
      { title: 'Missing LTI claims', token: 'only iss, aud and times' },
      { title: 'Timestamps incorrect', claims: { iat: 11_111, exp: 22_222 } },
      { title: 'Timestamps in the future', claims: { iat: nowS + 3_600, exp: nowS + 3_660 } },
      { title: 'message_type claim missing', claims: { [`${LTI}message_type`]: undefined } },
      { title: 'role claim missing', claims: { [`${LTI}roles`]: undefined } },
      { title: 'deployment_id claim missing', claims: { [`${LTI}deployment_id`]: undefined } },
      { title: 'resource_link_id claim missing', claims: { [`${LTI}resource_link`]: {} } },
      { title: 'user claim missing', claims: { sub: undefined } },
      { title: 'target_link_uri claim missing', claims: { [`${LTI}target_link_uri`]: undefined } },
      { title: 'wrong nonce', claims: { nonce: 'imstester' } },
    ];
    for (const { title, claims = {}, choice = {}, token } of bad)
      it(`${title}: the tool says so and opens nothing`, async () => {
        const { agent, message, state } = await beginLaunch({ tool, platform });
        const id_token = makeToken({
          platform,
          message,
          claims,
          choice,
          ...(token === undefined ? {} : { token }),
        });

        const answer = await postLaunch(agent, { id_token, state });

        expect(answer.status).to.be.within(400, 401);
        expect(answer.text).to.contain('<h1>').and.to.contain('Reference number');
        expect((await agent.get('/frameworks')).status).to.equal(401);
      });
  });

  const valid: {
    title: string;
    launch: Partial<LaunchAs>;
    roles: string[];
    name: string | RegExp;
    course?: null;
  }[] = [
    {
      title: 'Valid Teacher Launch',
      launch: { roleUris: [Instructor] },
      roles: ['Instructor'],
      name: 'Ana Ruiz',
    },
    {
      title: 'Valid Teacher Launch with Multiple Roles',
      launch: { roleUris: [Instructor, ROLE_URIS.Administrator, UNKNOWN] },
      roles: ['Instructor', 'Administrator'],
      name: 'Ana Ruiz',
    },
    {
      title: 'Valid Teacher Launch with Short Role',
      launch: { roleUris: ['Instructor'] },
      roles: ['Instructor'],
      name: 'Ana Ruiz',
    },
    {
      title: 'Valid Teacher Launch with Unknown Role',
      launch: { roleUris: [UNKNOWN] },
      roles: [],
      name: 'Ana Ruiz',
    },
    {
      title: 'Valid Teacher Launch with No Role',
      launch: { roleUris: [] },
      roles: [],
      name: 'Ana Ruiz',
    },
    {
      title: 'Valid Teacher Launch with Email and no Names',
      launch: { roleUris: [Instructor], user: ONLY_EMAIL },
      roles: ['Instructor'],
      name: /^Instructor [2-9B-Z]{6}$/,
    },
    {
      title: 'Valid Teacher Launch with Names and no Email',
      launch: { roleUris: [Instructor], user: ONLY_NAMES },
      roles: ['Instructor'],
      name: 'Ana Ruiz',
    },
    {
      title: 'Valid Teacher Launch with No PII',
      launch: { roleUris: [Instructor], user: NO_PII },
      roles: ['Instructor'],
      name: /^Instructor [2-9B-Z]{6}$/,
    },
    {
      title: 'Valid Teacher Launch with Email without Context',
      launch: { roleUris: [Instructor], user: ONLY_EMAIL, course: null },
      roles: ['Instructor'],
      name: /^Instructor/,
      course: null,
    },
    {
      title: 'Valid Student Launch',
      launch: { roleUris: [Learner] },
      roles: ['Learner'],
      name: 'Ana Ruiz',
    },
    {
      title: 'Valid Student Launch with Multiple Role Values',
      launch: {
        roleUris: [Learner, 'http://purl.imsglobal.org/vocab/lis/v2/institution/person#Student'],
      },
      roles: ['Learner'],
      name: 'Ana Ruiz',
    },
    {
      title: 'Valid Student Launch with Deprecated Short Role',
      launch: { roleUris: ['Learner'] },
      roles: ['Learner'],
      name: 'Ana Ruiz',
    },
    {
      title: 'Valid Student Launch with Unknown Role',
      launch: { roleUris: [UNKNOWN] },
      roles: [],
      name: 'Ana Ruiz',
    },
    {
      title: 'Valid Student Launch with No Role',
      launch: { roleUris: [] },
      roles: [],
      name: 'Ana Ruiz',
    },
    {
      title: 'Valid Student Launch with Email and no Names',
      launch: { roleUris: [Learner], user: ONLY_EMAIL },
      roles: ['Learner'],
      name: /^Learner [2-9B-Z]{6}$/,
    },
    {
      title: 'Valid Student Launch with Names and no Email',
      launch: { roleUris: [Learner], user: ONLY_NAMES },
      roles: ['Learner'],
      name: 'Ana Ruiz',
    },
    {
      title: 'Valid Student Launch with No PII',
      launch: { roleUris: [Learner], user: NO_PII },
      roles: ['Learner'],
      name: /^Learner [2-9B-Z]{6}$/,
    },
    {
      title: 'Valid Student Launch with only a Resource Link',
      launch: { roleUris: [Learner], user: NO_PII, course: null, claims: onlyResourceLink() },
      roles: ['Learner'],
      name: /^Learner/,
      course: null,
    },
  ];
  describe('valid launches', () => {
    for (const { title, launch, roles, name, course } of valid)
      it(title, async () => {
        const { agent, path } = await launchAs({ tool, platform, ...launch });

        const current = (await agent.get(path)).json() as Record<string, unknown>;

        expect(current['roles']).to.deep.equal(roles);
        expect(String(current['personName'])).to.match(
          name instanceof RegExp ? name : new RegExp(`^${name}$`),
        );
        if (course === null) expect(current['course']).to.equal(null);
      });
  });
});

function onlyResourceLink(): Record<string, unknown> {
  const optional = ['tool_platform', 'launch_presentation', 'custom'];
  const gone = [
    ...optional.map((name) => `${LTI}${name}`),
    'https://purl.imsglobal.org/spec/lti-ags/claim/endpoint',
    'https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice',
  ];
  return Object.fromEntries(gone.map((name) => [name, undefined]));
}

function makeToken(options: {
  platform: FakePlatform;
  message: LaunchMessage;
  claims: Record<string, unknown>;
  choice: SigningChoice;
  token?: string;
}): string {
  const { platform, message, claims, choice, token } = options;
  if (token === undefined) return platform.idToken({ ...message, claims }, choice);
  if (token.includes('.')) return token;
  const { iss, aud, sub, exp, iat, nonce } = platform.claims(message);
  return platform.sign({ iss, aud, sub, exp, iat, nonce });
}
