import { expect } from 'chai';
import mongoose from 'mongoose';
import { listDeployments } from '../../src/lti/deployment.model.js';
import { findInvitation } from '../../src/lti/invitation.model.js';
import { addPlatform } from '../../src/lti/manage-platforms.js';
import { listPlatforms, type Platform } from '../../src/lti/platform.model.js';
import { openSealedText } from '../../src/secrets.js';
import { createAgent, type Answer } from '../support/browser-agent.js';
import { countRecords } from '../support/count-records.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import {
  addRegistration,
  ALL_SCOPES,
  PLATFORM_CONFIGURATION,
  sendText,
  TOOL_CONFIGURATION,
  type FakeRegistration,
} from '../support/fake-registration.js';
import { invite, openInvitation, readSecret, register } from '../support/invite.js';
import { startTool, type TestTool } from '../support/start-tool.js';

const RESOURCE_LINK = 'LtiResourceLinkRequest';
const DEEP_LINKING = 'LtiDeepLinkingRequest';

describe('/lti/register/INVITATION', () => {
  let tool: TestTool;
  let platform: FakePlatform;

  before(async () => {
    [tool, platform] = await Promise.all([startTool(), startFakePlatform()]);
  });
  after(() => Promise.all([tool.close(), platform.close()]));

  const onlyPlatform = async (): Promise<Platform> => {
    const [first, ...more] = await listPlatforms();
    if (!first || more.length > 0) throw new Error(`${more.length} platforms too many, or none`);
    return first;
  };
  const toolPart = (fake: FakeRegistration): Record<string, unknown> => {
    const part = fake.registrations[0]?.[TOOL_CONFIGURATION];
    if (typeof part !== 'object' || part === null) throw new Error('nothing was registered');
    return Object.fromEntries(Object.entries(part));
  };

  describe('opened by a platform', () => {
    it('says who asks, where its addresses are and what is asked, and sends nothing', async () => {
      const fake = addRegistration(platform);
      const { path, invitation } = await invite(tool);

      const page = await openInvitation(createAgent(tool.url), path, fake);

      expect(page.status).to.equal(200);
      const { host } = new URL(platform.origin);
      for (const text of ['Connect Moodle to Crosswalk?', '4.5.6', platform.issuer])
        expect(page.text).to.contain(text);
      expect(page.text.split(`<code>${host}</code>`)).to.have.length(5);
      for (const text of ['No name and no e-mail address', '$Context.id.history', 'press Activate'])
        expect(page.text).to.contain(text);
      expect(fake.registrations).to.deep.equal([]);
      expect(fake.authorizations).to.deep.equal([`Bearer ${fake.token}`]);
      expect(await countRecords()).to.deep.equal({ invitations: 1, registrationAttempts: 1 });
      expect((await findInvitation({ invitation: invitation._id }))?.usedAt).to.equal(null);
    });

    it('lets the registration token travel no further, and only this platform frame the page', async () => {
      const fake = addRegistration(platform);
      const { path } = await invite(tool);

      const page = await openInvitation(createAgent(tool.url), path, fake);

      expect(page.text).not.to.contain(fake.token);
      expect(page.text).to.contain(`action="${path}"`);
      expect(page.headers.get('referrer-policy')).to.equal('strict-origin');
      expect(page.headers.get('cache-control')).to.equal('no-store');
      expect(page.headers.get('content-security-policy')).to.match(
        new RegExp(`frame-ancestors 'self' ${platform.origin}$`),
      );
      const stored = await mongoose.connection
        .collection('registrationAttempts')
        .findOne<{ sealedRequest: string }>({});
      expect(JSON.stringify(stored)).not.to.contain(fake.token);
    });

    it('reads messages that are listed as plain strings, as older Moodles do', async () => {
      const fake = addRegistration(platform);
      fake.configuration[PLATFORM_CONFIGURATION] = {
        product_family_code: 'moodle',
        version: '4.1',
        messages_supported: [RESOURCE_LINK, DEEP_LINKING],
        variables: ['$Context.id.history'],
      };
      const { path } = await invite(tool);

      const { answer } = await register(tool, path, fake);

      expect(answer.status).to.equal(200);
      expect(toolPart(fake)['custom_parameters']).to.deep.equal({
        context_id_history: '$Context.id.history',
      });
      expect(toolPart(fake)['messages']).to.have.length(2);
    });
  });

  describe('confirmed for a Moodle', () => {
    it('asks for the least, in the shape that Moodle checks', async () => {
      const fake = addRegistration(platform);
      const { path } = await invite(tool);

      await register(tool, path, fake);

      const { [TOOL_CONFIGURATION]: _part, ...body } = fake.registrations[0] ?? {};
      expect(body).to.deep.equal({
        application_type: 'web',
        response_types: ['id_token'],
        grant_types: ['implicit', 'client_credentials'],
        initiate_login_uri: `${tool.url}/lti/login`,
        redirect_uris: [`${tool.url}/lti/launch`],
        client_name: 'Crosswalk',
        client_uri: tool.url,
        logo_uri: `${tool.url}/lti/icon.svg`,
        jwks_uri: `${tool.url}/lti/keys`,
        token_endpoint_auth_method: 'private_key_jwt',
        scope: ALL_SCOPES.join(' '),
      });
      const { messages, description: _words, ...rest } = toolPart(fake);
      expect(rest).to.deep.equal({
        domain: new URL(tool.url).host,
        target_link_uri: `${tool.url}/frameworks`,
        custom_parameters: {
          context_id_history: '$Context.id.history',
          term_starts_at: '$CourseSection.timeFrame.begin',
          term_ends_at: '$CourseSection.timeFrame.end',
          course_sis_id: '$CourseSection.sourcedId',
          person_sis_id: '$Person.sourcedId',
          group_ids: '$Moodle.Person.userGroupIds',
        },
        claims: ['iss', 'sub'],
      });
      expect(messages).to.deep.equal([
        {
          type: RESOURCE_LINK,
          target_link_uri: `${tool.url}/frameworks`,
          label: 'Crosswalk',
          icon_uri: `${tool.url}/lti/icon.svg`,
        },
        {
          type: DEEP_LINKING,
          target_link_uri: `${tool.url}/deep-linking`,
          label: 'Crosswalk',
          icon_uri: `${tool.url}/lti/icon.svg`,
          placements: ['ContentArea'],
        },
      ]);
      expect(fake.authorizations).to.deep.equal([`Bearer ${fake.token}`, `Bearer ${fake.token}`]);
    });

    it('stores platform and waiting deployment, uses the invitation up, and closes the frame', async () => {
      const fake = addRegistration(platform);
      const { path, invitation } = await invite(tool, { name: 'Our Moodle' });

      const { answer } = await register(tool, path, fake);

      expect(answer.status, answer.text).to.equal(200);
      expect(answer.text).to.contain('data-close-at-once').and.to.contain('register.js');
      const stored = await onlyPlatform();
      expect(stored).to.deep.include({
        name: 'Our Moodle',
        issuer: platform.issuer,
        clientId: fake.clientId,
        authorizationUrl: `${platform.origin}/mod/lti/auth.php`,
        tokenUrl: platform.tokenUrl,
        jwksUrl: platform.jwksUrl,
        status: 'active',
        kind: 'production',
        unknownDeployments: 'queue',
      });
      expect(stored.registration).to.deep.include({
        scopes: ALL_SCOPES,
        messages: [RESOURCE_LINK, DEEP_LINKING],
        sealedAccessToken: null,
      });
      expect(await statuses()).to.deep.equal([['1', 'pending']]);
      expect(await findInvitation({ invitation: invitation._id })).to.include({
        usedBy: stored._id,
      });
    });

    it('asks for names, and approves the deployment, where the invitation says so', async () => {
      const fake = addRegistration(platform);
      const choice = { shareNames: true, unknownDeployments: 'approve', kind: 'test' } as const;
      const { path } = await invite(tool, choice);

      const { page } = await register(tool, path, fake);

      expect(page.text)
        .to.contain('and their name. No e-mail address.')
        .and.to.contain('test platform');
      expect(toolPart(fake)['claims']).to.deep.equal([
        'iss',
        'sub',
        'name',
        'given_name',
        'family_name',
      ]);
      expect(await statuses()).to.deep.equal([['1', 'approved']]);
      expect(await onlyPlatform()).to.include({ unknownDeployments: 'approve', kind: 'test' });
    });

    it('takes an empty scope for nothing granted, and says what is missing before it closes', async () => {
      const fake = addRegistration(platform);
      fake.answer = { scope: '' };
      const { path } = await invite(tool);

      const { answer } = await register(tool, path, fake);

      expect((await onlyPlatform()).registration?.scopes).to.deep.equal([]);
      expect(answer.text).to.contain('What Moodle did not grant').and.to.contain('Send scores');
      expect(answer.text).not.to.contain('data-close-at-once');
    });

    it('works where the browser keeps no cookie in the frame', async () => {
      const fake = addRegistration(platform);
      const { path } = await invite(tool);
      const page = await openInvitation(createAgent(tool.url), path, fake);

      const answer = await createAgent(tool.url).post(path, { secret: readSecret(page) });

      expect(answer.status).to.equal(200);
    });

    it('makes no second client when the form is sent twice', async () => {
      const fake = addRegistration(platform);
      const { path } = await invite(tool);
      const { agent, page } = await register(tool, path, fake);

      const again = await agent.post(path, { secret: readSecret(page) });

      expect(again.status).to.equal(200);
      expect(fake.registrations).to.have.length(1);
    });

    it('keeps the access token of the registration sealed, and only for the host that registered us', async () => {
      const fake = addRegistration(platform);
      fake.answer = {
        registration_client_uri: `${platform.origin}/clients/7`,
        registration_access_token: 'very secret',
      };
      await register(tool, (await invite(tool)).path, fake);
      const kept = (await onlyPlatform()).registration;
      fake.answer = { ...fake.answer, registration_client_uri: 'https://evil.example/clients/7' };
      fake.clientId = 'another';
      fake.token = 'opaque';
      await register(tool, (await invite(tool)).path, fake);
      const other = (await listPlatforms()).find(({ clientId }) => clientId === 'another');

      const sealed = kept?.sealedAccessToken ?? '';
      const { secret } = tool.services.config;
      expect(openSealedText({ secret, purpose: 'registration-token', sealed })).to.equal(
        'very secret',
      );
      expect(other?.registration).to.include({ clientUrl: null, sealedAccessToken: null });
    });
  });

  describe('confirmed for a Canvas', () => {
    it('sends its own members, the placements it lists, and lets the first launch wait', async () => {
      const fake = addRegistration(platform, { family: 'canvas', clientId: '10000000000007' });
      const { path } = await invite(tool);

      const { page, answer } = await register(tool, path, fake);

      expect(answer.status, answer.text).to.equal(200);
      expect(page.headers.get('content-security-policy')).to.contain('frame-ancestors *');
      const part = toolPart(fake);
      expect(part).to.include({
        'https://canvas.instructure.com/lti/privacy_level': 'anonymous',
        'https://canvas.instructure.com/lti/tool_id': 'crosswalk',
      });
      expect(part['custom_parameters']).to.include({
        term_name: '$Canvas.term.name',
        section_ids: '$Canvas.course.sectionIds',
        canvas_user_id: '$Canvas.user.id',
        canvas_api_domain: '$Canvas.api.domain',
      });
      expect(part['custom_parameters']).not.to.have.property('resource_link_id_history');
      expect(part['messages']).to.deep.include({
        type: DEEP_LINKING,
        target_link_uri: `${tool.url}/deep-linking`,
        label: 'Crosswalk',
        icon_uri: `${tool.url}/lti/icon.svg`,
        placements: ['assignment_selection', 'link_selection'],
      });
      expect(await onlyPlatform()).to.include({ name: 'Test University' });
      expect(await listDeployments()).to.deep.equal([]);
    });
  });

  describe('for a platform that is connected already', () => {
    it('changes it by an invitation of its own, and says what changed', async () => {
      const fake = addRegistration(platform);
      fake.answer = { scope: ALL_SCOPES.slice(1).join(' ') };
      await register(tool, (await invite(tool, { name: 'Our Moodle' })).path, fake);
      const before = await onlyPlatform();
      fake.answer = {};
      fake.configuration['token_endpoint'] = `${platform.origin}/token2`;
      const { path } = await invite(tool, { platform: before._id, kind: 'test' });

      const { page, answer } = await register(tool, path, fake);

      expect(page.text)
        .to.contain('Our Moodle is connected already')
        .and.to.contain('What would change');
      expect(answer.text)
        .to.contain('What changed')
        .and.to.contain('Make and change its own columns');
      expect(answer.text).not.to.contain('data-close-at-once');
      const after = await onlyPlatform();
      expect(after).to.include({
        _id: before._id,
        name: 'Our Moodle',
        kind: 'production',
        tokenUrl: `${platform.origin}/token2`,
      });
      expect(after.registration?.scopes).to.deep.equal(ALL_SCOPES);
    });

    it('changes it by any invitation where its addresses stay at their hosts, as when Moodle updates a tool', async () => {
      const fake = addRegistration(platform);
      await register(tool, (await invite(tool, { unknownDeployments: 'approve' })).path, fake);
      fake.token = platform.sign({ sub: '1', scope: 'reg-update' });

      const { page, answer } = await register(tool, (await invite(tool)).path, fake);

      expect(page.text)
        .to.contain('is connected already')
        .and.to.contain('asks for the same as before');
      expect(answer.status).to.equal(200);
      expect(await onlyPlatform()).to.include({ unknownDeployments: 'approve' });
      expect(await statuses()).to.deep.equal([['1', 'approved']]);
    });

    it('refuses an invitation that was made for another platform', async () => {
      const { platform: other } = await addPlatform(
        {
          name: 'Elsewhere',
          issuer: 'https://elsewhere.example',
          clientId: 'x',
          authorizationUrl: 'https://elsewhere.example/a',
          tokenUrl: 'https://elsewhere.example/t',
          jwksUrl: 'https://elsewhere.example/k',
        },
        { now: new Date(), mayReach: () => true },
      );
      const fake = addRegistration(platform);
      const { path } = await invite(tool, { platform: other._id });

      const page = await openInvitation(createAgent(tool.url), path, fake);

      expect([page.status, page.text.includes('for another platform')]).to.deep.equal([409, true]);
    });
  });

  describe('when our database fails after the platform said yes', () => {
    it('says so, keeps the answer in the page, and stores it at another try without a second client', async () => {
      const fake = addRegistration(platform);
      const { path } = await invite(tool);
      const { agent, answer } = await withBrokenWrites(() => register(tool, path, fake));

      const saved = await agent.post(`${path}/answer`, { answer: readAnswer(answer) });
      const repeated = await agent.post(`${path}/answer`, { answer: readAnswer(answer) });

      expect([answer.status, saved.status, repeated.status]).to.deep.equal([503, 200, 200]);
      expect(answer.text).to.contain('Do not start again from the platform');
      expect(fake.registrations).to.have.length(1);
      expect(await onlyPlatform()).to.include({ clientId: fake.clientId });
    });

    it('takes no answer but its own, for its own invitation', async () => {
      const fake = addRegistration(platform);
      const { path } = await invite(tool);
      const { agent, answer } = await withBrokenWrites(() => register(tool, path, fake));
      const other = await invite(tool);
      const sealed = readAnswer(answer);

      const altered = await agent.post(`${path}/answer`, {
        answer: `${sealed.slice(0, -9)}AAAAAAAAA`,
      });
      const crossed = await agent.post(`${other.path}/answer`, { answer: sealed });
      const foreign = await agent.post(
        `${path}/answer`,
        { answer: sealed },
        { headers: { origin: 'https://evil.example' } },
      );

      expect([altered.status, crossed.status, foreign.status]).to.deep.equal([403, 403, 403]);
      expect(await listPlatforms()).to.deep.equal([]);
    });
  });

  it('tells a refusing platform apart from a broken one, and can be tried again', async () => {
    const fake = addRegistration(platform);
    const { path } = await invite(tool);
    fake.answerRegistration = (res) => sendText(res, 400, 'text/plain', 'invalid_redirect_uris');

    const { answer } = await register(tool, path, fake);
    fake.answerRegistration = null;
    const again = await register(tool, path, fake);

    expect(answer.text).to.contain('“invalid_redirect_uris”');
    expect(again.answer.status).to.equal(200);
  });

  it('answers other methods with 405', async () => {
    const { path } = await invite(tool);

    const answers = [
      await createAgent(tool.url).send('PUT', path),
      await createAgent(tool.url).get(`${path}/answer`),
    ];

    expect(answers.map(({ status }) => status)).to.deep.equal([405, 405]);
  });

  async function statuses(): Promise<string[][]> {
    const deployments = await listDeployments();
    return deployments.map(({ deploymentId, status }) => [deploymentId, status]);
  }
  const readAnswer = (page: Answer): string =>
    /name="answer" value="([^"]+)"/.exec(page.text)?.[1] ?? '';

  /** Every write to platforms fails meanwhile. */
  async function withBrokenWrites<Result>(work: () => Promise<Result>): Promise<Result> {
    const model = mongoose.model('Platform');
    const { findOneAndUpdate } = model;
    Object.assign(model, {
      findOneAndUpdate: () => ({ lean: () => Promise.reject(new Error('no primary')) }),
    });
    try {
      return await work();
    } finally {
      Object.assign(model, { findOneAndUpdate });
    }
  }
});
