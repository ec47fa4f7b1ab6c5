import { expect } from 'chai';
import type { Router } from 'express';
import '../../src/app.js';
import { noteLook } from '../../src/reports/note-look.js';
import { deploymentsRoutes } from '../../src/admin/deployments.routes.js';
import { testDataRoutes } from '../../src/admin/test-data.routes.js';
import { emptyTestData } from '../../src/empty-test-data.js';
import { createLogger } from '../../src/logger.js';
import { findDeployment, listDeployments } from '../../src/lti/deployment.model.js';
import { codeOf } from '../support/bad-inputs.js';
import { createAgent } from '../support/browser-agent.js';
import { countRecords } from '../support/count-records.js';
import { LTI, startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { connectPlatform, launchAs, tryLaunch } from '../support/launch-as.js';
import { signInAsOperator } from '../support/sign-in-as-operator.js';
import { startTool, type TestTool } from '../support/start-tool.js';

describe('the pages of test platforms and waiting deployments', () => {
  let tool: TestTool;
  let fake: FakePlatform;

  before(async () => {
    fake = await startFakePlatform();
    const log = createLogger({ level: 'silent' });
    tool = await startTool({
      routes: ({ now }): Router[] => [
        testDataRoutes({ log, emptyTestData }),
        deploymentsRoutes({ now, noteLook }),
      ],
    });
  });
  after(async () => {
    await tool.close();
    await fake.close();
  });

  const count = async (...names: string[]) => {
    const counts = await countRecords();
    return names.map((name) => counts[name] ?? 0);
  };

  it('empty a test platform after a page that says what goes, and sign everybody out', async () => {
    const { platform } = await connectPlatform(fake, { kind: 'test' });
    const learner = await launchAs({ tool, platform: fake });
    const path = `/admin/platforms/${platform._id}/test-data`;
    const agent = await signInAsOperator(tool);
    const before = await count('platforms', 'deployments', 'launches', 'users', 'courses');

    const question = await agent.get(path);
    const answer = await agent.postForm(path, {}, { action: path });

    expect(before).to.deep.equal([1, 1, 1, 1, 1]);
    expect(question.text).to.contain('Everybody of this platform is signed out');
    expect([answer.status, answer.location]).to.deep.equal([
      303,
      '/admin/platforms?notice=test-data-emptied',
    ]);
    expect(await count('platforms', 'deployments', 'launches', 'users', 'courses')).to.deep.equal([
      1, 1, 0, 0, 0,
    ]);
    const page = await learner.agent.get(`/admin/deployments?course=${learner.course}`);
    expect(page.status).to.equal(401);
  });

  it('let an administrator empty the platform that is theirs alone, and no other', async () => {
    const { platform } = await connectPlatform(fake, { kind: 'test' });
    const path = `/admin/platforms/${platform._id}/test-data`;
    const { agent, course } = await launchAs({ tool, platform: fake, role: 'Administrator' });

    const elsewhere = await agent.get(`/admin/platforms/other/test-data?course=${course}`);
    await connectPlatform({ ...fake, deploymentId: 'deployment-2' }, { kind: 'test' });
    const shared = await agent.get(`${path}?course=${course}`);

    expect([elsewhere.status, shared.status]).to.deep.equal([404, 403]);
    expect(await count('launches')).to.deep.equal([1]);
  });

  it('tell an administrator who emptied their platform that they are signed out, too', async () => {
    const { platform } = await connectPlatform(fake, { kind: 'test' });
    const path = `/admin/platforms/${platform._id}/test-data`;
    const { agent, course } = await launchAs({ tool, platform: fake, role: 'Administrator' });

    const answer = await agent.postForm(`${path}?course=${course}`, {}, { action: path });

    expect(answer.status).to.equal(200);
    expect(answer.text).to.contain('The test data are gone');
    expect(await count('launches', 'sessions')).to.deep.equal([0, 0]);
  });

  it('refuse the platform of the school, strangers, and other roles', async () => {
    const { platform } = await connectPlatform(fake);
    const path = `/admin/platforms/${platform._id}/test-data`;
    const operator = await signInAsOperator(tool);
    const teacher = await launchAs({ tool, platform: fake, role: 'Instructor' });

    const ofSchool = await operator.get(path);
    const stranger = await createAgent(tool.url).get(path);
    const other = await teacher.agent.get(`${path}?course=${teacher.course}`);

    expect([ofSchool.status, codeOf(ofSchool)]).to.deep.equal([409, 'platform.not-test']);
    expect([stranger.status, other.status]).to.deep.equal([401, 403]);
  });

  it('show a waiting deployment with its account, and refuse it for good until it is approved', async () => {
    await connectPlatform(fake);
    const claims = {
      [`${LTI}deployment_id`]: 'new-school',
      [`${LTI}tool_platform`]: { guid: 'x', name: 'North College' },
    };
    const knock = async () => {
      const platform = { ...fake, deploymentId: '' };
      return codeOf((await tryLaunch({ tool, platform, claims })).answer);
    };
    const first = await knock();
    const agent = await signInAsOperator(tool);
    const { text } = await agent.get('/admin/deployments');
    const waiting = (await listDeployments()).find(({ status }) => status === 'pending');
    const action = `${waiting?._id ?? ''}/status`;

    await agent.postForm('/admin/deployments', { status: 'refused' }, { action });
    const refused = await findDeployment({ deployment: waiting?._id ?? '' });
    const second = await knock();
    await agent.postForm('/admin/deployments', { status: 'approved' }, { action });
    const third = await knock();

    expect(text).to.contain('North College').and.contain('Refuse new-school');
    expect([first, refused?.status, second, third]).to.deep.equal([
      'lti.deployment-pending',
      'refused',
      'lti.deployment-refused',
      null,
    ]);
  });
});
