import { expect } from 'chai';
import { listActivities } from '../../src/activities/activity.model.js';
import { listActors } from '../../src/activities/actor-key.model.js';
import { enqueueLaunches, stateLaunches } from '../../src/activities/state-launches.js';
import { AppError } from '../../src/http/errors.js';
import { listUnstatedLaunches, type LaunchRecord } from '../../src/lti/launch.model.js';
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

  it('tells of many launches together, each through its own course, link and person', async () => {
    const world = await started.open();
    const places = [
      { course: 'HIM101', resourceLink: { id: 'link-1', title: 'Quiz 1' } },
      { course: 'HIM101', resourceLink: { id: 'link-2', title: 'Quiz 2' } },
      { course: 'HIM202', resourceLink: { id: 'link-1', title: 'Quiz of the other course' } },
    ];
    for (const place of places)
      for (const user of ['ana', 'ben'])
        await world.launch({ ...place, user, target: '/activities' });

    const count = await state(world);

    const told = (await listStated()).map(({ statement: { actor, object, context } }) => ({
      who: agentKey(actor),
      title: 'definition' in object ? object.definition?.name?.['en'] : null,
      course: [context?.contextActivities?.grouping ?? []].flat()[0]?.id,
    }));
    expect(count).to.equal(6);
    expect(new Set(told.map(({ who }) => who)).size).to.equal(2);
    expect(told.map(({ title }) => title).sort()).to.deep.equal([
      'Quiz 1',
      'Quiz 1',
      'Quiz 2',
      'Quiz 2',
      'Quiz of the other course',
      'Quiz of the other course',
    ]);
    expect(new Set(told.map(({ title, course }) => `${title} ${course}`)).size).to.equal(3);
  });

  it('tells of a learner’s launches in the order in which they happened', async () => {
    const world = await started.open();
    for (const id of ['link-1', 'link-2', 'link-3'])
      await world.launch({ target: '/activities', resourceLink: { id, title: id } });
    const waiting = await listUnstatedLaunches({ limit: 10 });

    await state(world);

    const stated = await listStated();
    expect(stated.map(({ statement }) => statement.timestamp)).to.deep.equal(
      waiting.map(({ at }) => at.toISOString()),
    );
  });

  describe('stopped', () => {
    const waiting = async (world: OpenTool): Promise<LaunchRecord[]> => {
      for (const user of ['ana', 'ben', 'eve']) await world.launch({ user, target: '/activities' });
      return listUnstatedLaunches({ limit: 10 });
    };
    const enqueue = (world: OpenTool, launches: LaunchRecord[]) =>
      enqueueLaunches({ source: world.source, now: () => new Date(), launches });
    const idsOf = async () => (await listStated()).map(({ statement }) => statement.id);

    it('before the launches were marked, it says nothing twice', async () => {
      const world = await started.open();
      await enqueue(world, await waiting(world));
      const before = await idsOf();

      const count = await state(world);

      expect(count).to.equal(3);
      expect(await idsOf())
        .to.have.length(3)
        .and.to.have.members(before);
    });

    it('when some statements were in the outbox and others not, it says the others', async () => {
      const world = await started.open();
      await enqueue(world, (await waiting(world)).slice(1, 2));

      await state(world);

      expect(new Set(await idsOf()).size).to.equal(3);
      expect(await idsOf()).to.have.length(3);
    });

    it('between the records of people and the outbox, it begins again', async () => {
      const world = await started.open();
      await waiting(world);
      const broken = { ...world.source, deriveId: () => Promise.reject(new Error('killed')) };

      const outcome = await stateLaunches({ source: broken, now: () => new Date() }).catch(String);

      expect(outcome).to.contain('killed');
      expect(await idsOf()).to.deep.equal([]);
      expect(await state(world)).to.equal(3);
      expect(await idsOf()).to.have.length(3);
    });

    it('or at work in two processes at once, it says each once', async () => {
      const world = await started.open();
      await waiting(world);

      await Promise.all([state(world), state(world)]);

      expect(new Set(await idsOf()).size).to.equal(3);
      expect(await idsOf()).to.have.length(3);
      expect(await listUnstatedLaunches({ limit: 10 })).to.deep.equal([]);
    });

    it('takes no new batch once it is told to stop', async () => {
      const world = await started.open();
      await waiting(world);

      const count = await stateLaunches({
        source: world.source,
        now: () => new Date(),
        signal: AbortSignal.abort(),
      });

      expect(count).to.equal(0);
      expect(await listUnstatedLaunches({ limit: 10 })).to.have.length(3);
    });
  });

  it('lets a launch that makes no valid statement hold up none of the others', async () => {
    const world = await started.open();
    for (const user of ['ana', 'ben', 'eve']) await world.launch({ user });
    const [, bad] = await listUnstatedLaunches({ limit: 10 });
    const source = {
      ...world.source,
      deriveId: (...parts: (string | number)[]) =>
        parts[1] === bad?._id ? Promise.resolve('no id') : world.source.deriveId(...parts),
    };

    const outcome = await stateLaunches({ source, now: () => new Date() }).catch(
      (error: unknown) => error,
    );

    expect(outcome).to.be.instanceOf(AppError).and.to.include({ code: 'outbox.invalid-statement' });
    expect(await listStated()).to.have.length(2);
    const left = await listUnstatedLaunches({ limit: 10 });
    expect(left.map(({ _id }) => _id)).to.deep.equal([bad?._id]);
  });
});
