import { Router } from 'express';
import { expect } from 'chai';
import { getCurrentLaunch } from '../../src/lti/current-launch.js';
import { requireLaunch } from '../../src/lti/guards.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { connectPlatform, launchAs } from '../support/launch-as.js';
import { startTool, type TestTool } from '../support/start-tool.js';

describe('POST /lti/launch', () => {
  let tool: TestTool;
  let platform: FakePlatform;

  before(async () => {
    platform = await startFakePlatform();
    tool = await startTool({
      routes: () => {
        const router = Router();
        router.get('/frameworks', requireLaunch(), (req, res) => {
          res.json(getCurrentLaunch(req));
        });
        return [router];
      },
    });
  });
  after(async () => {
    await tool.close();
    await platform.close();
  });
  beforeEach(async () => {
    await connectPlatform(platform);
  });

  it('leads a learner to the page that was asked for, signed in', async () => {
    const { agent, path } = await launchAs({
      tool,
      platform,
      role: 'Learner',
      target: '/frameworks?view=all',
    });

    const page = await agent.get(path);

    expect(path).to.match(/^\/frameworks\?view=all&course=[0-9a-f-]{36}$/);
    expect(page.status).to.equal(200);
    expect(page.json()).to.deep.include({
      userName: 'Ana Ruiz',
      personName: 'Ana Ruiz',
      roles: ['Learner'],
      courseTitle: 'Health Records 101',
      testUser: false,
    });
  });
});
