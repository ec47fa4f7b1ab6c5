// Attestations and ratings on the road of every statement: outbox, feed, evidence, attainment; and a course's shortlist.
import { expect } from 'chai';
import { replaceShortlist } from '../../src/activities/shortlist.model.js';
import { completeObject } from '../../src/activities/complete-object.js';
import type { Attainment } from '../../src/attainment/attainment-row.model.js';
import { listAttainments } from '../../src/attainment/attainment.model.js';
import { listEvidence } from '../../src/attainment/evidence.model.js';
import { projectAttainment } from '../../src/attainment/project-attainment.js';
import { rebuildAttainment } from '../../src/attainment/rebuild-attainment.js';
import { enqueueStatement } from '../../src/outbox/enqueue-statement.js';
import { attestedStatement } from '../../src/xapi/competency-templates.js';
import {
  completedStatement,
  ratedStatement,
  voidingStatement,
} from '../../src/xapi/statement-templates.js';
import type { Statement } from '../../src/xapi/statement.js';
import { buildLaunch } from '../support/build-launch.js';
import {
  align,
  createActivity,
  createWorld,
  FRAMEWORK,
  minute,
  outboxFeed,
  resourceObject,
  type World,
} from './attainment-world.js';

describe('the word of a named person', () => {
  it('becomes evidence for the competency itself, with who said it, and counts in course and framework', async () => {
    const world = await createWorld();
    await say(await attest(world, 1));

    await project(world, 2);

    const [evidence] = await listEvidence({ deployment: 'd1' });
    expect(evidence).to.deep.include({
      kind: 'attested',
      objectKind: 'item',
      objectId: world.items[0],
      item: { framework: FRAMEWORK, item: world.items[0] },
      by: 'u9',
      course: 'c1',
    });
    for (const scope of ['c1', FRAMEWORK])
      expect(await attainmentOf(world, scope)).to.deep.include({ n: 1, m: 4, selfReported: false });
  });

  it('is taken back by voiding its statement', async () => {
    const world = await createWorld();
    const statement = await attest(world, 1);
    await say(statement);
    await project(world, 2);

    await say(
      voidingStatement({
        id: await world.source.deriveId('unsay', 1),
        actor: (await settingOf(world, 'any', 3)).actor,
        voids: statement.id ?? '',
        timestamp: minute(3),
      }),
      3,
    );
    await project(world, 4);

    expect(await attainmentOf(world, 'c1')).to.deep.include({ n: 0, m: 3, attempted: false });
  });

  it('is no word of ours for a competency that nobody knows', async () => {
    const world = await createWorld();
    await say(await attest(world, 1, 'https://elsewhere.example/items/1'));

    await project(world, 2);

    expect(await listEvidence({ deployment: 'd1' })).to.deep.equal([]);
  });

  it('does not make evidence of what we said ourselves of an achievement', async () => {
    const world = await createWorld();
    for (const index of [0, 1]) await complete(world, index, index + 1);
    await project(world, 3);

    await say(await attest(world, 4), 4);
    await project(world, 5);

    const kinds = (await listEvidence({ deployment: 'd1' })).map(({ kind }) => kind);
    expect(kinds.sort()).to.deep.equal(['attested', 'declared', 'declared']);
  });
});

describe('a rating', () => {
  it('speaks for one of the competencies that its activity is aligned to', async () => {
    const world = await createWorld();
    const [first = '', second = ''] = world.items;
    const activity = await createActivity();
    await align(activity, [first, second], { at: minute(0) });
    const object = { iri: activity.activityId, title: activity.title, type: 'link' as const };
    const setting = await settingOf(world, activity.id, 1);
    const id = await world.source.deriveId('done', 1);
    const score = { scaled: 0.9 };
    await say(
      completedStatement({ id, setting, activity: object, evidenceKind: 'assessed', score }),
    );
    await say(
      ratedStatement({
        id: await world.source.deriveId('rated', 1),
        setting: await settingOf(world, activity.id, 2),
        activity: object,
        competency: competencyOf(world),
        instructor: await teacher(world),
        score: { scaled: 0.2 },
        success: false,
      }),
      2,
    );

    await project(world, 3);

    expect(await attainmentOf(world, 'c1')).to.deep.include({ n: 0, attempted: true });
    expect(await attainmentOf(world, 'c1', second)).to.deep.include({ n: 1, score: 0.9 });
  });
});

describe('a shortlist', () => {
  it('changes the course’s answer when it is saved, never the framework’s, and a rebuild says the same', async () => {
    const world = await createWorld();
    await complete(world, 0, 1);
    await project(world, 2);

    await replaceShortlist({
      deployment: 'd1',
      course: 'c1',
      framework: FRAMEWORK,
      item: world.items[0] ?? '',
      expectedRevision: 0,
      by: 'u9',
      now: minute(3),
      pinned: [],
      required: [],
      hidden: [world.resources[0]?.id ?? ''],
      notes: [],
    });
    await project(world, 4);

    const inCourse = await attainmentOf(world, 'c1');
    expect(inCourse).to.deep.include({ n: 0, m: 2, status: 'open' });
    expect(inCourse?.excluded[0]?.reason).to.equal('hidden');
    expect(await attainmentOf(world, FRAMEWORK)).to.deep.include({ n: 1, m: 3 });
    const { source } = world;
    await rebuildAttainment({ feed: outboxFeed(), source, now: () => minute(4) });
    expect(await attainmentOf(world, 'c1')).to.deep.equal(inCourse);
  });
});

function competencyOf({ tree, items }: World): { iri: string; name: string } {
  const found = tree.items.get(items[0] ?? '');
  return { iri: found?.uri ?? '', name: found?.fullStatement ?? '' };
}

function settingOf(world: World, objectId: string, at: number) {
  return world.source.settingFor({
    deployment: 'd1',
    user: 'u1',
    course: 'c1',
    learnerIn: 'c1',
    language: 'en',
    framework: world.tree.framework,
    objectId,
    timestamp: minute(at),
  });
}

async function teacher({ source }: World) {
  const { actor } = await source.settingFor({
    deployment: 'd1',
    user: 'u9',
    course: 'c1',
    learnerIn: null,
    language: 'en',
    framework: null,
    objectId: 'any',
    timestamp: minute(0),
  });
  return actor;
}

async function attest(world: World, at: number, iri = competencyOf(world).iri): Promise<Statement> {
  return attestedStatement({
    id: await world.source.deriveId('attested', at),
    setting: await settingOf(world, iri, at),
    competency: { ...competencyOf(world), iri },
    instructor: await teacher(world),
    success: true,
  });
}

async function say(statement: Statement, at = 1): Promise<void> {
  const about = { kind: 'attested' as const, course: 'c1', objectId: 'any', attempt: at };
  await enqueueStatement({ deployment: 'd1', user: 'u1', statement, about, now: minute(at) });
}

function complete(world: World, resource: number, at: number) {
  const found = world.resources[resource];
  if (!found) throw new Error('no such resource');
  return completeObject({
    launch: buildLaunch(),
    object: resourceObject(found),
    source: world.source,
    now: minute(at),
  });
}

function project({ source }: World, at: number): Promise<void> {
  return projectAttainment({ feed: outboxFeed(), source, now: () => minute(at) });
}

async function attainmentOf(
  world: World,
  id: string,
  item = world.items[0] ?? '',
): Promise<Attainment | undefined> {
  const kind = id === FRAMEWORK ? 'framework' : 'course';
  return (await listAttainments({ deployment: 'd1', scope: { kind, id }, items: [item] }))[0];
}
