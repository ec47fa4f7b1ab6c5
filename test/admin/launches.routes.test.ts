import { expect } from 'chai';
import type { Router } from 'express';
import { launchesRoutes } from '../../src/admin/launches.routes.js';
import { insertRefusal, listRefusals, type Refusal } from '../../src/lti/refusal.model.js';
import { createAgent } from '../support/browser-agent.js';
import { addRegistration } from '../support/fake-registration.js';
import { invite, register } from '../support/invite.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import {
  beginLaunch,
  connectPlatform,
  launchAs,
  postLaunch,
  tryLaunch,
} from '../support/launch-as.js';
import { signInAsOperator } from '../support/sign-in-as-operator.js';
import { startTool, type TestTool } from '../support/start-tool.js';

const DAY_MS = 86_400_000;

describe('the launch doctor', () => {
  let tool: TestTool;
  let fake: FakePlatform;

  before(async () => {
    fake = await startFakePlatform();
    tool = await startTool({
      routes: ({ config, now }): Router[] => [launchesRoutes({ now, url: config.url })],
    });
  });
  after(async () => {
    await tool.close();
    await fake.close();
  });

  const note = (more: Partial<Refusal>, at = new Date()) =>
    insertRefusal(
      {
        at,
        platform: null,
        deployment: null,
        step: 'launch',
        code: 'lti.state',
        status: 401,
        details: {},
        claimNames: [],
        reference: 'ref-1',
        expiresAt: new Date(at.getTime() + DAY_MS),
        ...more,
      },
      { cap: 1_000 },
    );
  const newest = async () => {
    const [found] = await listRefusals({ now: new Date(), limit: 1 });
    if (!found) throw new Error('no refusal was noted');
    return found;
  };

  it('says of a token for another client what was expected, what was seen, and where to look in Canvas and Moodle', async () => {
    await connectPlatform(fake);
    await tryLaunch({ tool, platform: fake, claims: { aud: 'client-of-others' } });
    const agent = await signInAsOperator(tool);

    const { text } = await agent.get(`/admin/launches/${(await newest())._id}`);

    expect(text).to.contain('A token for the client id client-1.');
    expect(text).to.contain('A token for client-of-others.');
    expect(text).to.contain('the number in the Details column of the developer key');
    expect(text).to.contain('the one in the tool&#x27;s configuration details');
  });

  it('keeps no personal data of a refused launch, and gives the names of its claims as a file', async () => {
    await connectPlatform(fake);
    await tryLaunch({
      tool,
      platform: fake,
      user: { sub: 'secret-sub', name: 'Ana Ruiz', email: 'ana@school.example' },
      claims: { aud: 'client-of-others' },
    });
    const refusal = await newest();
    const agent = await signInAsOperator(tool);

    const file = await agent.get(`/admin/launches/${refusal._id}.json`);

    expect(file.headers.get('content-disposition')).to.contain(
      `refused-launch-${refusal.reference}.json`,
    );
    expect(file.json()).to.deep.include({
      code: 'lti.token',
      status: 401,
      step: 'launch',
      details: { fault: 'audience', seen: 'client-of-others' },
      expected: 'A token for the client id client-1.',
    });
    expect((file.json() as { claimNames: string[] }).claimNames).to.include.members([
      'name',
      'email',
      'sub',
    ]);
    expect(file.text + JSON.stringify(refusal)).not.to.match(/Ana Ruiz|secret-sub|ana@school/);
  });

  it('notes the platform’s own error, with the advice for it, and not its description', async () => {
    await connectPlatform(fake);
    const { agent: browser, state } = await beginLaunch({ tool, platform: fake });
    await postLaunch(browser, { error: 'login_required', error_description: 'Ana Ruiz', state });
    const refusal = await newest();
    const agent = await signInAsOperator(tool);

    const { text } = await agent.get(`/admin/launches/${refusal._id}`);

    expect(text).to.contain('The platform posted the error “login_required”');
    expect(text).to.contain('The person&#x27;s Moodle session had ended');
    expect(JSON.stringify(refusal)).not.to.contain('Ana Ruiz');
  });

  it('says of a refused registration what the platform answered, without its words, and where to look', async () => {
    const registration = addRegistration(fake);
    registration.answerRegistration = (res) => {
      res.writeHead(403, { 'Content-Type': 'text/plain' });
      res.end('Ana Ruiz may not register tools');
    };
    const { path } = await invite(tool);
    await register(tool, path, registration);
    const { host } = new URL(registration.configurationUrl);
    const noted = await newest();
    const agent = await signInAsOperator(tool);

    const { text } = await agent.get(`/admin/launches/${noted._id}`);

    expect(noted).to.deep.include({ step: 'registration', code: 'registration.refused' });
    expect(JSON.stringify(noted)).to.not.contain('Ana');
    expect(text).to.contain('The registration was refused on');
    expect(text).to.contain(`${host} answered 403.`);
    expect(text).to.contain('press Add LTI Advantage again');
  });

  it('notes an invitation that nobody made, and nothing of the address that was tried', async () => {
    await createAgent(tool.url).get('/lti/register/never-made?registration_token=secret-token');

    const noted = await newest();

    expect(noted).to.deep.include({
      step: 'registration',
      code: 'registration.invitation-unknown',
      details: {},
    });
    expect(JSON.stringify(noted)).to.not.contain('secret-token');
  });

  it('filters by reason and platform, page by page, and leaves out what has expired', async () => {
    const { platform } = await connectPlatform(fake);
    for (let count = 1; count <= 51; count += 1)
      await note({ reference: `state-${count}` }, new Date(Date.now() - count * 1_000));
    await note({ code: 'lti.browser', reference: 'browser-1', platform: platform._id });
    await note({ reference: 'expired', expiresAt: new Date(Date.now() - 1_000) });
    const agent = await signInAsOperator(tool);
    const references = async (query: string) => {
      const { text } = await agent.get(`/admin/launches${query}`);
      return text.match(/<code>(state-\d+|browser-1|expired)<\/code>/g)?.length ?? 0;
    };

    expect(await references('')).to.equal(50);
    expect(await references('?page=2')).to.equal(2);
    expect(await references('?code=lti.browser')).to.equal(1);
    expect(await references('?code=lti.state&page=2')).to.equal(1);
    expect(await references(`?platform=${platform._id}`)).to.equal(1);
    expect(await references('?code[$ne]=x&platform[$ne]=x')).to.equal(50);
    expect((await agent.get('/admin/launches?code=lti.nothing')).text).to.contain(
      'No refused launch fits this choice',
    );
  });

  it('shows an administrator the notes that name their deployment, and finds no other', async () => {
    const { platform, deployment } = await connectPlatform(fake);
    await connectPlatform({ ...fake, deploymentId: 'deployment-2' });
    await note({ platform: platform._id, deployment: deployment._id, reference: 'mine' });
    await note({ platform: platform._id, deployment: 'neighbour', reference: 'theirs' });
    await note({ platform: platform._id, reference: 'nobodys' });
    const all = await listRefusals({ now: new Date(), limit: 9 });
    const idOf = (reference: string) => all.find((one) => one.reference === reference)?._id ?? '';
    const { agent, course } = await launchAs({ tool, platform: fake, role: 'Administrator' });
    const statusOf = async (path: string) => (await agent.get(`${path}?course=${course}`)).status;

    const { text } = await agent.get(`/admin/launches?course=${course}`);

    expect(text).to.contain('<code>mine</code>');
    expect(text).not.to.match(/<code>(theirs|nobodys)<\/code>/);
    expect(await statusOf(`/admin/launches/${idOf('mine')}`)).to.equal(200);
    for (const reference of ['theirs', 'nobodys'])
      for (const ending of ['', '.json'])
        expect(await statusOf(`/admin/launches/${idOf(reference)}${ending}`)).to.equal(404);
  });

  it('knows which deployment a refused launch named', async () => {
    const { deployment } = await connectPlatform(fake);

    await tryLaunch({ tool, platform: fake, claims: { aud: 'client-of-others' } });

    expect(await newest()).to.include({ deployment: deployment._id });
  });

  it('is closed to whoever has no session, and to instructors', async () => {
    await connectPlatform(fake);
    await note({});
    const { _id } = await newest();
    const { agent, course } = await launchAs({ tool, platform: fake, role: 'Instructor' });

    for (const path of [
      '/admin/launches',
      `/admin/launches/${_id}`,
      `/admin/launches/${_id}.json`,
    ]) {
      expect((await createAgent(tool.url).get(path)).status, path).to.equal(401);
      expect((await agent.get(`${path}?course=${course}`)).status, path).to.equal(403);
    }
  });
});
