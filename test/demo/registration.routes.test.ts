// Dynamic registration on the platform's side: the administrator begins, the tool answers, launches go through what came of it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import jwt from 'jsonwebtoken';
import request from 'supertest';
import { launch, readFields, signIn, startDemo, type RunningDemo } from './start-demo.js';

const CONFIGURATION = 'https://purl.imsglobal.org/spec/lti-tool-configuration';
const SCORE = 'https://purl.imsglobal.org/spec/lti-ags/scope/score';
const [AMARA, RUTH, PRIYA] = ['11', '21', '41'];
type Mode = 'standard' | 'moodle';

describe('the demo LMS: registering a tool', () => {
  let demo: RunningDemo;

  beforeEach(async () => {
    demo = await startDemo();
  });
  afterEach(() => demo.stop());

  /** As the administrator does; what the tool's page is opened with. */
  const begin = async (mode: Mode, renews = '') => {
    const browser = await signIn(demo, PRIYA);
    const url = `${demo.tool.url}/lti/register/INVITATION?lang=en`;
    const begun = await browser.post('/tools/register').type('form').send({ url, mode, renews });
    const page = await browser.get(begun.headers.location ?? '').expect(200);
    const src = /<iframe[^>]* src="([^"]*)"/.exec(page.text)?.[1] ?? '';
    const address = new URL(src.replaceAll('&amp;', '&').replaceAll('&#x3D;', '='));
    return {
      browser,
      page,
      address,
      configuration: address.searchParams.get('openid_configuration') ?? '',
      token: address.searchParams.get('registration_token') ?? '',
    };
  };
  const describeTool = (changes: object = {}, configuration: object = {}) => ({
    application_type: 'web',
    response_types: ['id_token'],
    grant_types: ['implicit', 'client_credentials'],
    initiate_login_uri: `${demo.tool.url}/lti/login`,
    redirect_uris: [`${demo.tool.url}/lti/launch`],
    client_name: 'Crosswalk <registered>',
    jwks_uri: `${demo.tool.url}/lti/keys`,
    token_endpoint_auth_method: 'private_key_jwt',
    scope: SCORE,
    [CONFIGURATION]: {
      domain: new URL(demo.tool.url).host,
      target_link_uri: `${demo.tool.url}/frameworks`,
      custom_parameters: { course_history: '$Context.id.history', formula: 'a=b' },
      claims: ['sub', 'email'],
      messages: [
        { type: 'LtiResourceLinkRequest' },
        { type: 'LtiDeepLinkingRequest', target_link_uri: `${demo.tool.url}/choose` },
      ],
      ...configuration,
    },
    ...changes,
  });
  const register = (mode: Mode, token: string, body: object = describeTool()) =>
    request(demo.url)
      .post(mode === 'moodle' ? '/mod/lti/openid-registration.php' : '/lti/register')
      .set('Authorization', `Bearer ${token}`)
      .send(body);

  it('opens the tool’s page in a frame, with our configuration and a token beside its own query', async () => {
    const { page, address, configuration, token } = await begin('standard');

    expect(address.searchParams.get('lang')).to.equal('en');
    expect(configuration).to.equal(`${demo.url}/lti/openid-configuration`);
    expect(jwt.decode(token)).to.include({ scope: 'reg' });
    expect(page.headers['content-security-policy']).to.include(`frame-src 'self' ${demo.tool.url}`);
    expect(page.text).to.include('/assets/registration.js');
  });

  it('is for the administrator alone', async () => {
    const ruth = await signIn(demo, RUTH);

    await ruth.get('/tools').expect(403);
    await ruth
      .post('/tools/register')
      .type('form')
      .send({ url: demo.tool.url, mode: 'moodle' })
      .expect(403);
    await request(demo.url).get('/tools').expect(401);
  });

  for (const url of ['javascript:alert(1)', 'file:///etc/passwd', 'register', '']) {
    it(`takes no address like "${url}"`, async () => {
      const browser = await signIn(demo, PRIYA);

      await browser
        .post('/tools/register')
        .type('form')
        .send({ url, mode: 'standard' })
        .expect(400);
    });
  }

  it('gives its configuration by the standard only to the bearer of the token, as Canvas does', async () => {
    const { configuration, token } = await begin('standard');

    await request(configuration).get('').expect(401);
    await request(configuration).get('').set('Authorization', 'Bearer made-up').expect(401);
    const { body } = await request(configuration)
      .get('')
      .set('Authorization', `Bearer ${token}`)
      .expect(200);

    expect(body).to.include({
      issuer: demo.url,
      authorization_endpoint: `${demo.url}/lti/authorize`,
      registration_endpoint: `${demo.url}/lti/register`,
    });
  });

  it('gives its configuration as Moodle to anyone, with messages as texts and objects', async () => {
    const { configuration } = await begin('moodle');

    const answer = await request(configuration).get('').expect(200);

    const body = answer.body as Record<string, Record<string, unknown>>;
    expect(body).to.include({
      issuer: demo.url,
      token_endpoint: `${demo.url}/mod/lti/token.php`,
      jwks_uri: `${demo.url}/mod/lti/certs.php`,
    });
    expect(body['https://purl.imsglobal.org/spec/lti-platform-configuration']).to.deep.include({
      product_family_code: 'moodle',
      version: '4.5.6 (Build: 20250811)',
      messages_supported: [
        'LtiResourceLinkRequest',
        { type: 'LtiDeepLinkingRequest', placements: ['ContentArea'] },
      ],
    });
  });

  it('registers by the standard, once for a token, and keeps the tool over a restart', async () => {
    const dataFolder = await mkdtemp(join(tmpdir(), 'demo-lms-'));
    await demo.stop();
    demo = await startDemo({ dataFolder });
    const { token } = await begin('standard');

    const answer = await register('standard', token).expect(201);
    await register('standard', token).expect(401);
    await demo.platform.close();
    const again = await startDemo({ dataFolder });
    const browser = await signIn(again, PRIYA);
    const { text } = await browser.get('/tools').expect(200);
    await again.stop();
    await rm(dataFolder, { recursive: true });

    const tool = answer.body as Record<string, unknown>;
    expect(tool).to.include({ scope: SCORE, client_name: 'Crosswalk <registered>' });
    expect(tool[CONFIGURATION]).to.include({ deployment_id: '2' });
    expect(text).to.include('Crosswalk &lt;registered&gt;').and.include(String(tool['client_id']));
  });

  it('answers faults by the standard in JSON', async () => {
    const { token } = await begin('standard');

    const noRedirect = await register('standard', token, describeTool({ redirect_uris: [] }));
    const noKeys = await register('standard', token, describeTool({ jwks_uri: undefined }));
    const foreign = await register(
      'standard',
      token,
      describeTool({}, { domain: 'other.example' }),
    );

    expect([noRedirect, noKeys, foreign].map(({ status }) => status)).to.deep.equal([
      400, 400, 400,
    ]);
    expect(noRedirect.body).to.include({ error: 'invalid_redirect_uri' });
    expect(noKeys.body).to.include({ error: 'invalid_client_metadata' });
    expect(foreign.text).to.include('domain_targetlinkuri_mismatch');
    await register('standard', token).expect(201);
  });

  const moodleFaults: [string, object, string][] = [
    ['no client_name', { client_name: undefined }, 'missing required attribute client_name'],
    ['another response type', { response_types: ['code'] }, 'invalid_response_types'],
    ['redirect_uris that are no list', { redirect_uris: 'x' }, 'invalid_redirect_uris'],
    [
      'another way to sign',
      { token_endpoint_auth_method: 'client_secret_post' },
      'invalid_token_endpoint_auth_method',
    ],
    ['another kind of application', { application_type: 'native' }, 'invalid_application_type'],
  ];
  for (const [title, changes, words] of moodleFaults) {
    it(`answers ${title} as Moodle in plain text`, async () => {
      const { token } = await begin('moodle');

      const answer = await register('moodle', token, describeTool(changes)).expect(400);

      expect(answer.headers['content-type']).to.include('text/plain');
      expect(answer.text).to.equal(words);
    });
  }

  it('answers a missing or used token as Moodle with 401 and one word', async () => {
    const { token } = await begin('moodle');
    const bare = await request(demo.url)
      .post('/mod/lti/openid-registration.php')
      .send(describeTool());
    await register('moodle', token).expect(200);
    const used = await register('moodle', token);

    expect([bare.status, bare.text]).to.deep.equal([401, 'missing_registration_token']);
    expect([used.status, used.text]).to.deep.equal([401, 'token_already_used']);
  });

  it('answers as Moodle with its own idea of what was asked', async () => {
    const { token } = await begin('moodle');

    const { body } = await register('moodle', token).expect(200);

    const answer = body as Record<string, unknown>;
    const tool = answer[CONFIGURATION] as Record<string, unknown>;
    expect(tool['custom_parameters']).to.deep.equal({
      course_history: '$Context.id.history',
      formula: 'a',
    });
    expect(tool['messages']).to.deep.equal([
      { type: 'LtiDeepLinkingRequest', target_link_uri: `${demo.tool.url}/choose` },
    ]);
    expect(String(answer['scope'])).to.include('lineitem.readonly').and.include('result.readonly');
  });

  it('holds a tool as pending in Moodle until it is activated, and then opens a course with it', async () => {
    const { browser, token } = await begin('moodle');
    const registered = await register('moodle', token).expect(200);
    const { client_id: tool } = registered.body as { client_id: string };
    const choose = () => browser.post('/courses/2/tool').type('form').send({ tool });

    await choose().expect(400);
    await browser.post('/tools/activate').type('form').send({ tool }).expect(303);
    await choose().expect(303);
    const amara = await signIn(demo, AMARA);
    const second = readFields((await amara.get('/activities/52/launch')).text);
    const first = readFields((await amara.get('/activities/3/launch')).text);

    expect(second).to.include({ client_id: tool, lti_deployment_id: '2' });
    expect(first).to.include({ client_id: 'crosswalk-demo', lti_deployment_id: '1' });
    expect(second).not.to.have.property('lti_storage_target');
  });

  it('shares with a registered tool only the claims it asked for', async () => {
    const { browser, token } = await begin('standard');
    const registered = await register('standard', token).expect(201);
    const { client_id: tool } = registered.body as { client_id: string };
    await browser.post('/courses/1/tool').type('form').send({ tool }).expect(303);

    const amara = await signIn(demo, AMARA);
    const { fields } = await launch(demo, { browser: amara, path: '/activities/3/launch' });

    const claims = jwt.decode(fields.id_token ?? '') as Record<string, unknown>;
    expect(claims).to.include({ aud: tool, email: 'amara.okafor@students.example' });
    expect(claims).not.to.have.any.keys('name', 'given_name', 'family_name');
    expect(claims['https://purl.imsglobal.org/spec/lti-ags/claim/endpoint']).to.deep.include({
      scope: [SCORE],
    });
  });

  it('updates a tool in its place, and forgets one that is removed', async () => {
    const first = await begin('moodle');
    const registered = await register('moodle', first.token).expect(200);
    const { client_id: tool } = registered.body as { client_id: string };
    const again = await begin('moodle', tool);

    const renewed = await register('moodle', again.token, describeTool({ client_name: 'Renewed' }));
    const list = await first.browser.get('/tools');
    await first.browser.post('/tools/remove').type('form').send({ tool }).expect(303);

    expect(jwt.decode(again.token)).to.include({ scope: 'reg-update' });
    expect(renewed.body).to.include({ client_id: tool, client_name: 'Renewed' });
    expect(list.text).to.include('Renewed').and.not.include('&lt;registered&gt;');
    expect((await first.browser.get('/tools')).text).not.to.include('Renewed');
  });
});
