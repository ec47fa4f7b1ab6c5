// Bad inputs 26 to 46: state and transport of a launch.
import { expect } from 'chai';
import {
  codeOf,
  countStored,
  expectAlive,
  expectRefusal,
  openDoor,
  postBody,
  refuseEach,
  type BadInput,
} from '../../support/bad-inputs.js';
import { createAgent, encodeForm, type Answer } from '../../support/browser-agent.js';
import { countRecords } from '../../support/count-records.js';
import { startFakePlatform } from '../../support/fake-platform.js';
import { beginLaunch, connectPlatform, postLaunch } from '../../support/launch-as.js';
import { startApp } from '../../support/start-app.js';

describe('bad inputs at /lti/launch: state and transport', () => {
  const door = openDoor();

  const begin = () => beginLaunch({ tool: door.tool, platform: door.platform });
  const fresh = () => createAgent(door.tool.url);
  const token = () =>
    door.platform.idToken({ targetLinkUri: `${door.tool.url}/frameworks`, nonce: 'n' });
  const UNKNOWN = 'A'.repeat(43);
  const post = (fields: Record<string, string>) => fresh().post('/lti/launch', fields);
  /** A launch that is good but for what `change` does to the form's text. */
  const altered = async (change: (form: string) => string, type?: string): Promise<Answer> => {
    const { agent, message, state } = await begin();
    const form = encodeForm({ id_token: door.platform.idToken(message), state });
    return postBody(agent, change(form), type);
  };

  refuseEach(door, [
    ...['GET', 'PUT', 'DELETE'].map((method): BadInput => [
      `[26] ${method} launch`,
      405,
      'page.method',
      () => fresh().send(method, '/lti/launch'),
    ]),
    ['[27] no id_token, no error', 400, 'lti.parameter', () => post({ state: UNKNOWN })],
    ['[28] no state', 400, 'lti.parameter', () => post({ id_token: token() })],
    ['[28] an empty state', 400, 'lti.parameter', () => post({ id_token: token(), state: '' })],
    [
      '[29] state=a b',
      400,
      'lti.parameter',
      () => postBody(fresh(), `id_token=${token()}&state=a%20b`),
    ],
    [
      '[29] state=a;b',
      400,
      'lti.parameter',
      () => postBody(fresh(), `id_token=${token()}&state=a;b`),
    ],
    [
      '[29] a state that is an object',
      400,
      'lti.parameter',
      () => postBody(fresh(), `id_token=${token()}&state[a]=b`),
    ],
    [
      '[29] a state that is an object, as JSON (415, the stricter of this and 42)',
      415,
      'input.media-type',
      () => postBody(fresh(), '{"state":{}}', 'application/json'),
    ],
    [
      '[40] id_token and error',
      400,
      'lti.parameter',
      () => altered((form) => `${form}&error=access_denied`),
    ],
    [
      '[41] two id_token fields',
      400,
      'lti.parameter',
      () => altered((form) => `${form}&id_token=${token()}`),
    ],
    ...['application/json', 'multipart/form-data; boundary=x', 'text/plain'].map(
      (type): BadInput => [
        `[42] content type ${type.split(';')[0] ?? ''}`,
        415,
        'input.media-type',
        () => altered((form) => form, type),
      ],
    ),
    [
      '[43] an id_token over 32 KiB',
      413,
      'input.too-large',
      () => post({ id_token: 'x'.repeat(32_769), state: UNKNOWN }),
    ],
    [
      '[43] a form over 64 KiB',
      413,
      'input.too-large',
      () => altered((form) => `${form}&utf8=${'x'.repeat(65_000)}`),
    ],
    ...['/anything', '/lti/launch/x', '/frameworks/him', '/lti'].map((path): BadInput => [
      `[44] a launch posted to ${path}`,
      404,
      'page.not-found',
      () => fresh().post(path, { id_token: token(), state: UNKNOWN }),
    ]),
    [
      '[45] the path //evil.example/x',
      404,
      'page.not-found',
      () =>
        fresh().send('POST', `${door.tool.url}//evil.example/x`, {
          body: encodeForm({ id_token: token(), state: UNKNOWN }),
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        }),
    ],
  ]);

  it('[30] an unknown state, shaped like ours -> 401', async () => {
    const { agent, message, state } = await begin();
    const before = await countStored();
    // Each character but the last few, which may hold bits that no one reads.
    const other = `${state.slice(0, 4)}${state[4] === 'A' ? 'B' : 'A'}${state.slice(5)}`;

    const answer = await postLaunch(agent, {
      id_token: door.platform.idToken(message),
      state: other,
    });

    expectRefusal(answer, { status: 401, code: 'lti.state' });
    expect(await countStored()).to.deep.equal(before);
    await expectAlive(door);
  });

  it('[31] an expired state -> 401', async () => {
    let now = new Date();
    const clocked = await startApp({ now: () => now });
    try {
      const { agent, message, state } = await beginLaunch({
        tool: clocked,
        platform: door.platform,
      });
      const before = await countStored();
      now = new Date(now.getTime() + 601_000);
      const iat = Math.floor(now.getTime() / 1_000);

      const answer = await postLaunch(agent, {
        id_token: door.platform.idToken({ ...message, claims: { iat, exp: iat + 60 } }),
        state,
      });

      expectRefusal(answer, { status: 401, code: 'lti.state' });
      expect(await countStored()).to.deep.equal(before);
    } finally {
      await clocked.close();
    }
  });

  it('[32] a state that was used before, also with a new token and all cookies put back -> 401', async () => {
    const { agent, message, state } = await begin();
    const cookies = new Map(agent.cookies);
    const launch = () => postLaunch(agent, { id_token: door.platform.idToken(message), state });
    const first = await launch();
    const before = await countStored();

    const second = await launch();
    for (const [name, value] of cookies) agent.cookies.set(name, value);
    const third = await launch();

    expect(first.status).to.equal(303);
    expectRefusal(third, { status: 401, code: 'lti.state' });
    expectRefusal(second, { status: 401, code: 'lti.state' });
    expect(await countStored()).to.deep.equal(before);
  });

  it('[33] a state of another browser -> 401', async () => {
    const { message, state } = await begin();
    const before = await countStored();

    const answer = await postLaunch(fresh(), {
      id_token: door.platform.idToken(message),
      state,
    });

    expectRefusal(answer, { status: 401, code: 'lti.browser' });
    expect(await countStored()).to.deep.equal(before);
    await expectAlive(door);
  });

  it('[34] the cookie of state A with state B -> 401', async () => {
    const [a, b] = [await begin(), await begin()];
    const before = await countStored();
    const nameOfB = [...b.agent.cookies.keys()].find((name) => name.includes('login'));
    const valueOfA = [...a.agent.cookies].find(([name]) => name.includes('login'))?.[1];
    b.agent.cookies.set(nameOfB ?? '', valueOfA ?? '');

    const swapped = await postLaunch(b.agent, {
      id_token: door.platform.idToken(b.message),
      state: b.state,
    });
    const other = await begin();
    const foreign = await postLaunch(a.agent, {
      id_token: door.platform.idToken(other.message),
      state: other.state,
    });

    expect([nameOfB, valueOfA]).not.to.include(undefined);
    expectRefusal(swapped, { status: 401, code: 'lti.browser' });
    expectRefusal(foreign, { status: 401, code: 'lti.browser' });
    expect(await countStored()).to.deep.equal(before);
  });

  it('[35] a state issued for platform A with a token of platform B -> 401', async () => {
    const other = await startFakePlatform({ clientId: 'client-2', kid: 'platform-2' });
    try {
      await connectPlatform(other);
      const { agent, message, state } = await begin();
      const before = await countStored();

      const answer = await postLaunch(agent, { id_token: other.idToken(message), state });

      expectRefusal(answer, { status: 401, code: 'lti.token' });
      expect(await countStored()).to.deep.equal(before);
    } finally {
      await other.close();
    }
  });

  it('[36] a state issued for client_id X with a token for aud Y of the same iss -> 401', async () => {
    await connectPlatform({ ...door.platform, clientId: 'client-3' });
    const { agent, message, state } = await begin();
    const before = await countStored();

    const answer = await postLaunch(agent, {
      id_token: door.platform.idToken({ ...message, claims: { aud: 'client-3' } }),
      state,
    });

    expectRefusal(answer, { status: 401, code: 'lti.token' });
    expect(await countStored()).to.deep.equal(before);
  });

  it('[37] equal launches at once -> exactly one 303, the others 401', async () => {
    const { agent, message, state } = await begin();
    const fields = { id_token: door.platform.idToken(message), state };

    const answers = await Promise.all([1, 2, 3, 4].map(() => postLaunch(agent, fields)));

    const refused = answers.filter(({ status }) => status !== 303);
    expect(refused).to.have.length(3);
    for (const answer of refused) expectRefusal(answer, { status: 401, code: 'lti.state' });
    expect(await countRecords()).to.deep.include({ launches: 1, sessions: 1 });
  });

  it('[38] [39] error and error_description of the platform, with <script> -> 400 page of escaped text, state consumed', async () => {
    const { agent, message, state } = await begin();
    const before = await countStored();

    const answer = await postLaunch(agent, {
      error: 'launch_no_longer_valid<i>',
      error_description: '<script>alert(1)</script>"\'',
      state,
    });
    const later = await postLaunch(agent, { id_token: door.platform.idToken(message), state });

    expectRefusal(answer, { status: 400, code: 'lti.platform-error' });
    expect(answer.text).to.contain('launch_no_longer_valid&lt;i&gt;');
    expect(answer.text).to.contain('&lt;script&gt;alert(1)');
    expect(answer.text).not.to.match(/<script>alert|valid<i>/);
    expect([later.status, codeOf(later)]).to.deep.equal([401, 'lti.state']);
    // The used state leaves its mark among the launches until it would have expired.
    expect(await countStored()).to.deep.equal({ ...before, launches: 1 });
    await expectAlive(door);
  });

  for (const origin of ['https://evil.example', 'https://other.platform.example'])
    it(`[46] the Origin ${origin} -> logged; what proves the launch is token, state and browser`, async () => {
      const { message, state } = await begin();
      const fields = { id_token: door.platform.idToken(message), state };

      const stranger = await fresh().post('/lti/launch', fields, { headers: { origin } });
      const again = await begin();
      const own = await again.agent.post(
        '/lti/launch',
        { id_token: door.platform.idToken(again.message), state: again.state },
        { headers: { origin } },
      );

      expectRefusal(stranger, { status: 401, code: 'lti.browser' });
      expect(own.status).to.equal(303);
    });

  it('[46] a strange Origin, where it was so configured -> 403; the platform’s own and null pass', async () => {
    const strict = await startApp({ config: { launchOrigin: 'refuse' } });
    try {
      const post = async (origin: string) => {
        const { agent, message, state } = await beginLaunch({
          tool: strict,
          platform: door.platform,
        });
        const fields = { id_token: door.platform.idToken(message), state };
        return agent.post('/lti/launch', fields, { headers: { origin } });
      };

      expectRefusal(await post('https://evil.example'), { status: 403, code: 'lti.origin' });
      expect((await post(door.platform.origin)).status).to.equal(303);
      expect((await post('null')).status).to.equal(303);
    } finally {
      await strict.close();
    }
  });
});
