import { expect } from 'chai';
import type { Router } from 'express';
import { noteLook } from '../../src/reports/note-look.js';
import { destinationsAdminRoutes } from '../../src/admin/destinations.routes.js';
import { parkedStatementsRoutes } from '../../src/admin/statements.routes.js';
import { findDestination, listDestinations } from '../../src/outbox/destination.model.js';
import { ensureOwnDestination, openPassword } from '../../src/outbox/destinations.js';
import { moveCursor, readCursor } from '../../src/outbox/outbox-cursor.model.js';
import { insertParked } from '../../src/outbox/parked-statement.model.js';
import { listParked } from '../../src/outbox/parked-statements.js';
import { addDestination } from '../outbox/add-destination.js';
import { startFakeLrs, type FakeLrs } from '../outbox/fake-lrs.js';
import { createAgent } from '../support/browser-agent.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { connectPlatform, launchAs } from '../support/launch-as.js';
import { signInAsOperator } from '../support/sign-in-as-operator.js';
import { startTool, type TestTool } from '../support/start-tool.js';

const LIST = '/admin/destinations';
const FORM = {
  name: 'State LRS',
  endpoint: 'https://lrs.state.example/xapi/',
  key: 'state-key',
  password: 'state-password',
  version: '2.0.0',
  gzip: 'yes',
};

describe('/admin/destinations of others', () => {
  const nudged: string[] = [];
  let tool: TestTool;
  let fake: FakePlatform;
  let lrs: FakeLrs;

  before(async () => {
    fake = await startFakePlatform();
    lrs = await startFakeLrs();
    tool = await startTool({
      routes: ({ config, outgoing, now }): Router[] => [
        parkedStatementsRoutes({ now, noteLook, nudge: () => undefined }),
        destinationsAdminRoutes({
          now,
          secret: config.secret,
          outgoing,
          nudge: (job) => nudged.push(job),
        }),
      ],
    });
  });
  beforeEach(() => void nudged.splice(0));
  after(async () => {
    await tool.close();
    await fake.close();
    await lrs.close();
  });

  const add = (overrides: Partial<{ endpoint: string; key: string; password: string }> = {}) =>
    addDestination({
      name: 'Another',
      endpoint: lrs.endpoint,
      key: lrs.key,
      password: lrs.password,
      secret: tool.services.config.secret,
      now: new Date(),
      ...overrides,
    });

  it('are for the operator alone, to see and to change', async () => {
    await connectPlatform(fake);
    const { id } = await add();
    const { agent, course } = await launchAs({
      tool,
      platform: fake,
      role: 'Administrator',
      user: { sub: 'a', name: 'A' },
    });
    const operator = await signInAsOperator(tool);

    for (const path of [`${LIST}/new`, `${LIST}/${id}`]) {
      expect((await createAgent(tool.url).get(path)).status, path).to.equal(401);
      expect((await agent.get(`${path}?course=${course}`)).status, path).to.equal(403);
    }
    for (const path of [
      '/new',
      `/${id}/settings`,
      `/${id}/tests`,
      `/${id}/retries`,
      `/${id}/removal`,
    ])
      expect((await operator.post(`${LIST}${path}`, { confirmed: 'yes' })).status).to.equal(403);
    expect((await operator.get(`${LIST}/nobody`)).status).to.equal(404);
  });

  it('are added paused, with a password that nobody reads again', async () => {
    const agent = await signInAsOperator(tool);

    const { status, location } = await agent.postForm(`${LIST}/new`, FORM, { action: '/new' });

    const [added] = await listDestinations();
    expect(status).to.equal(303);
    expect(added).to.deep.include({
      name: 'State LRS',
      endpoint: 'https://lrs.state.example/xapi',
      key: 'state-key',
      version: '2.0.0',
      gzip: true,
      status: 'paused',
      isOwn: false,
      keepsTestData: false,
    });
    const { text } = await agent.get(location);
    expect(text).to.include('value="state-key"').and.not.include('state-password');
    expect((await agent.get(LIST)).text).to.include(`${LIST}/${added?.id}`);
  });

  for (const [field, value, words] of [
    ['name', ' ', 'Give a name'],
    ['endpoint', 'lrs.example', 'Give a whole address'],
    ['endpoint', 'https://user:word@lrs.example/', 'Give a whole address'],
    ['endpoint', 'https://lrs.example/xapi?x=1', 'Give a whole address'],
    ['endpoint', 'https://lrs.example/xapi/statements', 'Leave /statements away'],
    ['endpoint', 'http://lrs.example/xapi', 'This address may not be asked'],
    ['endpoint', 'https://169.254.169.254/latest', 'This address may not be asked'],
    ['endpoint', 'https://[::ffff:10.0.0.1]/xapi', 'This address may not be asked'],
    ['key', 'a:b', 'without a colon'],
    ['password', '', 'Give the password'],
    ['version', '0.9', 'Choose 1.0.3 or 2.0.0'],
  ] as const)
    it(`are refused by field, and what was typed is kept: ${field} ${value}`, async () => {
      const agent = await signInAsOperator(tool);

      const { status, text } = await agent.postForm(
        `${LIST}/new`,
        { ...FORM, [field]: value },
        { action: '/new' },
      );

      expect(status).to.equal(400);
      expect(text).to.include(words).and.not.include('state-password');
      expect(text).to.include(field === 'key' ? 'value="State LRS"' : 'value="state-key"');
      expect(await listDestinations()).to.deep.equal([]);
    });

  it('are tried from the page, in words', async () => {
    const { id } = await add();
    const agent = await signInAsOperator(tool);
    const test = () => agent.postForm(`${LIST}/${id}`, {}, { action: '/tests' });

    const good = await test();
    lrs.trick = () => ({ status: 401, body: '<b>who</b>?' });
    const bad = await test();
    lrs.trick = () => null;

    expect(good.text).to.include('Statements can be told to it.');
    expect(good.text).to.include('It takes key and password.');
    expect(bad.text).to.include('It does not take key and password (status 401).');
    expect(bad.text).to.include('&lt;b&gt;who&lt;/b&gt;?');
  });

  it('keep their password when other settings change, but not for another server', async () => {
    const { id } = await add({ endpoint: 'https://lrs.one.example/xapi', password: 'kept' });
    const agent = await signInAsOperator(tool);
    const save = (form: Record<string, string>) =>
      agent.postForm(`${LIST}/${id}`, form, { action: '/settings' });

    const same = await save({ ...FORM, endpoint: 'https://lrs.one.example/v2', password: '' });
    const other = await save({ ...FORM, password: '' });
    const kept = await openPassword({ destination: id, secret: tool.services.config.secret });

    expect([same.status, other.status, kept]).to.deep.equal([303, 400, 'kept']);
    expect(other.text).to.include('Give the password that belongs to this address.');
    expect(await findDestination({ destination: id })).to.deep.include({
      endpoint: 'https://lrs.one.example/v2',
      version: '2.0.0',
    });
    expect(nudged).to.deep.equal(['deliver-outbox-elsewhere']);
  });

  it('are told again what they refused, and nobody else is', async () => {
    const [one, two] = [await add(), await add()];
    for (const { id } of [one, two]) await park(id);
    const agent = await signInAsOperator(tool);

    await agent.postForm(`${LIST}/${one.id}`, {}, { action: '/retries' });

    const { parked } = await listParked({ page: 1 });
    expect(parked.map(({ destination, state }) => [destination, state])).to.have.deep.members([
      [one.id, 'retrying'],
      [two.id, 'parked'],
    ]);
  });

  it('are removed only for who says that they mean it, with what they refused', async () => {
    const { id } = await add();
    await park(id);
    await moveCursor({
      destination: id,
      log: 'outbox-0',
      cursor: { position: 7, batchSize: null, failures: 0, failingSince: null, retryAt: null },
    });
    const agent = await signInAsOperator(tool);
    const remove = (form: Record<string, string>) =>
      agent.postForm(`${LIST}/${id}`, form, { action: '/removal' });

    const doubtful = await remove({});
    const before = await findDestination({ destination: id });
    const sure = await remove({ confirmed: 'yes' });

    expect([doubtful.status, before?.id]).to.deep.equal([400, id]);
    expect(sure.location).to.include('destination-removed');
    expect(await findDestination({ destination: id })).to.equal(null);
    expect((await listParked({ page: 1 })).total).to.equal(0);
    expect(await readCursor({ destination: id, log: 'outbox-0' })).to.include({ position: 0 });
  });

  it('are not our own, which sets itself up', async () => {
    await ensureOwnDestination({
      endpoint: `${tool.url}/xapi`,
      secret: tool.services.config.secret,
      makeKey: () => Promise.resolve({ key: 'own', secret: 'own' }),
      verifyKey: () => Promise.resolve(true),
      now: new Date(),
    });
    const agent = await signInAsOperator(tool);

    expect((await agent.get(`${LIST}/own`)).status).to.equal(409);
    expect((await agent.get(LIST)).text).to.not.include(`${LIST}/own`);
  });

  async function park(destination: string): Promise<void> {
    const refusal = { statementId: 's', deployment: 'd', log: 'outbox-0', position: 1 };
    await insertParked({
      destination,
      now: new Date(),
      refusals: [{ ...refusal, status: 400, words: 'no' }],
    });
  }
});
