import { expect } from 'chai';
import { deploymentsRoutes } from '../../src/admin/deployments.routes.js';
import { noteLook } from '../../src/reports/note-look.js';
import { findDeployment } from '../../src/lti/deployment.model.js';
import { courseRouters, createCourseWorld, type CourseWorld } from '../activities/course-world.js';
import { readForms } from '../support/browser-agent.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { startTool, type TestTool } from '../support/start-tool.js';

describe('the words of a deployment for the stages of an alignment', () => {
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

  const page = () => `/admin/deployments/${world.deployment}?course=${world.course}`;
  const save = async (labels: Record<string, string>) => {
    const { agent } = await world.open('Administrator');
    return agent.postForm(page(), labels, { action: '/stage-labels' });
  };
  const stored = async () =>
    (await findDeployment({ deployment: world.deployment }))?.stageLabels ?? {};

  it('are shown on the pages of its courses, ours where it has none', async () => {
    const [quiz = ''] = await world.type('Coding quiz');

    const answer = await save({ introduced: ' Exposure ', reinforced: '', mastered: 'Competent' });
    const { agent } = await world.open('Instructor');
    const { text } = await agent.get(`/activities/${quiz}?course=${world.course}&q=first`);

    expect(answer.location).to.contain('notice=saved');
    expect(await stored()).to.deep.equal({ introduced: 'Exposure', mastered: 'Competent' });
    expect(text).to.match(/>Exposure<\/option>.*>reinforced<\/option>.*>Competent<\/option>/);
  });

  it('are taken away by empty fields', async () => {
    await save({ introduced: 'Exposure' });

    await save({ introduced: '' });

    expect(await stored()).to.deep.equal({});
  });

  for (const { title, labels, says } of [
    {
      title: 'two stages share one',
      labels: { introduced: 'Seen', mastered: 'seen' },
      says: 'Another stage has this word already.',
    },
    {
      title: 'one is too long',
      labels: { introduced: 'x'.repeat(31), mastered: 'Done' },
      says: 'At most 30 characters.',
    },
  ])
    it(`are refused where ${title}, with what was typed`, async () => {
      const answer = await save(labels);

      expect(answer.status).to.equal(400);
      expect(answer.text).to.contain(says);
      const form = readForms(answer.text).find(({ action }) => action.endsWith('/stage-labels'));
      expect(form?.fields).to.include(labels);
      expect(await stored()).to.deep.equal({});
    });
});
