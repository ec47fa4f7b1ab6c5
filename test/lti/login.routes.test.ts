import { expect } from 'chai';
import { approveDeployment, setDeploymentStatus } from '../../src/lti/deployment.model.js';
import { addPlatform, pausePlatform } from '../../src/lti/manage-platforms.js';
import { listRefusals } from '../../src/lti/refusal.model.js';
import { createAgent, encodeForm, type Answer } from '../support/browser-agent.js';
import { countRecords } from '../support/count-records.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { connectPlatform } from '../support/launch-as.js';
import { startTool, type TestTool } from '../support/start-tool.js';

type Fields = Record<string, string>;

describe('/lti/login', () => {
  let tool: TestTool;
  let platform: FakePlatform;

  before(async () => {
    [tool, platform] = await Promise.all([startTool(), startFakePlatform()]);
  });
  after(async () => {
    await Promise.all([tool.close(), platform.close()]);
  });
  beforeEach(async () => {
    await connectPlatform(platform);
  });

  const good = (more: Fields = {}): Fields => ({
    iss: platform.issuer,
    client_id: platform.clientId,
    login_hint: 'hint 7',
    target_link_uri: `${tool.url}/frameworks`,
    ...more,
  });
  const without = (name: string): Fields => {
    const { [name]: _gone, ...rest } = good();
    return rest;
  };
  const post = (fields: Fields): Promise<Answer> =>
    createAgent(tool.url).post('/lti/login', fields);
  const get = (query: string): Promise<Answer> => createAgent(tool.url).get(`/lti/login?${query}`);

  for (const method of ['GET', 'POST'])
    it(`sends the browser on to the platform with an authentication request, by ${method}`, async () => {
      const fields = good({
        lti_message_hint: '{"cmid":4,"x":"é"}',
        lti_deployment_id: 'deployment-1',
      });

      const answer = await (method === 'GET' ? get(encodeForm(fields)) : post(fields));

      expect(answer.status).to.equal(302);
      const address = new URL(answer.location);
      const { state, nonce, ...request } = Object.fromEntries(address.searchParams);
      expect(`${address.origin}${address.pathname}`).to.equal(`${platform.origin}/auth`);
      expect(request).to.deep.equal({
        tenant: '7',
        scope: 'openid',
        response_type: 'id_token',
        response_mode: 'form_post',
        prompt: 'none',
        client_id: 'client-1',
        redirect_uri: `${tool.url}/lti/launch`,
        login_hint: 'hint 7',
        lti_message_hint: '{"cmid":4,"x":"é"}',
      });
      expect([state, nonce]).to.satisfy((values: string[]) =>
        values.every((value) => /^[\w-]{43}$/.test(value)),
      );
      expect(await countRecords()).to.deep.include({ logins: 1 });
    });

  it('sends a hint only where the platform gave one, and binds the browser by a partitioned cookie', async () => {
    const answer = await post(good());

    expect(new URL(answer.location).searchParams.has('lti_message_hint')).to.equal(false);
    expect(answer.headers.get('cache-control')).to.equal('no-store');
    const cookie = answer.headers
      .getSetCookie()
      .find((line) => line.startsWith('__Host-crosswalk-login-'));
    expect(cookie).to.match(/; Path=\/; Secure; HttpOnly; SameSite=None; Partitioned$/);
  });

  it('finds the registration without a client id where the issuer has only one', async () => {
    expect((await post(without('client_id'))).status).to.equal(302);
  });

  const refusals: { title: string; status: number; run: () => Promise<Answer> }[] = [
    ...['iss', 'login_hint', 'target_link_uri'].map((name, index) => ({
      title: `[${index + 1}] no ${name}`,
      status: 400,
      run: () => post(without(name)),
    })),
    {
      title: '[4] an unknown issuer',
      status: 404,
      run: () => post(good({ iss: 'https://nobody.example' })),
    },
    {
      title: '[4] an unknown issuer without client id',
      status: 404,
      run: () => post({ ...without('client_id'), iss: 'https://nobody.example' }),
    },
    {
      title: '[5] an unknown client id',
      status: 404,
      run: () => post(good({ client_id: 'other' })),
    },
    {
      title: '[8] a target of another origin',
      status: 400,
      run: () => post(good({ target_link_uri: 'https://evil.example/frameworks' })),
    },
    {
      title: '[8] a target of the same host on another port',
      status: 400,
      run: () => post(good({ target_link_uri: 'http://localhost:1/frameworks' })),
    },
    {
      title: '[9] a javascript: target',
      status: 400,
      run: () => post(good({ target_link_uri: 'javascript:alert(1)' })),
    },
    {
      title: '[9] a data: target',
      status: 400,
      run: () => post(good({ target_link_uri: 'data:text/html,x' })),
    },
    {
      title: '[9] a target with a user name',
      status: 400,
      run: () => post(good({ target_link_uri: tool.url.replace('//', '//me@') + '/frameworks' })),
    },
    {
      title: '[9] a target with backslashes',
      status: 400,
      run: () => post(good({ target_link_uri: `${tool.url}/\\\\evil.example` })),
    },
    {
      title: '[10] a target that is no launch target',
      status: 400,
      run: () => post(good({ target_link_uri: `${tool.url}/metrics` })),
    },
    {
      title: '[10] a target with a doubled slash',
      status: 400,
      run: () => post(good({ target_link_uri: `${tool.url}//evil.example/x` })),
    },
    { title: '[11] a repeated iss', status: 400, run: () => get(`${encodeForm(good())}&iss=x`) },
    {
      title: '[11] a repeated client_id',
      status: 400,
      run: () => get(`${encodeForm(good())}&client_id=x`),
    },
    {
      title: '[12] iss[$ne]',
      status: 400,
      run: () => get(`${encodeForm(without('iss'))}&iss[$ne]=x`),
    },
    { title: '[12] iss[]', status: 400, run: () => get(`${encodeForm(without('iss'))}&iss[]=x`) },
    {
      title: '[13] a parameter over 2 KiB',
      status: 413,
      run: () => post(good({ canvas_region: 'x'.repeat(2_049) })),
    },
    {
      title: '[13] a login hint over 8 KiB',
      status: 413,
      run: () => post(good({ login_hint: 'x'.repeat(8_193) })),
    },
    ...['\0', '\r', '\n', '\u007f'].map((character) => ({
      title: `[14] control character ${character.charCodeAt(0)}`,
      status: 400,
      run: () => post(good({ login_hint: `a${character}b` })),
    })),
    {
      title: '[15] a JSON body',
      status: 415,
      run: () =>
        createAgent(tool.url).send('POST', '/lti/login', {
          body: '{}',
          headers: { 'content-type': 'application/json' },
        }),
    },
    {
      title: '[15] a body of no type',
      status: 415,
      run: () => createAgent(tool.url).send('POST', '/lti/login'),
    },
    ...['PUT', 'DELETE', 'HEAD', 'PATCH'].map((method) => ({
      title: `[16] ${method}`,
      status: 405,
      run: () => createAgent(tool.url).send(method, `/lti/login?${encodeForm(good())}`),
    })),
    {
      title: '[19] an issuer with a trailing slash',
      status: 404,
      run: () => post(good({ iss: `${platform.issuer}/` })),
    },
    {
      title: '[19] an issuer in other case',
      status: 404,
      run: () => post(good({ iss: platform.issuer.toUpperCase() })),
    },
    {
      title: '[21] a body over 64 KiB',
      status: 413,
      run: () =>
        createAgent(tool.url).send('POST', '/lti/login', {
          body: `iss=${'x'.repeat(66_000)}`,
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        }),
    },
    { title: '[22] broken percent-encoding', status: 400, run: () => get('iss=%E0%A4%A') },
    { title: '[23] __proto__', status: 400, run: () => get(`${encodeForm(good())}&__proto__=x`) },
    {
      title: '[23] __proto__[x]',
      status: 400,
      run: () => get(`${encodeForm(good())}&__proto__[x]=1`),
    },
    {
      title: '[23] constructor',
      status: 400,
      run: () => get(`${encodeForm(good())}&constructor=x`),
    },
    {
      title: '[24] an iss in the address that differs from the form',
      status: 400,
      run: () => createAgent(tool.url).post('/lti/login?iss=x', good()),
    },
    { title: 'more than 50 parameters', status: 413, run: () => get('a=1&'.repeat(51)) },
  ];
  for (const { title, status, run } of refusals)
    it(`refuses ${title} with ${status}, and stores nothing`, async () => {
      const before = await countRecords();

      const answer = await run();

      expect(answer.status).to.equal(status);
      expect(answer.headers.get('cache-control')).to.equal('no-store');
      expect(answer.headers.has('location')).to.equal(false);
      expect(await countRecords()).to.deep.equal(before);
      expect((await post(good())).status).to.equal(302);
    });

  it('[6] refuses a login without client id where the issuer has several registrations', async () => {
    await connectPlatform({ ...platform, clientId: 'client-2' });

    expect((await post(without('client_id'))).status).to.equal(400);
    expect((await post(good({ client_id: 'client-2' }))).status).to.equal(302);
  });

  it('[7] refuses a paused platform', async () => {
    const { platform: record } = await connectPlatform(platform);
    await pausePlatform({ platform: record._id });

    expect((await post(good())).status).to.equal(403);
    expect(await countRecords()).not.to.have.property('logins');
  });

  it('[17] refuses a deployment that is paused, waits, or is unknown where new ones are refused', async () => {
    const { platform: record, deployment } = await connectPlatform(platform, {
      unknownDeployments: 'refuse',
    });
    await setDeploymentStatus({ deployment: deployment._id, status: 'paused' });

    expect((await post(good({ lti_deployment_id: 'deployment-1' }))).status).to.equal(403);
    expect((await post(good({ lti_deployment_id: 'other' }))).status).to.equal(403);
    expect((await post(good({ deployment_id: 'other' }))).status).to.equal(403);

    await approveDeployment({ platform: record._id, deploymentId: 'other', now: new Date() });
    expect((await post(good({ lti_deployment_id: 'other' }))).status).to.equal(302);
  });

  it('[18] ignores a storage target that is no frame name, and never echoes it', async () => {
    const answer = await post(good({ lti_storage_target: '"><script>alert(1)</script>' }));

    expect(answer.status).to.equal(302);
    expect(decodeURIComponent(answer.location)).not.to.contain('script');
  });

  it('[20] limits unfinished logins a minute, without rows', async () => {
    const small = await startTool({ config: { loginLimitPerMinute: 3 } });
    try {
      const target_link_uri = `${small.url}/frameworks`;
      const statuses = [];
      for (let count = 0; count < 5; count += 1)
        statuses.push(
          (await createAgent(small.url).post('/lti/login', good({ target_link_uri }))).status,
        );

      expect(statuses).to.deep.equal([302, 302, 302, 429, 429]);
      expect(await countRecords()).to.deep.include({ logins: 3 });
    } finally {
      await small.close();
    }
  });

  it('shows a readable page with a reference, in any frame, and notes why without personal data', async () => {
    const answer = await post(good({ client_id: 'other', login_hint: 'ana@school.example' }));

    expect(answer.text).to.contain('This learning platform is not connected');
    expect(answer.headers.get('content-security-policy')).to.contain('frame-ancestors *');
    const [note] = await listRefusals({ now: new Date(), limit: 5 });
    expect(note).to.deep.include({ step: 'login', code: 'lti.platform-unknown', status: 404 });
    expect(answer.text).to.contain(note?.reference);
    expect(JSON.stringify(note)).not.to.contain('ana@');
  });

  it('[25] refuses to register a platform by an http address', async () => {
    const refused = await addPlatform(
      {
        name: 'x',
        issuer: 'https://lms.example',
        clientId: '1',
        authorizationUrl: 'http://lms.example/auth',
        tokenUrl: 'https://lms.example/token',
        jwksUrl: 'https://lms.example/jwks',
      },
      { now: new Date(), mayReach: tool.services.outgoing.mayReach },
    ).catch((error: unknown) => error);

    expect(refused).to.deep.include({ code: 'input.invalid', status: 400 });
  });
});
