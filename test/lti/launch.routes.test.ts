import { createHmac, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { Router } from 'express';
import jwt from 'jsonwebtoken';
import { expect } from 'chai';
import { findCourse } from '../../src/lti/course.model.js';
import { getCurrentLaunch } from '../../src/lti/current-launch.js';
import {
  findDeployment,
  listDeployments,
  setDeploymentStatus,
} from '../../src/lti/deployment.model.js';
import { requireLaunch } from '../../src/lti/guards.js';
import { listUnstatedLaunches, markLaunchStated } from '../../src/lti/launch.model.js';
import { pausePlatform } from '../../src/lti/manage-platforms.js';
import { listCourseMembers } from '../../src/lti/membership.model.js';
import { listRefusals } from '../../src/lti/refusal.model.js';
import { listResourceLinks } from '../../src/lti/resource-link.model.js';
import { findUser } from '../../src/lti/user.model.js';
import {
  createAgent,
  encodeForm,
  type Answer,
  type BrowserAgent,
} from '../support/browser-agent.js';
import { countRecords } from '../support/count-records.js';
import {
  AGS,
  DL,
  LTI,
  publicJwk,
  ROLE_URIS,
  startFakePlatform,
  testKey,
  type FakePlatform,
  type LaunchMessage,
  type SigningChoice,
} from '../support/fake-platform.js';
import {
  beginLaunch,
  connectPlatform,
  launchAs,
  postLaunch,
  tryLaunch,
  type LaunchAs,
} from '../support/launch-as.js';
import { startTool, type TestTool } from '../support/start-tool.js';

describe('/lti/launch', () => {
  let tool: TestTool;
  let platform: FakePlatform;

  before(async () => {
    [platform, tool] = await Promise.all([
      startFakePlatform(),
      startTool({
        routes: () => {
          const router = Router();
          router.get('/frameworks', requireLaunch(), (req, res) => {
            res.json(getCurrentLaunch(req));
          });
          return [router];
        },
      }),
    ]);
  });
  after(async () => {
    await Promise.all([tool.close(), platform.close()]);
  });
  beforeEach(async () => {
    await connectPlatform(platform);
  });

  describe('a good launch', () => {
    it('leads to the page that was asked for, signed in, with the query kept', async () => {
      const { agent, path } = await launchAs({
        tool,
        platform,
        role: 'Learner',
        target: '/frameworks?view=all',
      });

      const page = await agent.get(path);

      expect(path).to.match(/^\/frameworks\?view=all&course=[0-9a-f-]{36}$/);
      expect(page.status).to.equal(200);
      expect(page.json()).to.deep.include({
        userName: 'Ana Ruiz',
        personName: 'Ana Ruiz',
        roles: ['Learner'],
        courseTitle: 'Health Records 101',
        testUser: false,
        mayReadNames: false,
        resourceLinkId: 'link-1',
      });
    });

    it('records course, person, membership and link once, and each launch', async () => {
      await launchAs({ tool, platform, role: 'Instructor' });
      const { course } = await launchAs({ tool, platform, role: 'Instructor' });
      const [deployment] = await listDeployments();
      const where = { deployment: deployment?._id ?? '', course };

      expect(await findCourse(where)).to.deep.include({
        title: 'Health Records 101',
        label: 'COURSE-1',
        term: { name: 'Autumn', startsAt: null, endsAt: null },
      });
      const { members } = await listCourseMembers({ ...where, page: { limit: 10 } });
      expect(members).to.have.length(1);
      expect(members[0]).to.deep.include({
        roles: ['Instructor'],
        countsAsLearner: false,
        launchCount: 2,
        source: 'launch',
      });
      expect(await findUser({ user: members[0]?.user ?? '' })).to.deep.include({
        name: 'Ana Ruiz',
        email: 'ana@school.example',
        sub: 'user-1',
      });
      const [link] = await listResourceLinks(where);
      expect(link).to.deep.include({
        resourceLinkId: 'link-1',
        targetPath: '/frameworks',
        custom: { term_name: 'Autumn' },
      });
      expect(await listUnstatedLaunches({ limit: 10 })).to.have.length(2);
    });

    it('is told once: a launch that was stated is not listed again', async () => {
      await launchAs({ tool, platform });
      const [launch] = await listUnstatedLaunches({ limit: 10 });

      await markLaunchStated({ launch: launch?._id ?? '' });

      expect(await listUnstatedLaunches({ limit: 10 })).to.deep.equal([]);
    });

    it('forgets a name that the platform shares no longer', async () => {
      const first = await launchAs({ tool, platform, user: { sub: 'u', name: 'Bo' } });
      const { user } = (await first.agent.get(first.path)).json() as { user: string };

      await launchAs({ tool, platform, user: { sub: 'u' } });

      expect(await findUser({ user })).to.deep.include({ name: null });
    });

    it('remembers hosts and frames that the verified token names, and no other', async () => {
      await launchAs({
        tool,
        platform,
        claims: { [`${LTI}custom`]: { canvas_api_domain: 'school.instructure.com' } },
      });
      const [deployment] = await listDeployments();

      const found = await findDeployment({ deployment: deployment?._id ?? '' });

      expect(found?.frameOrigins).to.have.members([
        platform.origin,
        'https://school.instructure.com',
      ]);
      expect(found?.serviceHosts).to.have.members([
        new URL(platform.origin).host,
        'school.instructure.com',
      ]);
    });

    it('marks a test user, whose launch is never stated', async () => {
      const { agent, path } = await launchAs({
        tool,
        platform,
        roleUris: [ROLE_URIS.Learner, 'http://purl.imsglobal.org/vocab/lti/system/person#TestUser'],
      });

      expect((await agent.get(path)).json()).to.deep.include({
        testUser: true,
        roles: ['Learner'],
      });
      expect(await listUnstatedLaunches({ limit: 10 })).to.deep.equal([]);
    });

    it('lets an unknown deployment in where the platform says so', async () => {
      await connectPlatform(platform, { unknownDeployments: 'approve' });

      const { answer } = await tryLaunch({
        tool,
        platform: { ...platform, deploymentId: 'new' },
        claims: { [`${LTI}deployment_id`]: 'new' },
      });

      expect(answer.status).to.equal(303);
    });

    it('sends a deep linking request to the choice, whatever its target', async () => {
      const { path } = await launchAs({
        tool,
        platform,
        role: 'Instructor',
        messageType: 'LtiDeepLinkingRequest',
      });

      expect(path).to.match(/^\/deep-linking\?course=/);
    });

    it('counts no finished launch against the limit of logins', async () => {
      const small = await startTool({ config: { loginLimitPerMinute: 2 } });
      try {
        for (let count = 0; count < 5; count += 1) await launchAs({ tool: small, platform });
        expect(await countRecords()).to.deep.include({ launches: 5 });
      } finally {
        await small.close();
      }
    });

    it('accepts a token whose clock is off by less than a minute', async () => {
      const nowS = Math.floor(Date.now() / 1_000);
      const late = await tryLaunch({ tool, platform, claims: { iat: nowS - 90, exp: nowS - 30 } });
      const early = await tryLaunch({
        tool,
        platform,
        claims: { iat: nowS + 50, exp: nowS + 110, nbf: nowS + 50 },
      });

      expect([late.answer.status, early.answer.status]).to.deep.equal([303, 303]);
    });
  });

  /** Login, and then a token of the test's making. */
  async function launchWith(
    make: (message: LaunchMessage) => string,
    options: Partial<LaunchAs> = {},
  ): Promise<Answer> {
    const { agent, message, state } = await beginLaunch({ tool, platform, ...options });
    return postLaunch(agent, { id_token: make(message), state });
  }
  const signed =
    (claims: Record<string, unknown>, choice: SigningChoice = {}) =>
    () =>
      launchWith((message) => platform.idToken({ ...message, claims }, choice));
  const signedBy = (choice: SigningChoice) => signed({}, choice);

  async function postForm(
    agent: BrowserAgent,
    body: string,
    type = 'application/x-www-form-urlencoded',
  ): Promise<Answer> {
    return agent.send('POST', '/lti/launch', { body, headers: { 'content-type': type } });
  }
  const nowS = () => Math.floor(Date.now() / 1_000);
  const STATE = 'A'.repeat(43);
  const token = () => platform.idToken({ targetLinkUri: `${tool.url}/frameworks`, nonce: 'n' });
  const fresh = () => createAgent(tool.url);

  /** Title with the number of the list of bad inputs; the answer; what is sent. */
  const refusals: [string, number, () => Promise<Answer>][] = [
    ['[26] GET', 405, () => fresh().get('/lti/launch')],
    ['[27] neither token nor error', 400, () => fresh().post('/lti/launch', { state: STATE })],
    ['[28] no state', 400, () => fresh().post('/lti/launch', { id_token: token() })],
    ['[29] state=a b', 400, () => postForm(fresh(), `id_token=${token()}&state=a%20b`)],
    ['[29] state=a;b', 400, () => postForm(fresh(), `id_token=${token()}&state=a;b`)],
    [
      '[29] a state that is an object',
      415,
      () => postForm(fresh(), '{"state":{}}', 'application/json'),
    ],
    [
      '[30] an unknown state',
      401,
      () => fresh().post('/lti/launch', { id_token: token(), state: STATE }),
    ],
    [
      '[33] a state of another browser',
      401,
      async () => {
        const { message, state } = await beginLaunch({ tool, platform });
        return postLaunch(fresh(), { id_token: platform.idToken(message), state });
      },
    ],
    [
      '[34] the cookie of state A with state B',
      401,
      async () => {
        const a = await beginLaunch({ tool, platform });
        const b = await beginLaunch({ tool, platform });
        for (const [name, value] of a.agent.cookies)
          if (name.includes('login'))
            b.agent.cookies.set(
              [...b.agent.cookies.keys()].find((key) => key.includes('login')) ?? '',
              value,
            );
        return postLaunch(b.agent, { id_token: platform.idToken(b.message), state: b.state });
      },
    ],
    [
      '[40] a token and an error',
      400,
      () => fresh().post('/lti/launch', { id_token: token(), error: 'x', state: STATE }),
    ],
    [
      '[41] two tokens',
      400,
      () => postForm(fresh(), `id_token=${token()}&id_token=${token()}&state=${STATE}`),
    ],
    ['[42] JSON', 415, () => postForm(fresh(), '{}', 'application/json')],
    ['[42] multipart', 415, () => postForm(fresh(), 'x', 'multipart/form-data; boundary=x')],
    ['[42] text', 415, () => postForm(fresh(), 'x', 'text/plain')],
    [
      '[43] a token over 32 KiB',
      413,
      () => fresh().post('/lti/launch', { id_token: 'x'.repeat(32_769), state: STATE }),
    ],
    [
      '[44] a launch posted to another path',
      404,
      () => fresh().post('/anything', { id_token: token(), state: STATE }),
    ],
    [
      '[45] a path that looks like a host',
      404,
      () =>
        fresh().send('POST', `${tool.url}//evil.example/x`, {
          body: encodeForm({ id_token: token(), state: STATE }),
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        }),
    ],
    ['[47] a token of two parts', 400, () => launchWith(() => 'a.b')],
    ['[47] a token that is not base64url', 400, () => launchWith(() => 'a+b.c.d')],
    ['[47] a token that is not JSON', 400, () => launchWith(() => 'aaaa.bbbb.cccc')],
    [
      '[48] alg none',
      400,
      () =>
        launchWith(
          (message) =>
            `${Buffer.from('{"alg":"none","kid":"platform-1"}').toString('base64url')}.${Buffer.from(JSON.stringify(platform.claims(message))).toString('base64url')}.`,
        ),
    ],
    [
      '[48] alg none with a signature',
      401,
      () =>
        launchWith(
          (message) =>
            `${Buffer.from('{"alg":"none","kid":"platform-1"}').toString('base64url')}.${Buffer.from(JSON.stringify(platform.claims(message))).toString('base64url')}.AAAA`,
        ),
    ],
    [
      '[49] HS256 signed with the public key',
      401,
      () => launchWith((message) => hmacToken(platform, message)),
    ],
    [
      '[50] PS256',
      401,
      () =>
        launchWith((message) =>
          jwt.sign(platform.claims(message), platform.key.privateKey, {
            algorithm: 'PS256',
            keyid: 'platform-1',
          }),
        ),
    ],
    [
      '[50] RS384',
      401,
      () =>
        launchWith((message) =>
          jwt.sign(platform.claims(message), platform.key.privateKey, {
            algorithm: 'RS384',
            keyid: 'platform-1',
          }),
        ),
    ],
    ['[51] no kid', 401, signedBy({ header: { kid: undefined } })],
    ['[52] an unknown kid', 401, signedBy({ header: { kid: 'nobody' } })],
    [
      '[53] the kid of our own key',
      401,
      async () => {
        const { kid } = await tool.services.keys.signingKey();
        return signedBy({ header: { kid } })();
      },
    ],
    ['[54] a kid that is a path', 401, signedBy({ header: { kid: '../../etc/passwd' } })],
    ['[54] a kid that is a query', 401, signedBy({ header: { kid: "' or 1=1" } })],
    [
      '[54] a kid that is an object',
      401,
      () =>
        launchWith((message) => rawHeader(platform, message, { alg: 'RS256', kid: { $ne: 1 } })),
    ],
    [
      '[55] a key in the header',
      401,
      signedBy({
        key: testKey('attacker'),
        header: {
          kid: 'attacker',
          jwk: publicJwk(testKey('attacker')),
          jku: 'https://evil.example/jwks',
          x5u: 'https://evil.example/x',
        },
      }),
    ],
    ['[56] crit', 401, signedBy({ header: { crit: ['exp'] } })],
    [
      '[57] an altered payload',
      401,
      () =>
        launchWith((message) => {
          const [header, , signature] = platform.idToken(message).split('.');
          return `${header}.${Buffer.from(JSON.stringify({ ...platform.claims(message), sub: 'admin' })).toString('base64url')}.${signature}`;
        }),
    ],
    [
      '[57] an altered signature',
      401,
      () => launchWith((message) => platform.idToken(message).replace(/.{8}$/, 'AAAAAAAA')),
    ],
    [
      '[58] a signature of another key with our kid',
      401,
      signedBy({ key: testKey('attacker'), header: { kid: 'platform-1' } }),
    ],
    ['[60] no exp', 401, signed({ exp: undefined })],
    ['[61] an expired token', 401, signed({ iat: nowS() - 200, exp: nowS() - 100 })],
    ['[62] no iat', 401, signed({ iat: undefined })],
    [
      '[63] an iat older than the greatest age',
      401,
      signed({ iat: nowS() - 600, exp: nowS() + 60 }),
    ],
    ['[64] an iat in the future', 401, signed({ iat: nowS() + 600, exp: nowS() + 660 })],
    ['[64] an nbf in the future', 401, signed({ nbf: nowS() + 600 })],
    ['[65] a token that lives for two days', 401, signed({ exp: nowS() + 172_800 })],
    ['[66] an exp that is a text', 401, signed({ exp: String(nowS() + 60) })],
    ['[66] an iat that is a text', 401, signed({ iat: String(nowS()) })],
    ['[66] an exp of 1e300', 401, signed({ exp: 1e300 })],
    ['[67] no nonce', 401, signed({ nonce: undefined })],
    ['[68] a nonce of another login', 401, signed({ nonce: 'B'.repeat(43) })],
    ['[68] a nonce that is an object', 401, signed({ nonce: { $ne: 1 } })],
    ['[70] no aud', 401, signed({ aud: undefined })],
    ['[70] another aud', 401, signed({ aud: 'other' })],
    ['[71] a further audience', 401, signed({ aud: ['client-1', 'other'], azp: 'client-1' })],
    ['[72] several audiences without azp', 401, signed({ aud: ['client-1', 'client-1'] })],
    ['[72] an azp that is not our client id', 401, signed({ aud: ['client-1'], azp: 'other' })],
    ['[73] no iss', 401, signed({ iss: undefined })],
    ['[73] an iss that is a list', 401, signed({ iss: ['x'] })],
    ['[74] no sub', 401, signed({ sub: undefined })],
    ['[74] an empty sub', 401, signed({ sub: '' })],
    ['[74] a sub that is a number', 401, signed({ sub: 7 })],
    ['[74] a sub of 256 characters', 401, signed({ sub: 'x'.repeat(256) })],
    [
      '[75] our own deep linking answer as token',
      401,
      async () => {
        const { kid, privateKeyPem } = await tool.services.keys.signingKey();
        return launchWith((message) =>
          jwt.sign(
            { ...platform.claims(message), iss: 'client-1', aud: platform.issuer },
            privateKeyPem,
            { algorithm: 'RS256', keyid: kid },
          ),
        );
      },
    ],
    [
      '[76] an access token as token',
      401,
      () =>
        launchWith(() =>
          platform.sign({
            iss: platform.issuer,
            sub: 'client-1',
            scope: 'x',
            exp: nowS() + 60,
            iat: nowS(),
          }),
        ),
    ],
    ['[80] no message type', 400, signed({ [`${LTI}message_type`]: undefined })],
    ['[81] an unknown message type', 400, signed({ [`${LTI}message_type`]: 'LtiNobodyKnows' })],
    ['[82] no version', 400, signed({ [`${LTI}version`]: undefined })],
    ['[82] version 1.1', 400, signed({ [`${LTI}version`]: 'LTI-1p1' })],
    ['[82] version 1.3', 400, signed({ [`${LTI}version`]: '1.3' })],
    ...[undefined, '', 'x'.repeat(256), 7].map((value): [string, number, () => Promise<Answer>] => [
      `[83] deployment id ${String(value).slice(0, 9)}`,
      400,
      signed({ [`${LTI}deployment_id`]: value }),
    ]),
    [
      '[85] another deployment than at login',
      401,
      signed({ [`${LTI}deployment_id`]: 'deployment-2' }),
    ],
    ['[86] no resource link', 400, signed({ [`${LTI}resource_link`]: undefined })],
    ['[86] a resource link without id', 400, signed({ [`${LTI}resource_link`]: { title: 'x' } })],
    ['[87] no target', 400, signed({ [`${LTI}target_link_uri`]: undefined })],
    [
      '[88] a target of another origin',
      400,
      signed({ [`${LTI}target_link_uri`]: 'https://evil.example/frameworks' }),
    ],
    [
      '[88] another target than at login',
      400,
      () => signed({ [`${LTI}target_link_uri`]: `${tool.url}/reports` })(),
    ],
    ['[89] no roles', 400, signed({ [`${LTI}roles`]: undefined })],
    ['[89] roles that are a text', 400, signed({ [`${LTI}roles`]: ROLE_URIS.Instructor })],
    [
      '[89] roles that are an object',
      400,
      signed({ [`${LTI}roles`]: { 0: ROLE_URIS.Instructor } }),
    ],
    ['[89] roles that hold an object', 400, signed({ [`${LTI}roles`]: [{ $ne: 1 }] })],
    [
      '[93] a context id of 256 characters',
      400,
      signed({ [`${LTI}context`]: { id: 'x'.repeat(256) } }),
    ],
    ['[93] a context id that is an object', 400, signed({ [`${LTI}context`]: { id: { $ne: 1 } } })],
    ['[93] a context that is a text', 400, signed({ [`${LTI}context`]: 'course' })],
    ['[94] custom values that are objects', 400, signed({ [`${LTI}custom`]: { a: {} } })],
    [
      '[94] 101 custom parameters',
      400,
      signed({
        [`${LTI}custom`]: Object.fromEntries(
          Array.from({ length: 101 }, (_, index) => [`k${index}`, 'x']),
        ),
      }),
    ],
    [
      '[100] a submission review without for_user',
      400,
      signed({ [`${LTI}message_type`]: 'LtiSubmissionReviewRequest' }),
    ],
    [
      'a submission review, which has no page yet',
      400,
      signed({
        [`${LTI}message_type`]: 'LtiSubmissionReviewRequest',
        [`${LTI}for_user`]: { user_id: '5' },
      }),
    ],
    [
      'a data privacy launch, which has no page yet',
      400,
      signed({ [`${LTI}message_type`]: 'DataPrivacyLaunchRequest' }),
    ],
    ...['deep_linking_settings', 'deep_link_return_url', 'accept_types'].map(
      (name): [string, number, () => Promise<Answer>] => [
        `[101] a deep linking request without ${name}`,
        400,
        () =>
          launchWith((message) =>
            platform.idToken({
              ...message,
              messageType: 'LtiDeepLinkingRequest',
              role: 'Instructor',
              claims: { [`${DL}deep_linking_settings`]: settingsWithout(platform, name) },
            }),
          ),
      ],
    ),
    [
      '[101] a deep linking request that returns to javascript:',
      400,
      () =>
        launchWith((message) =>
          platform.idToken({
            ...message,
            messageType: 'LtiDeepLinkingRequest',
            role: 'Instructor',
            claims: {
              [`${DL}deep_linking_settings`]: {
                deep_link_return_url: 'javascript:alert(1)',
                accept_types: ['ltiResourceLink'],
              },
            },
          }),
        ),
    ],
    [
      '[102] a deep linking request by a learner',
      403,
      () =>
        launchWith((message) =>
          platform.idToken({ ...message, messageType: 'LtiDeepLinkingRequest', role: 'Learner' }),
        ),
    ],
  ];
  describe('a bad launch', () => {
    for (const [title, status, run] of refusals)
      it(`is refused: ${title} (${status}); nothing is stored`, async () => {
        const before = await countRecords();

        const answer = await run();

        expect(answer.status).to.equal(status);
        expect(answer.headers.get('cache-control')).to.equal('no-store');
        expect(
          answer.headers.getSetCookie().filter((line) => line.startsWith('__Host-crosswalk=')),
        ).to.deep.equal([]);
        expect(answer.text).not.to.match(/eyJ|at .*\.ts|node_modules/);
        const { logins: _left, ...stored } = await countRecords();
        const { toolKeys: _made, ...rest } = stored;
        expect(rest).to.deep.equal(before);
        expect((await tryLaunch({ tool, platform })).answer.status).to.equal(303);
      });

    it('[31] is refused when the state has expired', async () => {
      let now = new Date();
      const clocked = await startTool({ now: () => now });
      try {
        const { agent, message, state } = await beginLaunch({ tool: clocked, platform });
        now = new Date(now.getTime() + 601_000);

        const answer = await postLaunch(agent, {
          id_token: platform.idToken({
            ...message,
            claims: {
              iat: Math.floor(now.getTime() / 1_000),
              exp: Math.floor(now.getTime() / 1_000) + 60,
            },
          }),
          state,
        });

        expect(answer.status).to.equal(401);
      } finally {
        await clocked.close();
      }
    });

    it('[32] is refused when the state was used before, also with a new token', async () => {
      const { agent, message, state } = await beginLaunch({ tool, platform });
      const cookies = new Map(agent.cookies);
      const first = await postLaunch(agent, { id_token: platform.idToken(message), state });
      for (const [name, value] of cookies) agent.cookies.set(name, value);

      const second = await postLaunch(agent, { id_token: platform.idToken(message), state });

      expect([first.status, second.status]).to.deep.equal([303, 401]);
      expect(await countRecords()).to.deep.include({ launches: 1 });
    });

    it('[37] happens once when it is posted twice at once', async () => {
      const { agent, message, state } = await beginLaunch({ tool, platform });
      const fields = { id_token: platform.idToken(message), state };

      const answers = await Promise.all([1, 2, 3].map(() => postLaunch(agent, fields)));

      expect(answers.map((answer) => answer.status).sort()).to.deep.equal([303, 401, 401]);
      expect(await countRecords()).to.deep.include({ launches: 1, sessions: 1 });
    });

    it('[35] [36] is refused when the state was issued for another platform or client', async () => {
      const other = await startFakePlatform({ clientId: 'client-2', kid: 'platform-2' });
      try {
        await connectPlatform(other);
        await connectPlatform({ ...platform, clientId: 'client-3' });

        const foreign = await launchWith((message) => other.idToken(message));
        const otherClient = await launchWith((message) =>
          platform.idToken({ ...message, claims: { aud: 'client-3' } }),
        );
        const forged = await launchWith((message) =>
          platform.idToken(message, { key: testKey('platform-2') }),
        );

        expect([foreign.status, otherClient.status, forged.status]).to.deep.equal([401, 401, 401]);
      } finally {
        await other.close();
      }
    });

    it('[38] [39] shows what the platform said when it stopped the launch, as text, and uses the state up', async () => {
      const { agent, message, state } = await beginLaunch({ tool, platform });

      const answer = await postLaunch(agent, {
        error: 'launch_no_longer_valid',
        error_description: '<script>alert(1)</script>',
        state,
      });
      const later = await postLaunch(agent, { id_token: platform.idToken(message), state });

      expect(answer.status).to.equal(400);
      expect(answer.text)
        .to.contain('launch_no_longer_valid')
        .and.to.contain('&lt;script&gt;alert(1)')
        .and.not.to.contain('<script>alert');
      expect(later.status).to.equal(401);
    });

    it('[59] [79] is refused when the key is for encryption, too short, of another kind, or ambiguous', async () => {
      const short = { kid: 'short', ...generateKeyPairSync('rsa', { modulusLength: 1024 }) };
      const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const enc = testKey('enc');
      const [twinA, twinB] = [testKey('twin-a'), testKey('twin-b')];
      const own = await startFakePlatform({ clientId: 'client-keys' });
      try {
        await connectPlatform(own);
        own.jwks.keys = [
          publicJwk(short),
          publicJwk(enc, { use: 'enc' }),
          { ...curve.publicKey.export({ format: 'jwk' }), kid: 'curve', alg: 'RS256' },
          publicJwk(twinA, { kid: 'twin' }),
          publicJwk(twinB, { kid: 'twin' }),
          publicJwk(own.key, { kid: 'mixed', alg: undefined }),
          publicJwk(twinA, { kid: 'mixed' }),
        ];
        const attempt = async (choice: SigningChoice) => {
          const { agent, message, state } = await beginLaunch({ tool, platform: own });
          return (await postLaunch(agent, { id_token: own.idToken(message, choice), state }))
            .status;
        };

        expect(await attempt({ key: short }).catch(() => 401)).to.equal(401);
        expect(await attempt({ key: enc })).to.equal(401);
        expect(await attempt({ header: { kid: 'curve' } })).to.equal(401);
        expect(await attempt({ key: twinA, header: { kid: 'twin' } })).to.equal(401);
        expect(await attempt({ key: twinA, header: { kid: 'mixed' } })).to.equal(303);
      } finally {
        await own.close();
      }
    });

    it('[84] waits for approval when its deployment is new, and says so', async () => {
      const fresh = { ...platform, deploymentId: 'new' };
      const claims = { [`${LTI}deployment_id`]: 'new' };

      const { answer } = await tryLaunch({ tool, platform: fresh, claims });

      expect(answer.status).to.equal(403);
      expect(answer.text).to.contain('an administrator has to say yes');
      const pending = (await listDeployments()).find((one) => one.deploymentId === 'new');
      expect(pending).to.deep.include({ status: 'pending', accountName: 'Fake school' });
      expect(await countRecords()).not.to.have.any.keys('launches', 'users', 'sessions');
    });

    it('[84] is refused when its deployment is paused, or its platform was paused after the login', async () => {
      const { platform: record, deployment } = await connectPlatform(platform);
      const begun = await beginLaunch({ tool, platform });
      await setDeploymentStatus({ deployment: deployment._id, status: 'paused' });
      const paused = await postLaunch(begun.agent, {
        id_token: platform.idToken(begun.message),
        state: begun.state,
      });
      await setDeploymentStatus({ deployment: deployment._id, status: 'approved' });
      const again = await beginLaunch({ tool, platform });
      await pausePlatform({ platform: record._id });
      const stopped = await postLaunch(again.agent, {
        id_token: platform.idToken(again.message),
        state: again.state,
      });

      expect([paused.status, stopped.status]).to.deep.equal([403, 403]);
    });

    it('leaves a note for the administrator: fault and claim names, no value and no token', async () => {
      const answer = await signed({ iss: 'https://evil.example', name: 'Ana Secret' })();

      const [note] = await listRefusals({ now: new Date(), limit: 1 });
      expect(note).to.deep.include({
        step: 'launch',
        code: 'lti.token',
        status: 401,
        details: { fault: 'issuer', seen: 'https://evil.example' },
      });
      expect(note?.claimNames).to.include('name');
      expect(JSON.stringify(note)).not.to.match(/Ana|eyJ|user-1/);
      expect(answer.text).to.contain(note?.reference);
    });
  });

  describe('a launch that asks for too much or too little', () => {
    const launchOf = async (options: Partial<LaunchAs>): Promise<Record<string, unknown>> => {
      const { agent, path } = await launchAs({ tool, platform, ...options });
      const page = await agent.get(path);
      expect(page.status).to.equal(200);
      return page.json() as Record<string, unknown>;
    };

    for (const [title, roleUris] of [
      [
        '[90] institution#Instructor',
        ['http://purl.imsglobal.org/vocab/lis/v2/institution/person#Instructor'],
      ],
      [
        '[90] system#Administrator',
        ['http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator'],
      ],
      ['[91] NotInstructor', ['NotInstructor']],
      ['[91] #Instructor of an unknown vocabulary', ['https://evil.example/roles#Instructor']],
      [
        '[91] the membership URI with something before it',
        ['xhttp://purl.imsglobal.org/vocab/lis/v2/membership#Instructor'],
      ],
      ['[89] no role at all', []],
    ] as const)
      it(`gives no rights for ${title}`, async () => {
        expect(await launchOf({ roleUris: [...roleUris] })).to.deep.include({
          roles: [],
          mayReadNames: false,
        });
      });

    it('[92] keeps launches without context apart from any course', async () => {
      const { agent, path } = await launchAs({ tool, platform, course: null });

      expect(path).to.equal('/frameworks?course=none');
      expect((await agent.get(path)).json()).to.deep.include({ course: null, courseTitle: null });
      expect(await countRecords()).not.to.have.any.keys('courses', 'memberships');
    });

    it('[95] takes a variable that the platform did not fill as absent', async () => {
      await launchOf({});
      const [deployment] = await listDeployments();
      const { course } = await launchAs({ tool, platform });
      const [link] = await listResourceLinks({ deployment: deployment?._id ?? '', course });

      expect(link?.custom).to.deep.equal({ term_name: 'Autumn' });
    });

    it('[96] keeps HTML as text, and a title that begins with a dollar sign', async () => {
      const course = { id: 'c', title: '$now <script>alert(1)</script>' };

      expect(await launchOf({ course, user: { sub: 'u', name: '<b>Bo</b>' } })).to.deep.include({
        courseTitle: course.title,
        userName: '<b>Bo</b>',
      });
    });

    it('[97] [98] drops a return address that is script and a language that is a path', async () => {
      const launch = await launchOf({
        claims: {
          [`${LTI}launch_presentation`]: { return_url: 'javascript:alert(1)', locale: '../../x' },
        },
      });

      expect(launch).to.deep.include({ returnUrl: null, language: 'en' });
    });

    it('[99] switches services off whose address is plain http, private or no address, and goes on', async () => {
      for (const lineitems of [
        'http://lms.example/lineitems',
        'https://10.0.0.1/lineitems',
        'https://169.254.169.254/',
        'x',
        '',
        7,
      ]) {
        const launch = await launchOf({ claims: { [AGS]: { scope: [], lineitems } } });
        expect(launch['services']).to.deep.include({ lineItemsUrl: null });
      }
    });

    it('[103] ignores deep linking settings in a resource link launch', async () => {
      const launch = await launchOf({
        role: 'Instructor',
        claims: {
          [`${DL}deep_linking_settings`]: {
            deep_link_return_url: 'https://x.example',
            accept_types: [],
          },
        },
      });

      expect(launch['deepLinking']).to.equal(null);
    });

    it('[104] keeps ids of a copied course as a hint that opens nothing', async () => {
      const { agent, course } = await launchAs({
        tool,
        platform,
        claims: { [`${LTI}custom`]: { context_id_history: 'course-0,a%2Cb' } },
      });
      const [deployment] = await listDeployments();

      const found = await findCourse({ deployment: deployment?._id ?? '', course });

      expect(found?.contextIdHistory).to.deep.equal(['course-0', 'a,b']);
      expect(agent.cookies.size).to.be.greaterThan(0);
    });
  });
});

function settingsWithout(platform: FakePlatform, name: string): object | undefined {
  if (name === 'deep_linking_settings') return undefined;
  const settings: Record<string, unknown> = {
    deep_link_return_url: `${platform.origin}/return`,
    accept_types: ['ltiResourceLink'],
  };
  return Object.fromEntries(Object.entries(settings).filter(([key]) => key !== name));
}

function hmacToken(platform: FakePlatform, message: LaunchMessage): string {
  const pem = createPublicKey(
    platform.key.publicKey.export({ type: 'spki', format: 'pem' }),
  ).export({ type: 'spki', format: 'pem' });
  return rawToken({ alg: 'HS256', kid: 'platform-1' }, platform.claims(message), (text) =>
    createHmac('sha256', pem).update(text).digest('base64url'),
  );
}

function rawHeader(platform: FakePlatform, message: LaunchMessage, header: object): string {
  const signature = platform.idToken(message).split('.')[2] ?? '';
  return rawToken(header, platform.claims(message), () => signature);
}

function rawToken(header: object, claims: object, sign: (text: string) => string): string {
  const text = [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${text}.${sign(text)}`;
}
