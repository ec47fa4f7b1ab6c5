import { expect } from 'chai';
import { deploymentsRoutes } from '../../src/admin/deployments.routes.js';
import { noteLook } from '../../src/reports/note-look.js';
import { findDeployment } from '../../src/lti/deployment.model.js';
import { courseRouters, createCourseWorld, type CourseWorld } from '../activities/course-world.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { startTool, type TestTool } from '../support/start-tool.js';

describe('what teaching assistants of a deployment may', () => {
  let tool: TestTool;
  let fake: FakePlatform;
  let world: CourseWorld;
  before(async () => {
    fake = await startFakePlatform();
    tool = await startTool({
      routes: (services) => [
        ...courseRouters(services),
        deploymentsRoutes({ now: services.now, noteLook }),
      ],
    });
  });
  beforeEach(async () => {
    world = await createCourseWorld({ tool, fake });
  });
  after(() => Promise.all([tool.close(), fake.close()]));

  const choose = async (assistants: string, rules = 'read') => {
    const { agent } = await world.open('Administrator');
    const page = `/admin/deployments/${world.deployment}?course=${world.course}`;
    return agent.postForm(page, { assistants, rules }, { action: '/assistants' });
  };
  const stored = async () =>
    (await findDeployment({ deployment: world.deployment }))?.assistantsMayAttest;

  it('is chosen by the administrator, and taken back', async () => {
    const answer = await choose('attest');
    const given = await stored();
    await choose('read');

    expect(answer.location).to.contain('notice=saved');
    expect([given, await stored()]).to.deep.equal([true, false]);
  });

  it('is chosen for completion rules by itself', async () => {
    await choose('read', 'change');

    expect(await findDeployment({ deployment: world.deployment })).to.deep.include({
      assistantsMayAttest: false,
      assistantsMayChangeRules: true,
    });
  });

  it('is left as it was by a word that is neither', async () => {
    const answer = await choose('everything');

    expect([answer.status, await stored()]).to.deep.equal([400, undefined]);
    expect(answer.text).to.contain('assistants');
  });
});
