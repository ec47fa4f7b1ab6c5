import { expect } from 'chai';
import type { Router } from 'express';
import { lrsKeysAdminRoutes } from '../../src/admin/lrs-keys.routes.js';
import { addLrsKey, listLrsKeys } from '../../src/lrs/lrs-keys.js';
import { createLrsKeyVerifier } from '../../src/lrs/verify-lrs-key.js';
import { makeOwnKey } from '../../src/own-lrs.js';
import { basic } from '../lrs/lrs-app.js';
import { createAgent } from '../support/browser-agent.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { connectPlatform, launchAs } from '../support/launch-as.js';
import { signInAsOperator } from '../support/sign-in-as-operator.js';
import { startTool, type TestTool } from '../support/start-tool.js';

const now = () => new Date();
const NEW = '/admin/lrs-keys';

describe('/admin/lrs-keys', () => {
  let tool: TestTool;
  let fake: FakePlatform;

  before(async () => {
    fake = await startFakePlatform();
    tool = await startTool({
      routes: ({ config }): Router[] => [lrsKeysAdminRoutes({ now, url: config.url })],
    });
  });
  after(async () => {
    await tool.close();
    await fake.close();
  });

  const isGood = (key: string, secret: string) =>
    createLrsKeyVerifier({ url: tool.url, now })
      .verify(basic(key, secret))
      .then(
        () => true,
        () => false,
      );
  const readSecret = (text: string) =>
    /data-copy-text>([A-Za-z0-9_-]{44})<\/code>/.exec(text)?.[1] ?? '';

  it('is for the operator alone, to see and to change', async () => {
    await connectPlatform(fake);
    const { key } = await addLrsKey({ name: 'Player', scopes: ['all'], now: now() });
    const launch = (role: 'Administrator' | 'Instructor') =>
      launchAs({ tool, platform: fake, role, user: { sub: role, name: role } });
    const [administrator, instructor] = [await launch('Administrator'), await launch('Instructor')];

    for (const path of [NEW, `${NEW}/${key}`]) {
      expect((await createAgent(tool.url).get(path)).status).to.equal(401);
      for (const { agent, course } of [administrator, instructor])
        expect((await agent.get(`${path}?course=${course}`)).status).to.equal(403);
    }
    const operator = await signInAsOperator(tool);
    for (const path of [
      NEW,
      `${NEW}/${key}/terms`,
      `${NEW}/${key}/secrets`,
      `${NEW}/${key}/revocation`,
    ])
      expect((await operator.post(path, { confirmed: 'yes' })).status, path).to.equal(403);
    expect((await operator.get(`${NEW}/lrs_nobody`)).status).to.equal(404);
  });

  it('makes a key, shows its secret once, and lists what it may do', async () => {
    const agent = await signInAsOperator(tool);

    const made = await agent.postForm(
      NEW,
      {
        name: 'Course player',
        scopes: 'statements/write',
        origins: 'https://player.example',
        lastDay: '2999-12-31',
        requestsPerMinute: '600',
        statementsPerDay: '5000',
      },
      { action: NEW },
    );

    const secret = readSecret(made.text);
    const [key] = await listLrsKeys();
    expect(made.status).to.equal(200);
    expect(await isGood(key?.key ?? '', secret)).to.equal(true);
    expect(key).to.deep.include({
      name: 'Course player',
      scopes: ['statements/write'],
      origins: ['https://player.example'],
      expiresAt: new Date('3000-01-01T00:00:00Z'),
      requestsPerMinute: 600,
      statementsPerDay: 5_000,
    });
    const { text } = await agent.get(NEW);
    expect(text).to.include('Course player').and.include('good until 2999-12-31');
    expect(text).to.include('statements/write').and.not.include(secret);
  });

  it('says by field what cannot be used, and keeps what was typed', async () => {
    const agent = await signInAsOperator(tool);

    const { status, text } = await agent.postForm(
      NEW,
      { name: '', origins: 'player.example', lastDay: 'soon', requestsPerMinute: '<b>' },
      { action: NEW },
    );

    expect(status).to.equal(400);
    for (const words of ['Name the program', 'Choose at least one right', 'Give whole origins'])
      expect(text).to.include(words);
    expect(text).to.include('Give a day').and.include('Give a whole number from 1');
    expect(text).to.include('>player.example</textarea>').and.include('value="&lt;b&gt;"');
    expect(await listLrsKeys()).to.deep.equal([]);
  });

  it('refuses the name that our own outbox is known by', async () => {
    const agent = await signInAsOperator(tool);

    const { status, text } = await agent.postForm(
      NEW,
      { name: 'Crosswalk outbox', scopes: 'all' },
      { action: NEW },
    );

    expect([status, await listLrsKeys()]).to.deep.equal([400, []]);
    expect(text).to.include('own outbox').and.include('value="all" checked');
  });

  it('changes terms, and takes them away', async () => {
    const { key } = await addLrsKey({ name: 'Player', scopes: ['all'], now: now() });
    const agent = await signInAsOperator(tool);
    const save = (form: Record<string, string>) =>
      agent.postForm(`${NEW}/${key}`, form, { action: '/terms' });

    const saved = await save({ statementsPerDay: '10', origins: 'https://a.example' });
    const shown = (await agent.get(saved.location)).text;
    const refused = await save({ statementsPerDay: '0' });
    const kept = await listLrsKeys();
    await save({ statementsPerDay: '', origins: '' });

    expect(shown).to.include('value="10"').and.include('>https://a.example</textarea>');
    expect([refused.status, kept[0]?.statementsPerDay]).to.deep.equal([400, 10]);
    expect((await listLrsKeys())[0]).to.deep.include({ statementsPerDay: null, origins: [] });
  });

  it('rotates a secret with an overlap', async () => {
    const { key, secret } = await addLrsKey({ name: 'Player', scopes: ['all'], now: now() });
    const agent = await signInAsOperator(tool);

    const refused = await agent.postForm(
      `${NEW}/${key}`,
      { overlapHours: '721' },
      { action: '/secrets' },
    );
    const made = await agent.postForm(
      `${NEW}/${key}`,
      { overlapHours: '24' },
      { action: '/secrets' },
    );

    expect([refused.status, made.status]).to.deep.equal([400, 200]);
    expect(refused.text).to.include('from 0 to 720').and.include('value="721"');
    expect(made.text).to.include('The former secret stays good until');
    expect([await isGood(key, secret), await isGood(key, readSecret(made.text))]).to.deep.equal([
      true,
      true,
    ]);
  });

  it('revokes a key only for who says that they mean it', async () => {
    const { key, secret } = await addLrsKey({ name: 'Player', scopes: ['all'], now: now() });
    const agent = await signInAsOperator(tool);
    const revoke = (form: Record<string, string>) =>
      agent.postForm(`${NEW}/${key}`, form, { action: '/revocation' });

    const doubtful = await revoke({});
    const before = await isGood(key, secret);
    const sure = await revoke({ confirmed: 'yes' });

    expect([doubtful.status, before]).to.deep.equal([400, true]);
    expect(sure.location).to.include('lrs-key-revoked');
    expect(await isGood(key, secret)).to.equal(false);
    const { text } = await agent.get(`${NEW}/${key}`);
    expect(text).to.include('Revoked').and.not.include('name="overlapHours"');
  });

  it("offers no terms for our own outbox's key, and says why", async () => {
    const own = await makeOwnKey({ now })();
    const agent = await signInAsOperator(tool);

    const { text } = await agent.get(`${NEW}/${own.key}`);

    expect(text).to.include('Crosswalk sends its own statements with this key');
    expect(text).to.not.include('name="origins"').and.not.include('name="overlapHours"');
  });
});
