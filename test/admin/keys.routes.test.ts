import { expect } from 'chai';
import type { Router } from 'express';
import { keysAdminRoutes } from '../../src/admin/keys.routes.js';
import { listToolKeys } from '../../src/lti/tool-key.model.js';
import { createAgent } from '../support/browser-agent.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { connectPlatform, launchAs } from '../support/launch-as.js';
import { signInAsOperator } from '../support/sign-in-as-operator.js';
import { startTool, type TestTool } from '../support/start-tool.js';

const HOUR_MS = 3_600_000;
const keyAges = { periodMs: 90 * 24 * HOUR_MS, overlapMs: 48 * HOUR_MS };

describe('/admin/keys', () => {
  let tool: TestTool;
  let fake: FakePlatform;

  before(async () => {
    fake = await startFakePlatform();
    tool = await startTool({
      routes: (services): Router[] => [
        keysAdminRoutes({
          config: { ...services.config, keyAges },
          lti: services,
          now: services.now,
        }),
      ],
    });
  });
  beforeEach(async () => {
    tool.services.keys.forget();
    await connectPlatform(fake);
  });
  after(async () => {
    await tool.close();
    await fake.close();
  });

  it('is for the operator alone, to see and to change', async () => {
    const stranger = createAgent(tool.url);
    const launch = (role: 'Administrator' | 'Instructor') =>
      launchAs({ tool, platform: fake, role, user: { sub: role, name: role } });
    const [administrator, instructor] = [await launch('Administrator'), await launch('Instructor')];

    const seen = [
      await stranger.get('/admin/keys'),
      await instructor.agent.get(`/admin/keys?course=${instructor.course}`),
      await administrator.agent.get(`/admin/keys?course=${administrator.course}`),
    ];
    const changed = [
      await stranger.post('/admin/keys/replacement', { confirmed: 'yes' }),
      await (await signInAsOperator(tool)).post('/admin/keys/replacement', { confirmed: 'yes' }),
    ];

    expect(seen.map(({ status }) => status)).to.deep.equal([401, 403, 403]);
    expect(changed.map(({ status }) => status)).to.deep.equal([401, 403]);
  });

  it('shows each key with its state and its next change, and what is remembered of platforms', async () => {
    await launchAs({ tool, platform: fake, role: 'Learner', user: { sub: 'a', name: 'A' } });
    const agent = await signInAsOperator(tool);

    const { status, text } = await agent.get('/admin/keys');

    const [key] = await listToolKeys();
    expect(status).to.equal(200);
    expect(text).to.include(key?._id).and.include('signs').and.include('followed by another on');
    expect(text).to.include('for 90 days').and.include('48 hours before');
    expect(text).to.include(fake.jwksUrl).and.not.include('not fetched since the start');
  });

  it('offers the next key ahead of its time, once', async () => {
    const agent = await signInAsOperator(tool);

    const answer = await agent.postForm('/admin/keys', {}, { action: '/admin/keys/next' });

    const { text } = await agent.get(answer.location);
    expect((await listToolKeys()).map(({ state }) => state)).to.deep.equal(['active', 'next']);
    expect(text).to.include('signs from').and.include('is offered already');
    expect((await agent.get('/lti/keys')).json())
      .to.have.property('keys')
      .with.length(2);
  });

  it('replaces all keys only for who says that they mean it', async () => {
    const agent = await signInAsOperator(tool);
    const before = (await agent.get('/lti/keys')).text;

    const doubtful = await agent.postForm('/admin/keys', {}, { action: '/admin/keys/replacement' });
    const kept = (await agent.get('/lti/keys')).text;
    const sure = await agent.postForm(
      '/admin/keys',
      { confirmed: 'yes' },
      { action: '/admin/keys/replacement' },
    );
    const after = (await agent.get('/lti/keys')).json() as { keys: { kid: string }[] };

    expect(doubtful.status).to.equal(400);
    expect(doubtful.text).to.include('Tick the box');
    expect(kept).to.equal(before);
    expect(sure.location).to.include('keys-replaced');
    const states = new Map((await listToolKeys()).map(({ _id, state }) => [_id, state]));
    expect([...states.values()].sort()).to.deep.equal(['active', 'withdrawn']);
    expect(after.keys.map(({ kid }) => states.get(kid))).to.deep.equal(['active']);
    expect((await agent.get('/admin/keys')).text).to.include('withdrawn');
  });
});
