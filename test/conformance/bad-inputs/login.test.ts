// Bad inputs 1 to 25: what is refused where a platform begins a login.
import { expect } from 'chai';
import { approveDeployment, setDeploymentStatus } from '../../../src/lti/deployment.model.js';
import { addPlatform, pausePlatform } from '../../../src/lti/manage-platforms.js';
import {
  countStored,
  expectAlive,
  expectRefusal,
  openDoor,
  refuseEach,
  type BadInput,
} from '../../support/bad-inputs.js';
import { createAgent, encodeForm, type Answer } from '../../support/browser-agent.js';
import { connectPlatform, launchAs } from '../../support/launch-as.js';
import { refusal } from '../../support/refusal.js';
import { startApp } from '../../support/start-app.js';

type Fields = Record<string, string>;

describe('bad inputs at /lti/login', () => {
  const door = openDoor();

  const good = (more: Fields = {}): Fields => ({
    iss: door.platform.issuer,
    client_id: door.platform.clientId,
    login_hint: 'hint 7',
    target_link_uri: `${door.tool.url}/frameworks`,
    ...more,
  });
  const without = (name: string): Fields => {
    const { [name]: _gone, ...rest } = good();
    return rest;
  };
  const post = (fields: Fields): Promise<Answer> =>
    createAgent(door.tool.url).post('/lti/login', fields);
  const get = (query: string): Promise<Answer> =>
    createAgent(door.tool.url).get(`/lti/login?${query}`);
  const send = (method: string, body?: string, type?: string): Promise<Answer> =>
    createAgent(door.tool.url).send(method, `/lti/login?${encodeForm(good())}`, {
      ...(body === undefined ? {} : { body }),
      headers: type === undefined ? {} : { 'content-type': type },
    });
  const target = (uri: () => string) => () => post(good({ target_link_uri: uri() }));
  const form = 'application/x-www-form-urlencoded';

  refuseEach(door, [
    ['[1] no iss', 400, 'lti.parameter', () => post(without('iss'))],
    ['[1] an empty iss', 400, 'lti.parameter', () => post(good({ iss: '' }))],
    ['[2] no login_hint', 400, 'lti.parameter', () => post(without('login_hint'))],
    ['[3] no target_link_uri', 400, 'lti.parameter', () => post(without('target_link_uri'))],
    [
      '[4] an unknown iss',
      404,
      'lti.platform-unknown',
      () => post(good({ iss: 'https://nobody.example' })),
    ],
    [
      '[4] an unknown iss without client_id',
      404,
      'lti.platform-unknown',
      () => post({ ...without('client_id'), iss: 'https://nobody.example' }),
    ],
    [
      '[5] a known iss with an unknown client_id',
      404,
      'lti.platform-unknown',
      () => post(good({ client_id: 'other' })),
    ],
    [
      '[8] a target_link_uri on another origin',
      400,
      'lti.parameter',
      target(() => 'https://evil.example/frameworks'),
    ],
    [
      '[8] a target_link_uri of the same host on another port',
      400,
      'lti.parameter',
      target(() => 'http://localhost:1/frameworks'),
    ],
    [
      '[9] a target_link_uri that is javascript:',
      400,
      'lti.parameter',
      target(() => 'javascript:alert(1)'),
    ],
    ['[9] a target_link_uri that is data:', 400, 'lti.parameter', target(() => 'data:text/html,x')],
    [
      '[9] a target_link_uri with userinfo',
      400,
      'lti.parameter',
      target(() => `${door.tool.url.replace('//', '//me@')}/frameworks`),
    ],
    [
      '[9] a target_link_uri with backslashes',
      400,
      'lti.parameter',
      target(() => `${door.tool.url}/\\\\evil.example`),
    ],
    [
      '[9] a target_link_uri of backslashes alone',
      400,
      'lti.parameter',
      target(() => '\\\\evil.example'),
    ],
    [
      '[10] a target_link_uri that is no launch target',
      400,
      'lti.parameter',
      target(() => `${door.tool.url}/metrics`),
    ],
    [
      '[10] a target_link_uri with a doubled slash',
      400,
      'lti.parameter',
      target(() => `${door.tool.url}//evil.example/x`),
    ],
    [
      '[10] a target_link_uri with an empty part',
      400,
      'lti.parameter',
      target(() => `${door.tool.url}/frameworks//evil.example`),
    ],
    [
      '[9] a target_link_uri with a backslash within its path',
      400,
      'lti.parameter',
      target(() => `${door.tool.url}/frameworks\\him`),
    ],
    ['[11] a repeated iss', 400, 'lti.parameter', () => get(`${encodeForm(good())}&iss=x`)],
    [
      '[11] a repeated client_id',
      400,
      'lti.parameter',
      () => get(`${encodeForm(good())}&client_id=client-1`),
    ],
    [
      '[12] iss[$ne]=x',
      400,
      'lti.parameter',
      () => get(`${encodeForm(without('iss'))}&iss[$ne]=x`),
    ],
    [
      '[12] iss[$ne]=x beside a good iss',
      400,
      'lti.parameter',
      () => get(`${encodeForm(good())}&iss[$ne]=x`),
    ],
    ['[12] iss[]=x', 400, 'lti.parameter', () => get(`${encodeForm(without('iss'))}&iss[]=x`)],
    [
      '[12] iss[$ne]=x, percent-encoded in a form',
      400,
      'lti.parameter',
      () => post({ ...without('iss'), 'iss[$ne]': 'x' }),
    ],
    [
      '[13] any parameter over 2 KiB',
      413,
      'input.too-large',
      () => post(good({ canvas_region: 'x'.repeat(2_049) })),
    ],
    ...['login_hint', 'lti_message_hint'].map((name): BadInput => [
      `[13] a ${name} over 8 KiB`,
      413,
      'input.too-large',
      () => post(good({ [name]: 'x'.repeat(8_193) })),
    ]),
    ...['\0', '\r', '\n', '\u0007', '\u007f'].map((character): BadInput => [
      `[14] the control character ${character.charCodeAt(0)} in a parameter`,
      400,
      'lti.parameter',
      () => post(good({ login_hint: `a${character}b` })),
    ]),
    ['[15] a JSON body', 415, 'input.media-type', () => send('POST', '{}', 'application/json')],
    ['[15] a body of no type', 415, 'input.media-type', () => send('POST')],
    ...['PUT', 'DELETE', 'PATCH'].map((method): BadInput => [
      `[16] ${method}`,
      405,
      'page.method',
      () => send(method),
    ]),
    ['[16] HEAD', 405, null, () => send('HEAD')],
    [
      '[19] an iss with a trailing slash',
      404,
      'lti.platform-unknown',
      () => post(good({ iss: `${door.platform.issuer}/` })),
    ],
    [
      '[19] an iss in another case',
      404,
      'lti.platform-unknown',
      () => post(good({ iss: door.platform.issuer.toUpperCase() })),
    ],
    [
      '[21] a body over 64 KiB',
      413,
      'input.too-large',
      () => send('POST', `iss=${'x'.repeat(66_000)}`, form),
    ],
    [
      '[22] broken percent-encoding in the query',
      400,
      'input.malformed',
      () => get('iss=%E0%A4%A'),
    ],
    [
      '[22] broken percent-encoding in the path',
      400,
      'input.malformed',
      () => createAgent(door.tool.url).get('/lti/login%E0%A4%A'),
    ],
    [
      '[22] broken percent-encoding in a form',
      400,
      'lti.parameter',
      () => send('POST', 'lti_message_hint=%E0%A4%A', form),
    ],
    ...['__proto__', '__proto__[x]', 'constructor', 'constructor[prototype][x]'].map(
      (name): BadInput => [
        `[23] a prototype key, ${name}`,
        400,
        'lti.parameter',
        () => post(good({ [name]: 'polluted' })),
      ],
    ),
    [
      '[24] query and body that disagree on iss',
      400,
      'lti.parameter',
      () => createAgent(door.tool.url).post('/lti/login?iss=x', good()),
    ],
    ['more than 50 parameters', 413, 'input.too-large', () => get('a=1&'.repeat(51))],
  ]);

  it('[6] a known iss, no client_id and several registrations -> 400 ambiguous', async () => {
    await connectPlatform({ ...door.platform, clientId: 'client-2' });

    expectRefusal(await post(without('client_id')), {
      status: 400,
      code: 'lti.platform-ambiguous',
    });
    expect((await post(good({ client_id: 'client-2' }))).status).to.be.oneOf([302, 303]);
  });

  it('[7] a registration that is paused -> 403', async () => {
    const { platform } = await connectPlatform(door.platform);
    await pausePlatform({ platform: platform._id });
    const before = await countStored();

    expectRefusal(await post(good()), { status: 403, code: 'lti.platform-paused' });
    expect(await countStored()).to.deep.equal(before);
  });

  it('[10] a target_link_uri that names a course, a launch or a notice -> these are dropped', async () => {
    const { path } = await launchAs({
      tool: door.tool,
      platform: door.platform,
      target: '/frameworks?course=other&launch=other&notice=other&view=all',
    });

    expect(path).to.match(/^\/frameworks\?view=all&course=[\w-]+$/);
    expect(path).not.to.contain('other');
  });

  it('[17] lti_deployment_id or deployment_id that is paused, or unknown where new ones are refused -> 403', async () => {
    const { platform, deployment } = await connectPlatform(door.platform, {
      unknownDeployments: 'refuse',
    });
    await setDeploymentStatus({ deployment: deployment._id, status: 'paused' });
    const before = await countStored();

    const answers = [
      await post(good({ lti_deployment_id: 'deployment-1' })),
      await post(good({ lti_deployment_id: 'other' })),
      await post(good({ deployment_id: 'other' })),
    ];

    expectRefusal(answers[0] as Answer, { status: 403, code: 'lti.deployment-paused' });
    for (const answer of answers.slice(1))
      expectRefusal(answer, { status: 403, code: 'lti.deployment-unknown' });
    expect(await countStored()).to.deep.equal(before);
    await approveDeployment({ platform: platform._id, deploymentId: 'other', now: new Date() });
    expect((await post(good({ lti_deployment_id: 'other' }))).status).to.be.oneOf([302, 303]);
  });

  for (const [title, value] of [
    ['script', '"><script>alert(1)</script>'],
    ['a name of 65 characters', 'y'.repeat(65)],
    ['a name with a dot', 'post_message.forwarding'],
  ] as const)
    it(`[18] a lti_storage_target that is ${title} -> ignored, never echoed`, async () => {
      // A browser that keeps no cookie: the next page is one that could ask the frame of that name.
      const answer = await post(good({ lti_storage_target: value }));
      const next = await createAgent(door.tool.url).get(answer.location);

      expect(answer.status).to.equal(302);
      expect(next.status).to.equal(200);
      expect(next.text).not.to.contain('data-target');
      for (const seen of [answer, next]) {
        expect(decodeURIComponent(seen.location)).not.to.contain(value);
        expect(seen.text).not.to.contain(value);
      }
    });

  it('[20] more logins a minute than the limit, failed or unfinished, of one platform and address -> 429, no rows', async () => {
    const small = await startApp({ config: { loginLimitPerMinute: 3 } });
    try {
      const begin = (address: string, more: Fields = {}) =>
        createAgent(small.url).post(
          '/lti/login',
          good({ target_link_uri: `${small.url}/frameworks`, ...more }),
          { headers: { 'x-forwarded-for': address } },
        );
      for (let count = 0; count < 5; count += 1)
        await launchAs({ tool: small, platform: door.platform });
      const before = await countStored();
      const first = [await begin('1.1.1.1'), await begin('1.1.1.2'), await begin('1.1.1.3')];
      const fourth = await begin('1.1.1.4');
      const other = await begin('1.1.1.5', { iss: 'https://nobody.example' });

      expect(first.every(({ status }) => [302, 303].includes(status))).to.equal(true);
      expectRefusal(fourth, { status: 429, code: 'lti.too-many-logins' });
      expect(fourth.headers.get('retry-after')).to.equal('60');
      expectRefusal(other, { status: 404, code: 'lti.platform-unknown' });
      expect(await countStored()).to.deep.equal(before);
    } finally {
      await small.close();
    }
  });

  it('[25] a platform registered by an http address -> refused at registration (400, as number 126 says of it), never a redirect', async () => {
    for (const name of ['authorizationUrl', 'tokenUrl', 'jwksUrl']) {
      const addresses = {
        authorizationUrl: 'https://lms.example/auth',
        tokenUrl: 'https://lms.example/token',
        jwksUrl: 'https://lms.example/jwks',
      };
      const refused = await refusal(
        addPlatform(
          {
            name: 'x',
            issuer: 'https://lms.example',
            clientId: '1',
            ...addresses,
            [name]: 'http://lms.example/x',
          },
          { now: new Date(), mayReach: door.tool.services.outgoing.mayReach },
        ),
      );

      expect(refused).to.deep.include({ code: 'input.invalid', status: 400 });
    }
    const login = await post(good({ iss: 'https://lms.example', client_id: '1' }));
    expectRefusal(login, { status: 404, code: 'lti.platform-unknown' });
    await expectAlive(door);
  });
});
