import { expect } from 'chai';
import type { Router } from 'express';
import { deploymentsRoutes } from '../../src/admin/deployments.routes.js';
import { platformsRoutes } from '../../src/admin/platforms.routes.js';
import { createOperatorLink } from '../../src/lti/create-operator-link.js';
import {
  findDeployment,
  listDeployments,
  recordPendingDeployment,
} from '../../src/lti/deployment.model.js';
import { findPlatform, listPlatforms } from '../../src/lti/platform.model.js';
import { userRecordId } from '../../src/lti/record-ids.js';
import { createAgent, type BrowserAgent } from '../support/browser-agent.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { connectPlatform, launchAs } from '../support/launch-as.js';
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
        platformsRoutes({ url: config.url, now, mayReach: outgoing.mayReach }),
        deploymentsRoutes({ now }),
      ],
    });
  });
  after(async () => {
    await tool.close();
    await fake.close();
  });

  async function signInAsOperator(): Promise<BrowserAgent> {
    const now = new Date();
    const { token } = await createOperatorLink({ url: tool.url, ttlMs: 60_000, now });
    const agent = createAgent(tool.url);
    await agent.post(`/operator/${token}`, {});
    return agent;
  }

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

  it('registers a platform from the form and shows every address to copy', async () => {
    const agent = await signInAsOperator();

    const answer = await agent.postForm('/admin/platforms', CANVAS, { action: '/admin/platforms' });
    const page = await agent.get('/admin/platforms');

    expect(answer.status, answer.text).to.equal(303);
    expect((await listPlatforms()).map(({ name, issuer }) => [name, issuer])).to.deep.equal([
      ['canvas.instructure.com', 'https://canvas.instructure.com'],
    ]);
    expect(
      (await listDeployments()).map(({ deploymentId, status }) => [deploymentId, status]),
    ).to.deep.equal([['1:a', 'approved']]);
    for (const path of ['/lti/login', '/lti/launch', '/lti/keys', '/frameworks'])
      expect(page.text).to.contain(`<code>${tool.url}${path}</code>`);
  });

  it('keeps what was typed when a field is wrong, and registers nothing', async () => {
    const agent = await signInAsOperator();

    const answer = await agent.postForm(
      '/admin/platforms',
      { ...CANVAS, tokenUrl: 'javascript:alert(1)', clientId: '' },
      { action: '/admin/platforms' },
    );

    expect(answer.status).to.equal(400);
    expect(answer.text).to.contain('value="https://canvas.instructure.com"');
    expect(answer.text).to.contain('value="javascript:alert(1)"');
    expect(answer.text.match(/aria-invalid="true"/g)).to.have.length(2);
    expect(await listPlatforms()).to.deep.equal([]);
  });

  it('refuses a form without its token, and one from another site', async () => {
    const agent = await signInAsOperator();

    const forged = await agent.post('/admin/platforms', CANVAS);
    const foreign = await agent.post('/admin/platforms', CANVAS, {
      headers: { origin: 'https://evil.example' },
    });

    expect([forged.status, foreign.status]).to.deep.equal([403, 403]);
    expect(await listPlatforms()).to.deep.equal([]);
  });

  it('pauses and resumes a platform, and removes it after a page that says what goes', async () => {
    const { platform } = await connectPlatform(fake);
    const agent = await signInAsOperator();
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
    const agent = await signInAsOperator();

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
      const operator = await signInAsOperator();
      await operator.postForm('/admin/platforms', CANVAS, { action: '/admin/platforms' });
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
