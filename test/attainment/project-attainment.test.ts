import { expect } from 'chai';
import {
  completeObject,
  openObject,
  recordAttempt,
  undoCompletion,
  type CompletableObject,
  type CourseLaunch,
} from '../../src/activities/complete-object.js';
import type { Attainment } from '../../src/attainment/attainment-row.model.js';
import { listAttainments } from '../../src/attainment/attainment.model.js';
import { listEvidence, listPending } from '../../src/attainment/evidence.model.js';
import {
  projectAttainment,
  projectPage,
  projectPending,
} from '../../src/attainment/project-attainment.js';
import { rebuildAttainment } from '../../src/attainment/rebuild-attainment.js';
import { replaceRule } from '../../src/attainment/completion-rule.model.js';
import { VERBS } from '../../src/xapi/vocabulary.js';
import {
  activityObject,
  align,
  createActivity,
  createWorld,
  FRAMEWORK,
  listStated,
  minute,
  outboxFeed,
  resourceObject,
  type World,
} from './attainment-world.js';
import { buildLaunch } from '../support/build-launch.js';

describe('projectAttainment', () => {
  it('makes a declared completion count in the course and in the framework', async () => {
    const world = await createWorld();
    await complete(world, 0, 1);

    await project(world, 2);

    const [inCourse] = await listAttainments({
      deployment: 'd1',
      scope: { kind: 'course', id: 'c1' },
    });
    expect(inCourse).to.deep.include({
      user: 'u1',
      status: 'progress',
      n: 1,
      m: 3,
      required: 2,
      selfReported: true,
      missing: { more: 1, assessed: 0 },
    });
    const inFramework = await listAttainments({
      deployment: 'd1',
      scope: { kind: 'framework', id: FRAMEWORK },
    });
    expect(inFramework.map(({ item }) => item)).to.deep.equal([world.items[0]]);
  });

  it('achieves at the second one, and tells the LRS once', async () => {
    const world = await createWorld();
    await complete(world, 0, 1);
    await complete(world, 1, 5);

    await project(world, 6);
    await project(world, 7);

    const achieved = await attainmentOf(world, 'course', 'c1');
    expect(achieved).to.deep.include({
      status: 'achieved',
      achievedAt: minute(5),
      selfReported: true,
    });
    const told = (await listStated()).filter(
      ({ statement }) => statement.verb.id === VERBS.achieved,
    );
    expect(told).to.have.length(2);
    expect(told.map(({ statement }) => statement.timestamp)).to.deep.equal([
      minute(5).toISOString(),
      minute(5).toISOString(),
    ]);
  });

  it('counts a double click once', async () => {
    const world = await createWorld();
    const outcomes = await Promise.all([complete(world, 0, 1), complete(world, 0, 1)]);

    await project(world, 2);

    expect(outcomes.sort()).to.deep.equal(['already', 'done']);
    expect(await listEvidence({ deployment: 'd1' })).to.have.length(1);
  });

  it('takes an achievement back when its mark is undone, says so, and tells the LRS', async () => {
    const world = await createWorld();
    await complete(world, 0, 1);
    await complete(world, 1, 5);
    await project(world, 6);

    await undoCompletion(requestOf(world, 1, 8));
    await project(world, 9);

    expect(await attainmentOf(world, 'course', 'c1')).to.deep.include({
      status: 'progress',
      achievedAt: null,
      withdrawnAt: minute(8),
      n: 1,
    });
    const verbs = (await listStated()).map(({ statement }) => statement.verb.id);
    expect(verbs.filter((verb) => verb === VERBS.revoked)).to.have.length(2);
  });

  it('achieves anew after an undone mark is set again, as another event', async () => {
    const world = await createWorld();
    await complete(world, 0, 1);
    await complete(world, 1, 5);
    await project(world, 6);
    await undoCompletion(requestOf(world, 1, 8));
    await project(world, 9);

    await complete(world, 1, 12);
    await project(world, 13);

    expect(await attainmentOf(world, 'course', 'c1')).to.deep.include({
      status: 'achieved',
      achievedAt: minute(12),
      withdrawnAt: null,
    });
    const ids = (await listStated())
      .filter(({ statement }) => statement.verb.id === VERBS.achieved)
      .map(({ statement }) => statement.id);
    expect(new Set(ids)).to.have.property('size', 4);
  });

  it('counts nothing that staff, test users or openings say', async () => {
    const world = await createWorld();
    const staff = await completeObject(requestOf(world, 0, 1, { roles: ['Instructor'] }));
    const test = await completeObject(requestOf(world, 0, 1, { testUser: true }));
    await openObject(requestOf(world, 1, 2));

    await project(world, 3);

    expect([staff, test]).to.deep.equal(['not-counted', 'not-counted']);
    const [one] = await listAttainments({ deployment: 'd1', scope: { kind: 'course', id: 'c1' } });
    expect(one).to.deep.include({ status: 'open', n: 0, attempted: false });
  });

  it('ignores statements of authorities nobody trusts', async () => {
    const world = await createWorld();
    await complete(world, 0, 1);
    const feed = outboxFeed({
      arrange: (entries) => entries.map((entry) => ({ ...entry, authorityKey: 'stranger' })),
    });

    await projectAttainment({ feed, source: world.source, now: () => minute(2) });

    expect(await listEvidence({ deployment: 'd1' })).to.deep.equal([]);
  });

  it('recomputes the course when an activity is aligned later, and needs a score where the activity can bring one', async () => {
    const world = await createWorld();
    const [first = ''] = world.items;
    const activity = await createActivity({
      assessed: true,
      lineItemUrl: 'https://lms.example/items/1',
    });
    await complete(world, 0, 1);
    await completeObject({ ...requestOf(world, 0, 2), object: activityObject(activity) });
    await project(world, 3);

    await align(activity, [first], { at: minute(4) });
    await project(world, 5);

    expect(await attainmentOf(world, 'course', 'c1')).to.deep.include({
      status: 'progress',
      n: 2,
      m: 4,
      assessedRequired: 1,
      missing: { more: 0, assessed: 1 },
    });
  });

  it('keeps what was achieved when the alignment is removed, and shows the live count', async () => {
    const world = await createWorld();
    const [first = ''] = world.items;
    const activity = await createActivity();
    await align(activity, [first], { at: minute(1) });
    await complete(world, 0, 2);
    await completeObject({ ...requestOf(world, 0, 3), object: activityObject(activity) });
    await project(world, 4);

    await align(activity, [], { at: minute(5) });
    await project(world, 6);

    expect(await attainmentOf(world, 'course', 'c1')).to.deep.include({
      status: 'achieved',
      achievedAt: minute(3),
      n: 1,
      m: 3,
    });
  });

  it('lets a rule of the course decide the course and not the framework', async () => {
    const world = await createWorld();
    await complete(world, 0, 1);
    await project(world, 2);

    await replaceRule({
      deployment: 'd1',
      framework: FRAMEWORK,
      item: null,
      course: 'c1',
      expectedRevision: 0,
      rule: { required: { kind: 'number', n: 1 }, assessed: 0 },
      by: 'u9',
      now: minute(3),
    });
    await project(world, 4);

    expect((await attainmentOf(world, 'course', 'c1'))?.status).to.equal('achieved');
    expect((await attainmentOf(world, 'framework', FRAMEWORK))?.status).to.equal('progress');
  });

  it('takes the score of a question set as assessed, keeps the best, and does not count a failed one', async () => {
    const world = await createWorld();
    const answer = (attempt: number, raw: number) =>
      recordAttempt({
        ...requestOf(world, 0, attempt),
        object: resourceObject(world.lesson),
        answered: {
          attempt,
          response: `raw ${raw}`,
          score: { scaled: raw / 2, raw, min: 0, max: 2 },
          passed: raw > 0,
        },
      });
    await answer(1, 0);
    await answer(2, 2);
    await answer(3, 1);

    await project(world, 9);

    const [, second = ''] = world.items;
    const found = (
      await listAttainments({
        deployment: 'd1',
        scope: { kind: 'course', id: 'c1' },
        items: [second],
      })
    )[0];
    expect(found).to.deep.include({ n: 1, score: 1, selfReported: false, attempted: true });
    expect(found?.excluded.map(({ reason }) => reason).sort()).to.deep.equal([
      'not-passed',
      'same-object',
    ]);
  });

  it('loses nothing when it is stopped between storing evidence and computing', async () => {
    const world = await createWorld();
    await complete(world, 0, 1);

    await projectPage({ feed: outboxFeed() });
    const pending = await listPending({ limit: 10 });
    await projectPending({ source: world.source, now: () => minute(2) });

    expect(pending).to.have.length(1);
    expect(await listPending({ limit: 10 })).to.deep.equal([]);
    expect((await attainmentOf(world, 'course', 'c1'))?.n).to.equal(1);
  });

  it('comes to the same with three workers at once', async () => {
    const world = await createWorld();
    for (const index of [0, 1, 2]) await complete(world, index, index + 1);
    await undoCompletion(requestOf(world, 2, 4));

    await Promise.all([1, 2, 3].map(() => project(world, 5)));

    const running = await snapshot();
    await rebuildAttainment({ feed: outboxFeed(), source: world.source, now: () => minute(5) });
    expect(await snapshot()).to.deep.equal(running);
    const achieved = (await listStated()).filter(
      ({ statement }) => statement.verb.id === VERBS.achieved,
    );
    expect(achieved).to.have.length(2);
  });
});

describe('rebuildAttainment', () => {
  it('ends where the running projection is, though statements come in another order and twice', async () => {
    const world = await createWorld();
    const [first = '', second = ''] = world.items;
    const activity = await createActivity();
    await complete(world, 0, 1);
    await project(world, 1);
    await align(activity, [first, second], { at: minute(2) });
    await completeObject({ ...requestOf(world, 0, 3), object: activityObject(activity) });
    await project(world, 3);
    await complete(world, 1, 4);
    await undoCompletion(requestOf(world, 0, 5));
    await project(world, 6);
    await align(activity, [second], { at: minute(7) });
    await completeObject(requestOf(world, 2, 8, { course: 'c2', courseTitle: 'HIM 201' }));
    await project(world, 9);
    const running = await snapshot();

    const feed = outboxFeed({
      arrange: (entries) => [...entries].reverse().flatMap((entry) => [entry, entry]),
    });
    await rebuildAttainment({ feed, source: world.source, now: () => minute(9) });

    expect(await snapshot()).to.deep.equal(running);
    expect(running).to.not.have.length(0);
  });
});

function requestOf(
  world: World,
  resource: number,
  at: number,
  launch: Partial<CourseLaunch> = {},
): { launch: CourseLaunch; object: CompletableObject; source: World['source']; now: Date } {
  const found = world.resources[resource];
  if (!found) throw new Error('no such resource');
  return {
    launch: buildLaunch(launch),
    object: resourceObject(found),
    source: world.source,
    now: minute(at),
  };
}

function complete(world: World, resource: number, at: number) {
  return completeObject(requestOf(world, resource, at));
}

function project(world: World, at: number) {
  return projectAttainment({ feed: outboxFeed(), source: world.source, now: () => minute(at) });
}

/** Of the first competency. */
async function attainmentOf(
  world: World,
  kind: 'course' | 'framework',
  id: string,
): Promise<Attainment | undefined> {
  return (
    await listAttainments({ deployment: 'd1', scope: { kind, id }, items: world.items.slice(0, 1) })
  )[0];
}

async function snapshot(): Promise<Omit<Attainment, 'asOf'>[]> {
  const scopes = [
    { kind: 'course' as const, id: 'c1' },
    { kind: 'course' as const, id: 'c2' },
    { kind: 'framework' as const, id: FRAMEWORK },
  ];
  const found = await Promise.all(
    scopes.map((scope) => listAttainments({ deployment: 'd1', scope })),
  );
  return found
    .flat()
    .map(({ asOf: _asOf, ...rest }) => rest)
    .sort((a, b) =>
      JSON.stringify([a.scope, a.item]) < JSON.stringify([b.scope, b.item]) ? -1 : 1,
    );
}
