import { expect } from 'chai';
import type { Router } from 'express';
import { launchesRoutes } from '../../src/admin/launches.routes.js';
import { noteLook } from '../../src/reports/note-look.js';
import { readNextEmptyings } from '../../src/privacy/course-emptying.model.js';
import { overviewRoutes } from '../../src/admin/overview.routes.js';
import { listFailedScores } from '../../src/activities/score-delivery.model.js';
import { scoresAdminRoutes } from '../../src/admin/scores.routes.js';
import { parkedStatementsRoutes } from '../../src/admin/statements.routes.js';
import { listDeployments, recordPendingDeployment } from '../../src/lti/deployment.model.js';
import { insertRefusal } from '../../src/lti/refusal.model.js';
import { findDestination, OWN_DESTINATION } from '../../src/outbox/destination.model.js';
import { ensureOwnDestination } from '../../src/outbox/destinations.js';
import { insertParked } from '../../src/outbox/parked-statement.model.js';
import { listParked } from '../../src/outbox/parked-statements.js';
import { createAgent } from '../support/browser-agent.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { connectPlatform, launchAs } from '../support/launch-as.js';
import { refuseScore } from '../support/refuse-score.js';
import { signInAsOperator } from '../support/sign-in-as-operator.js';
import { startTool, type TestTool } from '../support/start-tool.js';
import { addDestination } from '../outbox/add-destination.js';

const SECRET = 'a secret for tests that is long enough for everybody';
const DAY_MS = 86_400_000;

describe('the administration of statements, record stores and launches', () => {
  const nudged: string[] = [];
  let tool: TestTool;
  let fake: FakePlatform;

  before(async () => {
    fake = await startFakePlatform();
    tool = await startTool({
      routes: ({ config, now }): Router[] => [
        overviewRoutes({ now, readNextEmptyings }),
        launchesRoutes({ now, url: config.url }),
        parkedStatementsRoutes({ now, noteLook, nudge: (job) => nudged.push(job) }),
        scoresAdminRoutes({ now, noteLook, nudge: (job) => nudged.push(job) }),
      ],
    });
  });
  beforeEach(() => nudged.splice(0));
  after(async () => {
    await tool.close();
    await fake.close();
  });

  const launch = (role: 'Administrator' | 'Instructor') =>
    launchAs({ tool, platform: fake, role, user: { sub: role, name: `The ${role}` } });

  async function createDestinations(): Promise<string> {
    await ensureOwnDestination({
      endpoint: `${tool.url}/xapi`,
      secret: SECRET,
      makeKey: () => Promise.resolve({ key: 'own-key', secret: 'own-secret' }),
      verifyKey: () => Promise.resolve(true),
      now: new Date(),
    });
    const { id } = await addDestination({
      name: 'State LRS',
      endpoint: 'https://lrs.state.example/xapi',
      key: 'state-key',
      password: 'state-password',
      secret: SECRET,
      now: new Date(),
    });
    return id;
  }

  async function park(deployment: string, name: string, words: string): Promise<void> {
    await insertParked({
      destination: OWN_DESTINATION,
      now: new Date(),
      refusals: [
        {
          statementId: `statement-of-${name}`,
          deployment,
          log: 'outbox-0',
          position: 1,
          status: 400,
          words,
        },
      ],
    });
  }

  const refuse = (platform: string | null, at: Date) =>
    insertRefusal(
      {
        at,
        platform,
        deployment: null,
        step: 'launch',
        code: 'lti.deployment-unknown',
        status: 403,
        details: { deployment: '<b>7</b>' },
        claimNames: ['aud'],
        reference: 'ref12345',
        expiresAt: new Date(at.getTime() + 7 * DAY_MS),
      },
      { cap: 100 },
    );

  it('is closed to instructors and strangers', async () => {
    await connectPlatform(fake);
    const { agent, course } = await launch('Instructor');

    for (const path of [
      '/admin',
      '/admin/statements',
      '/admin/destinations',
      '/admin/launches',
      '/admin/frameworks',
    ]) {
      expect((await createAgent(tool.url).get(path)).status, path).to.equal(401);
      expect((await agent.get(`${path}?course=${course}`)).status, path).to.equal(403);
    }
  });

  it('tells the operator what needs them first', async () => {
    await connectPlatform(fake);
    await createDestinations();
    await park('somewhere', 'anybody', 'no such verb');
    await refuse(null, new Date());

    const { text } = await (await signInAsOperator(tool)).get('/admin');

    expect(text).to.contain('There is no competency framework yet');
    expect(text).to.contain('1 statement was refused by a record store');
    expect(text).to.contain('1 launch, login or registration was refused in the last day');
    expect(text).to.contain('1 platform is registered');
  });

  it("shows a parked statement with the record store's words, as text", async () => {
    await createDestinations();
    await park('somewhere', 'anybody', '<script>alert(1)</script> is no verb');

    const { text } = await (await signInAsOperator(tool)).get('/admin/statements');

    expect(text).to.contain('&lt;script&gt;alert(1)&lt;/script&gt; is no verb');
    expect(text).to.contain('statement-of-anybody');
  });

  it('tries one again, then all, and nudges the delivery', async () => {
    await createDestinations();
    await park('somewhere', 'one', 'refused');
    await park('somewhere', 'two', 'refused');
    const agent = await signInAsOperator(tool);
    const [first] = (await listParked({ page: 1 })).parked;
    const all = await agent.get('/admin/statements');
    const csrf = /name="_csrf" value="([^"]*)"/.exec(all.text)?.[1] ?? '';

    const one = await agent.post('/admin/statements/retries', {
      _csrf: csrf,
      launch: 'operator',
      id: first?.id ?? '',
    });
    const states = async () =>
      (await listParked({ page: 1 })).parked.map(({ id, state }) => [id === first?.id, state]);
    const afterOne = await states();
    await agent.post('/admin/statements/retries', { _csrf: csrf, launch: 'operator' });

    expect(one.status).to.equal(303);
    expect(afterOne).to.have.deep.members([
      [true, 'retrying'],
      [false, 'parked'],
    ]);
    expect(await states()).to.have.deep.members([
      [true, 'retrying'],
      [false, 'retrying'],
    ]);
    expect(nudged).to.include.members(['deliver-outbox', 'deliver-outbox-elsewhere']);
  });

  it('gives up on a statement only with a reason, and keeps it', async () => {
    await createDestinations();
    await park('somewhere', 'one', 'refused');
    const agent = await signInAsOperator(tool);

    const silent = await agent.postForm(
      '/admin/statements',
      { reason: ' ' },
      { action: 'withdrawals' },
    );
    const said = await agent.postForm(
      '/admin/statements',
      { reason: 'sent by mistake' },
      { action: 'withdrawals' },
    );

    expect(silent.status).to.equal(400);
    expect(silent.text).to.contain('Say in a few words why.');
    expect(said.status).to.equal(303);
    const { parked } = await listParked({ page: 1, state: 'given-up' });
    expect(parked.map(({ givenUp }) => [givenUp?.by, givenUp?.reason])).to.deep.equal([
      ['operator', 'sent by mistake'],
    ]);
  });

  it('shows record stores without keys and passwords, and pauses one', async () => {
    const other = await createDestinations();
    const agent = await signInAsOperator(tool);

    const { text } = await agent.get('/admin/destinations');
    const csrf = /name="_csrf" value="([^"]*)"/.exec(text)?.[1] ?? '';
    await agent.post('/admin/destinations', {
      _csrf: csrf,
      launch: 'operator',
      destination: other,
      status: 'paused',
    });

    expect(text).to.contain('https://lrs.state.example/xapi');
    expect(text).not.to.match(/state-key|state-password|own-key|own-secret/);
    expect(await findDestination({ destination: other })).to.have.property('status', 'paused');
  });

  it('words each refused launch plainly, with what was seen', async () => {
    const { platform } = await connectPlatform(fake);
    await refuse(platform._id, new Date());

    const { text } = await (await signInAsOperator(tool)).get('/admin/launches');

    expect(text).to.contain('This part of your school is not connected');
    expect(text).to.contain('&lt;b&gt;7&lt;/b&gt;');
    expect(text).to.contain('ref12345');
  });

  describe('for an administrator of one deployment', () => {
    it('shows, retries and gives up the parked statements of their own deployment only', async () => {
      const { deployment } = await connectPlatform(fake);
      await createDestinations();
      await park(deployment._id, 'mine', 'refused');
      await park('elsewhere', 'theirs', 'refused');
      const { agent, course } = await launch('Administrator');
      const theirs = (await listParked({ page: 1, deployment: 'elsewhere' })).parked[0]?.id ?? '';
      const page = `/admin/statements?course=${course}`;

      const { text } = await agent.get(page);
      const stolen = await agent.postForm(page, { id: theirs }, { action: 'retries' });
      const given = await agent.postForm(
        page,
        { id: theirs, reason: 'no' },
        { action: 'withdrawals' },
      );
      await agent.postForm(page, {}, { action: 'retries' });

      expect(text).to.contain('statement-of-mine');
      expect(text).not.to.contain('statement-of-theirs');
      expect([stolen.status, given.status]).to.deep.equal([404, 404]);
      expect((await listParked({ page: 1, deployment: 'elsewhere' })).parked[0]?.state).to.equal(
        'parked',
      );
      expect((await listParked({ page: 1, deployment: deployment._id })).parked[0]?.state).to.equal(
        'retrying',
      );
    });

    it('shows no record store of others, and lets them change none', async () => {
      await connectPlatform(fake);
      const other = await createDestinations();
      const { agent, course } = await launch('Administrator');

      const { text } = await agent.get(`/admin/destinations?course=${course}`);
      const statements = await agent.get(`/admin/statements?course=${course}`);
      const field = (name: string) =>
        new RegExp(`name="${name}" value="([^"]*)"`).exec(statements.text)?.[1] ?? '';
      const paused = await agent.post('/admin/destinations', {
        _csrf: field('_csrf'),
        launch: field('launch'),
        course,
        destination: other,
        status: 'paused',
      });

      expect(text).not.to.contain('lrs.state.example');
      expect(paused.status).to.equal(403);
    });

    it('shows the refused launches of their platform, and only those that name their deployment where it holds others', async () => {
      const { platform } = await connectPlatform(fake);
      await refuse(platform._id, new Date());
      await refuse(null, new Date());
      const { agent, course } = await launch('Administrator');

      const alone = await agent.get(`/admin/launches?course=${course}`);
      await recordPendingDeployment({
        platform: platform._id,
        deploymentId: 'neighbour',
        accountName: null,
        now: new Date(),
      });
      const shared = await agent.get(`/admin/launches?course=${course}`);

      expect(await listDeployments()).to.have.length(2);
      expect(alone.text.match(/ref12345/g)).to.have.length(1);
      expect(shared.text).not.to.contain('ref12345');
      expect(shared.text).to.contain('those that named none only the operator sees');
    });
  });

  it('shows an administrator the scores refused in their own deployment, and sends them again', async () => {
    const { deployment } = await connectPlatform(fake);
    const { agent, course } = await launch('Administrator');
    const fault = '422 not gradable';
    const own = { deployment: deployment._id, lineItemUrl: 'https://lms.example/own', fault };
    await refuseScore(own);
    const foreign = 'https://lms.example/foreign';
    await refuseScore({ deployment: 'another', lineItemUrl: foreign, fault });
    const path = `/admin/scores?course=${course}`;

    const page = await agent.get(path);
    await agent.postForm(path, {}, { action: '/admin/scores' });

    expect(page.text).to.contain('https://lms.example/own').and.to.contain('422 not gradable');
    expect(page.text).not.to.contain(foreign);
    expect(nudged).to.include('deliver-scores');
    expect((await listFailedScores({})).map(({ deployment }) => deployment)).to.deep.equal([
      'another',
    ]);
  });
});
