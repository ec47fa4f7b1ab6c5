import { expect } from 'chai';
import { requireLaunch } from '../../src/lti/guards.js';
import { Router } from 'express';
import { isStanding } from '../../src/lti/session-epoch.js';
import { testDatabase } from '../support/engine.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { connectPlatform, launchAs } from '../support/launch-as.js';
import { startTool, type TestTool } from '../support/start-tool.js';

const TWO_SECONDS_MS = 2_000;

describe('the end of all sessions of a platform or deployment', () => {
  let tool: TestTool;
  let fake: FakePlatform;
  let aheadMs = 0;
  const now = () => new Date(Date.now() + aheadMs);

  before(async () => {
    fake = await startFakePlatform();
    const page = Router();
    page.get('/frameworks', requireLaunch(), (_req, res) => res.send('a page'));
    tool = await startTool({ now, routes: () => [page] });
  });
  beforeEach(() => {
    aheadMs = 0;
  });
  after(async () => {
    await tool.close();
    await fake.close();
  });

  for (const collection of ['platforms', 'deployments'])
    it(`by another process that wrote ${collection} is seen within two seconds`, async () => {
      await connectPlatform(fake);
      const { agent, path } = await launchAs({ tool, platform: fake });
      await agent.get(path);

      await testDatabase()
        .collection(collection)
        .updateMany({}, { $set: { status: 'paused', sessionEpoch: 'another' } });
      aheadMs = TWO_SECONDS_MS;
      const paused = await agent.get(path);
      await testDatabase()
        .collection(collection)
        .updateMany({}, { $set: { status: collection === 'platforms' ? 'active' : 'approved' } });
      aheadMs = 2 * TWO_SECONDS_MS;
      const resumed = await agent.get(path);

      expect([paused.status, resumed.status]).to.deep.equal([403, 401]);
    });

  it('is not seen where no record has an epoch yet, as after an update', () => {
    expect(isStanding({ found: {}, platform: {}, deployment: {} })).to.equal(true);
  });

  it('is the end for sessions of an earlier release too', () => {
    const found = { epochs: { platform: '', deployment: '' } };

    expect(isStanding({ found, platform: { sessionEpoch: 'a' }, deployment: {} })).to.equal(false);
    expect(isStanding({ found: {}, platform: {}, deployment: { sessionEpoch: 'b' } })).to.equal(
      false,
    );
  });
});
