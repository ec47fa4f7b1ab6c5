import { expect } from 'chai';
import type { Router } from 'express';
import { sessionsAdminRoutes } from '../../src/admin/sessions.routes.js';
import { listAccessesAbout } from '../../src/reports/access-log.model.js';
import { noteLook } from '../../src/reports/note-look.js';
import { setDeploymentStatus } from '../../src/lti/deployment.model.js';
import { removePlatform } from '../../src/lti/manage-platforms.js';
import { userRecordId } from '../../src/lti/record-ids.js';
import { testDatabase } from '../support/engine.js';
import type { BrowserAgent } from '../support/browser-agent.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { connectPlatform, launchAs, type LaunchAs } from '../support/launch-as.js';
import { signInAsOperator } from '../support/sign-in-as-operator.js';
import { startTool, type TestTool } from '../support/start-tool.js';

describe('the list of open sessions', () => {
  let tool: TestTool;
  let fake: FakePlatform;
  let second: FakePlatform;

  before(async () => {
    fake = await startFakePlatform();
    second = { ...fake, deploymentId: 'deployment-2' };
    tool = await startTool({
      routes: ({ now }): Router[] => [sessionsAdminRoutes({ now, noteLook })],
    });
  });
  after(async () => {
    await tool.close();
    await fake.close();
  });
  let place: { platform: string; deployment: string };
  beforeEach(async () => {
    const { platform, deployment } = await connectPlatform(fake);
    place = { platform: platform._id, deployment: deployment._id };
  });

  const launch = (more: Partial<LaunchAs>) => launchAs({ tool, platform: fake, ...more });
  const administer = () =>
    launch({ role: 'Administrator', user: { sub: 'admin', name: 'Ada Admin' } });
  /** At the second deployment of the same platform; the token has to name it. */
  const launchNextDoor = (more: Partial<LaunchAs>) =>
    launchAs({
      tool,
      platform: { ...second, idToken: (message) => fake.sign(second.claims(message)) },
      claims: { 'https://purl.imsglobal.org/spec/lti/claim/deployment_id': 'deployment-2' },
      ...more,
    });

  /** True when the page of a launch still opens: the list answers 403 to whoever is signed in without the role. */
  async function isSignedIn(agent: BrowserAgent, course: string): Promise<boolean> {
    const { status } = await agent.get(`/admin/sessions?course=${course}`);
    return status !== 401;
  }

  async function revoke(
    agent: BrowserAgent,
    course: string | null,
    fields: Record<string, string>,
  ): Promise<number> {
    const page = course === null ? '/admin/sessions' : `/admin/sessions?course=${course}`;
    const { text } = await agent.get(page);
    const field = (name: string) =>
      new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? '';
    const own = { _csrf: field('_csrf'), launch: field('launch') };
    const where = course === null ? {} : { course };
    return (await agent.post('/admin/sessions/revocations', { ...own, ...where, ...fields }))
      .status;
  }

  it('shows an administrator who is signed in to their deployment, in which courses, and no token', async () => {
    await connectPlatform(second);
    const learner = await launch({ user: { sub: 'u1', name: 'Ana Ruiz' }, course: 'Coding 1' });
    await launchNextDoor({ user: { sub: 'u9', name: 'Next Door' } });
    const { agent, course } = await administer();

    const { text } = await agent.get(`/admin/sessions?course=${course}`);

    expect(text).to.contain('Ana Ruiz').and.contain('Coding 1').and.contain('Ada Admin');
    expect(text).not.to.contain('Next Door');
    const cookie = learner.agent.cookies.get('__Host-crosswalk') ?? '';
    for (const part of cookie.split('.')) expect(text).not.to.contain(part);
    const [stored] = await testDatabase().collection('sessions').find().toArray();
    expect(text).not.to.contain(String(stored?.['csrfSecret']));
  });

  it('notes once a view who stood on it, for them to read, and leaves out who looks', async () => {
    await connectPlatform(second);
    await launch({ user: { sub: 'u1', name: 'Ana Ruiz' } });
    await launch({ user: { sub: 'u2', name: 'Ben Ode' } });
    await launchNextDoor({ user: { sub: 'u9', name: 'Next Door' } });
    const { agent, course } = await administer();
    await agent.get(`/admin/sessions?course=${course}`);
    await (await signInAsOperator(tool)).get('/admin/sessions');

    const { deployment, platform } = place;
    const user = userRecordId({ platform, sub: 'u1' });
    const looks = await listAccessesAbout({ deployment, user, courses: [], limit: 10 });

    expect(
      looks.map((look) => [look.user === 'operator', look.subject, look.names]),
    ).to.have.deep.members([
      [true, 'sessions', 'shown'],
      [false, 'sessions', 'shown'],
    ]);
    expect(looks.every(({ people }) => people?.includes(user) === true)).to.equal(true);
    const own = looks.find((look) => look.user !== 'operator');
    expect(own?.people).to.have.length(2).and.not.to.include(own?.user);
  });

  it('ends one session: its next request is refused, and others go on', async () => {
    const one = await launch({ user: { sub: 'u1', name: 'Ana Ruiz' } });
    const two = await launch({ user: { sub: 'u2', name: 'Ben Ode' } });
    const { agent, course } = await administer();
    const { text } = await agent.get(`/admin/sessions?course=${course}`);
    const row = text.slice(text.indexOf('Ana Ruiz'));
    const session = /name="session" value="([^"]*)"/.exec(row)?.[1] ?? '';

    const status = await revoke(agent, course, { session });

    expect(status).to.equal(303);
    expect(await isSignedIn(one.agent, one.course)).to.equal(false);
    expect(await isSignedIn(two.agent, two.course)).to.equal(true);
  });

  it('ends all sessions of a person, in every browser', async () => {
    const { platform } = await connectPlatform(fake);
    const [phone, laptop] = [await launch({ user: 'u1' }), await launch({ user: 'u1' })];
    const other = await launch({ user: 'u2' });
    const { agent, course } = await administer();

    await revoke(agent, course, { user: userRecordId({ platform: platform._id, sub: 'u1' }) });

    expect(await isSignedIn(phone.agent, phone.course)).to.equal(false);
    expect(await isSignedIn(laptop.agent, laptop.course)).to.equal(false);
    expect(await isSignedIn(other.agent, other.course)).to.equal(true);
  });

  it('ends all sessions of a deployment, and lets people launch again', async () => {
    const { deployment } = await connectPlatform(fake);
    await connectPlatform(second);
    const here = await launch({ user: 'u1' });
    const there = await launchNextDoor({ user: 'u2' });
    const operator = await signInAsOperator(tool);

    await revoke(operator, null, { deployment: deployment._id });
    const gone = await isSignedIn(here.agent, here.course);
    const again = await launch({ user: 'u1', agent: here.agent });

    expect(gone).to.equal(false);
    expect(await isSignedIn(there.agent, there.course)).to.equal(true);
    expect(await isSignedIn(again.agent, again.course)).to.equal(true);
  });

  it('lets an administrator end nothing of another deployment', async () => {
    const { platform } = await connectPlatform(fake);
    const next = await connectPlatform(second);
    const there = await launchNextDoor({ user: 'u2' });
    const [stored] = await testDatabase().collection('sessions').find().toArray();
    const { agent, course } = await administer();

    const bySession = await revoke(agent, course, { session: String(stored?._id) });
    const byPerson = await revoke(agent, course, {
      user: userRecordId({ platform: platform._id, sub: 'u2' }),
    });
    const byDeployment = await revoke(agent, course, { deployment: next.deployment._id });

    expect([bySession, byPerson, byDeployment]).to.deep.equal([303, 303, 404]);
    expect(await isSignedIn(there.agent, there.course)).to.equal(true);
  });

  it("shows the operator all of them, and ends an operator's session as well", async () => {
    await connectPlatform(second);
    await launchNextDoor({ user: { sub: 'u9', name: 'Next Door' } });
    await launch({ user: { sub: 'u1', name: 'Ana Ruiz' } });
    const forgotten = await signInAsOperator(tool);
    const operator = await signInAsOperator(tool);
    const { text } = await operator.get('/admin/sessions');
    const sessions = [...text.matchAll(/<th[^>]*>Operator[\s\S]*?value="([0-9a-f]{64})"/g)];

    for (const [, session = ''] of sessions.slice(1)) await revoke(operator, null, { session });

    expect(text).to.contain('Next Door').and.contain('Ana Ruiz');
    expect(sessions).to.have.length(2);
    expect((await forgotten.get('/admin/sessions')).status).to.equal(401);
    expect((await operator.get('/admin/sessions')).status).to.equal(200);
  });

  it('leaves out whom a pause signed out, and removing a platform revives nobody', async () => {
    const { deployment } = await connectPlatform(fake);
    const learner = await launch({ user: { sub: 'u1', name: 'Ana Ruiz' } });
    const operator = await signInAsOperator(tool);

    await setDeploymentStatus({ deployment: deployment._id, status: 'paused' });
    const { text } = await operator.get('/admin/sessions');
    await removePlatform({ issuer: fake.issuer, clientId: fake.clientId });
    await connectPlatform(fake);

    expect(text).not.to.contain('Ana Ruiz');
    expect(await isSignedIn(learner.agent, learner.course)).to.equal(false);
  });
});
