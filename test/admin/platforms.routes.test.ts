import { expect } from 'chai';
import type { Router } from 'express';
import { deploymentsRoutes } from '../../src/admin/deployments.routes.js';
import { noteLook } from '../../src/reports/note-look.js';
import { addPlatformRoutes } from '../../src/admin/add-platform.routes.js';
import { invitationsRoutes } from '../../src/admin/invitations.routes.js';
import { platformsRoutes } from '../../src/admin/platforms.routes.js';
import {
  findDeployment,
  listDeployments,
  recordPendingDeployment,
} from '../../src/lti/deployment.model.js';
import { hashSecret } from '../../src/lti/cookies.js';
import { listInvitations } from '../../src/lti/invitation.model.js';
import { findPlatform, listPlatforms } from '../../src/lti/platform.model.js';
import { userRecordId } from '../../src/lti/record-ids.js';
import { createAgent, readForms, type BrowserAgent } from '../support/browser-agent.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { connectPlatform, launchAs } from '../support/launch-as.js';
import { signInAsOperator } from '../support/sign-in-as-operator.js';
import { startTool, type TestTool } from '../support/start-tool.js';

const CANVAS = {
  name: '',
  issuer: 'https://canvas.instructure.com',
  clientId: '10000000000001',
  deploymentId: '1:a',
  authorizationUrl: 'https://sso.canvaslms.com/api/lti/authorize_redirect',
  tokenUrl: 'https://sso.canvaslms.com/login/oauth2/token',
  jwksUrl: 'https://sso.canvaslms.com/api/lti/security/jwks',
};

describe('the administration of platforms and deployments', () => {
  let tool: TestTool;
  let fake: FakePlatform;

  before(async () => {
    fake = await startFakePlatform();
    tool = await startTool({
      routes: ({ config, now, outgoing }): Router[] => [
        platformsRoutes({ now }),
        addPlatformRoutes({ url: config.url, now, mayReach: outgoing.mayReach }),
        invitationsRoutes({ url: config.url, now }),
        deploymentsRoutes({ now, noteLook }),
      ],
    });
  });
  after(async () => {
    await tool.close();
    await fake.close();
  });

  const launch = async (role: 'Administrator' | 'Instructor' | 'Reviewer', agent?: BrowserAgent) =>
    launchAs({
      tool,
      platform: fake,
      role,
      user: { sub: role, name: `The ${role}` },
      ...(agent ? { agent } : {}),
    });

  it('is closed to whoever has no session, and to instructors', async () => {
    await connectPlatform(fake);
    const { agent, course } = await launch('Instructor');

    for (const path of ['/admin/platforms', '/admin/deployments']) {
      expect((await createAgent(tool.url).get(path)).status, path).to.equal(401);
      expect((await agent.get(`${path}?course=${course}`)).status, path).to.equal(403);
    }
  });

  it('adds a platform from the form', async () => {
    const agent = await signInAsOperator(tool);

    const answer = await agent.postForm('/admin/platforms/new', CANVAS);

    expect(answer.status, answer.text).to.equal(303);
    expect((await listPlatforms()).map(({ name, issuer }) => [name, issuer])).to.deep.equal([
      ['canvas.instructure.com', 'https://canvas.instructure.com'],
    ]);
    expect(
      (await listDeployments()).map(({ deploymentId, status }) => [deploymentId, status]),
    ).to.deep.equal([['1:a', 'approved']]);
  });

  it('shows every address to copy, in the words of each product', async () => {
    await connectPlatform(fake);
    const { agent, course } = await launch('Administrator');

    const page = await agent.get(`/admin/platforms/addresses?course=${course}`);

    expect(page.status).to.equal(200);
    for (const path of [
      '/lti/config/canvas.json',
      '/lti/login',
      '/lti/launch',
      '/lti/keys',
      '/lti/icon.svg',
      '/frameworks',
      '/deep-linking',
    ])
      expect(page.text).to.contain(`>${tool.url}${path}</code>`);
    for (const words of ['OpenID Connect Initiation Url', 'Initiate login URL', 'Tool JWKS URL'])
      expect(page.text).to.contain(words);
    expect(page.text).not.to.contain('/admin/platforms/new');
  });

  describe('inviting a platform', () => {
    it('shows the address once, with what was chosen, and stores only its hash', async () => {
      const agent = await signInAsOperator(tool);

      const made = await agent.postForm(
        '/admin/invitations',
        {
          name: 'Our Moodle',
          deployments: 'approve',
          names: 'yes',
          hours: '5',
          hosts: 'a.edu, b.edu:8443',
        },
        { action: '/admin/invitations' },
      );
      const page = await agent.get('/admin/invitations');

      const secret = /\/lti\/register\/([\w-]{43})</.exec(made.text)?.[1] ?? '';
      const [invitation] = await listInvitations({ now: new Date() });
      expect(made.status, made.text).to.equal(200);
      expect(invitation).to.deep.include({
        _id: hashSecret(secret),
        name: 'Our Moodle',
        kind: 'production',
        unknownDeployments: 'approve',
        shareNames: true,
        furtherHosts: ['a.edu', 'b.edu:8443'],
        platform: null,
      });
      expect(Number(invitation?.expiresAt) - Number(invitation?.createdAt)).to.equal(5 * 3_600_000);
      expect(page.text).to.contain('Our Moodle').and.not.to.contain(secret);
    });

    it('keeps what was typed when a field is wrong, and makes none', async () => {
      const agent = await signInAsOperator(tool);

      const answer = await agent.postForm('/admin/invitations', {
        name: 'Our Moodle',
        deployments: 'approve',
        hours: '999',
        hosts: 'https://a.edu',
      });

      expect(answer.status).to.equal(400);
      expect(answer.text).to.contain('value="Our Moodle"').and.to.contain('value="999"');
      expect(answer.text).to.match(/value="approve" checked/);
      expect(answer.text.match(/aria-invalid="true"/g)).to.have.length(2);
      expect(await listInvitations({ now: new Date() })).to.deep.equal([]);
    });

    it('invites a platform that is connected already from its row', async () => {
      const { platform } = await connectPlatform(fake);
      const agent = await signInAsOperator(tool);
      const list = await agent.get('/admin/platforms');

      await agent.postForm(`/admin/invitations?platform=${platform._id}`);

      expect(list.text).to.contain(`/admin/invitations?platform&#x3D;${platform._id}`);
      const [invitation] = await listInvitations({ now: new Date() });
      expect(invitation?.platform).to.equal(platform._id);
    });

    it('withdraws one, once', async () => {
      const agent = await signInAsOperator(tool);
      await agent.postForm('/admin/invitations');
      const [invitation] = await listInvitations({ now: new Date() });
      const path = `/admin/invitations/${invitation?._id ?? ''}/revocation`;
      const form = readForms((await agent.get('/admin/invitations')).text).find(
        ({ action }) => action === path,
      );

      const answers = [
        await agent.post(path, form?.fields ?? {}),
        await agent.post(path, form?.fields ?? {}),
      ];

      expect(answers.map(({ status }) => status)).to.deep.equal([303, 404]);
      expect((await listInvitations({ now: new Date() }))[0]?.revokedAt).to.be.instanceOf(Date);
    });

    it('is for the operator alone', async () => {
      await connectPlatform(fake);
      const { agent, course } = await launch('Administrator');
      const form = await readFormFields(agent, course);

      const answers = [
        await agent.get(`/admin/invitations?course=${course}`),
        await agent.get(`/admin/platforms/new?course=${course}`),
        await agent.post('/admin/invitations', form),
        await agent.post('/admin/platforms', { ...form, ...CANVAS }),
      ];

      expect(answers.map(({ status }) => status)).to.deep.equal([403, 403, 403, 403]);
      expect(await listInvitations({ now: new Date() })).to.deep.equal([]);
    });
  });

  it('keeps what was typed when a field is wrong, and registers nothing', async () => {
    const agent = await signInAsOperator(tool);

    const answer = await agent.postForm('/admin/platforms/new', {
      ...CANVAS,
      tokenUrl: 'javascript:alert(1)',
      clientId: '',
      kind: 'test',
    });

    expect(answer.status).to.equal(400);
    expect(answer.text).to.contain('value="https://canvas.instructure.com"');
    expect(answer.text).to.contain('value="javascript:alert(1)"');
    expect(answer.text).to.match(/value="test" checked/);
    expect(answer.text.match(/aria-invalid="true"/g)).to.have.length(2);
    expect(await listPlatforms()).to.deep.equal([]);
  });

  it('refuses a form without its token, and one from another site', async () => {
    const agent = await signInAsOperator(tool);

    const forged = await agent.post('/admin/platforms', CANVAS);
    const foreign = await agent.post('/admin/platforms', CANVAS, {
      headers: { origin: 'https://evil.example' },
    });

    expect([forged.status, foreign.status]).to.deep.equal([403, 403]);
    expect(await listPlatforms()).to.deep.equal([]);
  });

  it('pauses and resumes a platform, and removes it after a page that says what goes', async () => {
    const { platform } = await connectPlatform(fake);
    const agent = await signInAsOperator(tool);
    const status = `/admin/platforms/${platform._id}/status`;
    const removal = `/admin/platforms/${platform._id}/removal`;

    await agent.postForm('/admin/platforms', {}, { action: status });
    const paused = await findPlatform({ platform: platform._id });
    await agent.postForm('/admin/platforms', {}, { action: status });
    const resumed = await findPlatform({ platform: platform._id });
    const question = await agent.get(removal);
    await agent.postForm(removal, {}, { action: removal });

    expect([paused?.status, resumed?.status]).to.deep.equal(['paused', 'active']);
    expect(question.text).to.contain('Its 1 deployment is removed as well');
    expect(await findPlatform({ platform: platform._id })).to.equal(null);
    expect(await listDeployments()).to.deep.equal([]);
  });

  it('approves a deployment that waits', async () => {
    const { platform } = await connectPlatform(fake);
    await recordPendingDeployment({
      platform: platform._id,
      deploymentId: 'new',
      accountName: 'North school',
      now: new Date(),
    });
    const waiting = (await listDeployments()).find(({ deploymentId }) => deploymentId === 'new');
    const agent = await signInAsOperator(tool);

    const page = await agent.get('/admin/deployments');
    await agent.postForm('/admin/deployments', {}, { action: `${waiting?._id ?? ''}/status` });

    expect(page.text).to.contain('Waits for approval');
    expect(await findDeployment({ deployment: waiting?._id ?? '' })).to.have.property(
      'status',
      'approved',
    );
  });

  describe('for an administrator of one deployment', () => {
    it('shows their own platform and deployment only, and no form to register', async () => {
      const operator = await signInAsOperator(tool);
      await operator.postForm('/admin/platforms/new', CANVAS);
      const { platform } = await connectPlatform(fake);
      await recordPendingDeployment({
        platform: platform._id,
        deploymentId: 'neighbour',
        accountName: null,
        now: new Date(),
      });
      const { agent, course } = await launch('Administrator');

      const platforms = await agent.get(`/admin/platforms?course=${course}`);
      const deployments = await agent.get(`/admin/deployments?course=${course}`);

      expect(platforms.text).to.contain(fake.issuer);
      expect(platforms.text).not.to.contain('canvas.instructure.com</code>');
      expect(platforms.text).not.to.contain('action="/admin/platforms"');
      expect(deployments.text).to.contain(fake.deploymentId);
      expect(deployments.text).not.to.contain('neighbour');
    });

    it('does not find the deployment of somebody else', async () => {
      const { platform } = await connectPlatform(fake);
      await recordPendingDeployment({
        platform: platform._id,
        deploymentId: 'neighbour',
        accountName: null,
        now: new Date(),
      });
      const neighbour =
        (await listDeployments()).find(({ deploymentId }) => deploymentId === 'neighbour')?._id ??
        '';
      const { agent, course } = await launch('Administrator');

      const page = await agent.get(`/admin/deployments/${neighbour}?course=${course}`);
      const form = await readFormFields(agent, course);
      const change = await agent.post(`/admin/deployments/${neighbour}/reviewer-roles`, {
        ...form,
        roles: '',
      });

      expect([page.status, change.status]).to.deep.equal([404, 404]);
    });

    it('can neither approve nor pause, nor touch platforms', async () => {
      const { platform, deployment } = await connectPlatform(fake);
      const { agent, course } = await launch('Administrator');
      const form = await readFormFields(agent, course);

      for (const path of [
        `/admin/deployments/${deployment._id}/status`,
        `/admin/platforms/${platform._id}/status`,
      ])
        expect((await agent.post(path, { ...form, status: 'paused' })).status, path).to.equal(403);
      expect(await findDeployment({ deployment: deployment._id })).to.have.property(
        'status',
        'approved',
      );
    });

    it('names the reviewing roles, and refuses a role that everybody has', async () => {
      const { deployment } = await connectPlatform(fake);
      const { agent, course } = await launch('Administrator');
      const page = `/admin/deployments/${deployment._id}?course=${course}`;
      const manager = 'http://purl.imsglobal.org/vocab/lis/v2/membership#Manager';
      const learner = 'http://purl.imsglobal.org/vocab/lis/v2/membership#Learner';

      const saved = await agent.postForm(
        page,
        { roles: `${manager}\r\n\r\n${manager} ` },
        { action: 'reviewer-roles' },
      );
      const refused = await agent.postForm(page, { roles: learner }, { action: 'reviewer-roles' });

      expect(saved.status).to.equal(303);
      expect(refused.status).to.equal(400);
      expect(refused.text).to.contain(learner);
      expect((await findDeployment({ deployment: deployment._id }))?.reviewerRoles).to.deep.equal([
        manager,
      ]);
    });

    it('entitles a reviewer to names and takes it back, and nobody who does not review', async () => {
      const { platform, deployment } = await connectPlatform(fake);
      await launch('Reviewer');
      const { agent, course } = await launch('Administrator');
      const page = `/admin/deployments/${deployment._id}?course=${course}`;
      const user = userRecordId({ platform: platform._id, sub: 'Reviewer' });

      await agent.postForm(page, {}, { action: '/reviewers' });
      const entitled = await findDeployment({ deployment: deployment._id });
      const refused = await agent.postForm(page, { user: 'somebody' }, { action: '/reviewers' });
      await agent.postForm(page, {}, { action: '/reviewers' });
      const after = await findDeployment({ deployment: deployment._id });

      expect(entitled?.reviewersWithNames).to.deep.equal([user]);
      expect(refused.status).to.equal(404);
      expect(after?.reviewersWithNames).to.deep.equal([]);
    });
  });

  /** The hidden fields that any form of the launch carries. */
  async function readFormFields(agent: BrowserAgent, course: string) {
    const own = (await listDeployments()).find((one) => one.deploymentId === fake.deploymentId);
    const { text } = await agent.get(`/admin/deployments/${own?._id ?? ''}?course=${course}`);
    const field = (name: string) =>
      new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? '';
    return { _csrf: field('_csrf'), launch: field('launch'), course };
  }
});
