import { expect } from 'chai';
import { listActivities } from '../../src/activities/activity.model.js';
import { listActors } from '../../src/activities/actor-key.model.js';
import { stateLaunch, stateLaunches } from '../../src/activities/state-launches.js';
import { listUnstatedLaunches } from '../../src/lti/launch.model.js';
import { agentKey } from '../../src/xapi/actor.js';
import { VERBS } from '../../src/xapi/vocabulary.js';
import {
  startAttainmentTool,
  type AttainmentTool,
  type OpenTool,
} from '../attainment/attainment-tool.js';
import { listStated } from '../attainment/attainment-world.js';

describe('stateLaunches', () => {
  let started: AttainmentTool;
  before(async () => {
    started = await startAttainmentTool();
  });
  after(() => started.close());

  const state = (world: OpenTool) => stateLaunches({ source: world.source, now: () => new Date() });

  it('tells of each launch once, through the activity of its link', async () => {
    const world = await started.open();
    const { course } = await world.launch({
      target: '/activities',
      resourceLink: { id: 'link-7', title: 'Record hunt' },
    });

    const counts = [await state(world), await state(world)];

    expect(counts).to.deep.equal([1, 0]);
    const [activity] = await listActivities({ deployment: world.deployment, course });
    const [told, ...others] = await listStated();
    expect(others).to.deep.equal([]);
    expect(told?.statement.verb.id).to.equal(VERBS.launched);
    expect(told?.statement.object).to.include({ id: activity?.activityId });
    expect(activity).to.include({
      title: 'Record hunt',
      source: 'resource-link',
      resourceLinkId: 'link-7',
    });
  });

  it('names the framework where the link opens the framework', async () => {
    const world = await started.open();
    await world.launch();

    await state(world);

    const [told] = await listStated();
    expect(told?.statement.object).to.include({ id: world.tree.framework.uri });
  });

  it('tells of staff too, but as nobody whose doings count', async () => {
    const world = await started.open();
    await world.launch({ role: 'Instructor', user: 'teacher' });
    await world.launch({ user: 'ana' });

    await state(world);

    const told = await listStated();
    const actors = await listActors({
      agentKeys: told.map(({ statement }) => agentKey(statement.actor)),
    });
    expect(told).to.have.length(2);
    expect(actors.map(({ learnerIn }) => learnerIn.length).sort()).to.deep.equal([0, 1]);
  });

  it('says nothing of test users', async () => {
    const world = await started.open();
    await world.launch({
      roleUris: [
        'http://purl.imsglobal.org/vocab/lis/v2/membership#Learner',
        'http://purl.imsglobal.org/vocab/lti/system/person#TestUser',
      ],
    });

    await state(world);

    expect(await listStated()).to.deep.equal([]);
  });

  it('says nothing twice when it was stopped before the launch was marked', async () => {
    const world = await started.open();
    await world.launch();
    const [launch] = await listUnstatedLaunches({ limit: 1 });
    if (!launch) throw new Error('the launch does not wait');

    await stateLaunch({ source: world.source, now: () => new Date(), launch });
    await state(world);

    expect(await listStated()).to.have.length(1);
  });
});
