// Attainment is exactly a function of evidence and histories: after any history of completions, undone marks, alignments,
// rules, shortlists and attestations, projected by several workers, out of order, twice and with stops between the steps,
// a rebuild from scratch finds what the running projection shows. CROSSWALK_TEST_HISTORIES=N tries N histories.
import { expect } from 'chai';
import fc from 'fast-check';
import type { Activity } from '../../src/activities/activity.model.js';
import { completeObject, undoCompletion } from '../../src/activities/complete-object.js';
import { findShortlist, replaceShortlist } from '../../src/activities/shortlist.model.js';
import { listAttainments } from '../../src/attainment/attainment.model.js';
import type { CompletionRule } from '../../src/attainment/completion-rule.js';
import { projectAttainment, projectPage } from '../../src/attainment/project-attainment.js';
import { rebuildAttainment } from '../../src/attainment/rebuild-attainment.js';
import { readRule, setRule } from '../../src/attainment/set-rule.js';
import { enqueueStatement } from '../../src/outbox/enqueue-statement.js';
import { attestedStatement } from '../../src/xapi/competency-templates.js';
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

const HISTORIES = Number(process.env['CROSSWALK_TEST_HISTORIES'] ?? '6');
const SEED = 1128;
const PEOPLE = ['u1', 'u2'];
const COURSES = ['c1', 'c2'];
const RULES: CompletionRule[] = [
  { required: { kind: 'number', n: 1 }, assessed: 0 },
  { required: { kind: 'all' }, assessed: 0, attested: 'whole' },
  { required: { kind: 'percent', percent: 50 }, assessed: 0, keep: 'latest', passPercent: 80 },
];

const who = { user: fc.constantFrom(...PEOPLE), course: fc.constantFrom(...COURSES) };
const place = { item: fc.nat(1), course: fc.constantFrom(...COURSES) };
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('complete' as const), ...who, at: fc.nat(2) }),
  },
  fc.record({ kind: fc.constant('undo' as const), ...who, at: fc.nat(2) }),
  fc.record({ kind: fc.constant('attest' as const), ...who, success: fc.boolean() }),
  fc.record({ kind: fc.constant('align' as const), items: fc.subarray([0, 1]) }),
  fc.record({ kind: fc.constant('rule' as const), ...place, rule: fc.option(fc.nat(2)) }),
  fc.record({ kind: fc.constant('shortlist' as const), ...place, hidden: fc.subarray([0, 1, 2]) }),
  fc.record({ kind: fc.constant('project' as const), workers: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ kind: fc.constant('stop' as const) }),
);

type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

const histories = fc.record({
  steps: fc.array(step, { minLength: 5, maxLength: 14 }),
  keys: fc.array(fc.nat(), { minLength: 200, maxLength: 200 }),
});

describe('attainment after any history', () => {
  const samples = fc.sample(histories, { numRuns: HISTORIES, seed: SEED });
  for (const [number, { steps, keys }] of samples.entries())
    it(`is what a rebuild finds: history ${number + 1}`, async () => {
      const world = await createWorld();
      const activity = await createActivity();
      for (const [index, one] of steps.entries())
        await play({ world, activity, at: index + 1, step: one });
      await project(world, 100);
      const running = await snapshot();
      const { entries } = await outboxFeed().read({ after: 0, limit: 10_000 });
      const arranged = [...entries, ...entries]
        .map((entry, index) => ({ entry, key: keys[index % keys.length] ?? 0 }))
        .sort((a, b) => a.key - b.key)
        .map(({ entry }) => entry);

      await rebuildAttainment({
        feed: outboxFeed({ arrange: () => arranged }),
        source: world.source,
        now: () => minute(100),
      });

      expect(await snapshot()).to.deep.equal(running);
    });
});

async function play(options: {
  world: World;
  activity: Activity;
  at: number;
  step: Step;
}): Promise<void> {
  const { world, activity, at, step: one } = options;
  const now = minute(at);
  if (one.kind === 'complete' || one.kind === 'undo') {
    const resource = world.resources[one.at];
    if (!resource) throw new Error('no such resource');
    const launch = buildLaunch({ user: one.user, course: one.course });
    const request = { launch, object: resourceObject(resource), source: world.source, now };
    await (one.kind === 'complete' ? completeObject(request) : undoCompletion(request));
  }
  if (one.kind === 'attest') await attest({ world, at, ...one });
  if (one.kind === 'align')
    await align(
      activity,
      one.items.map((index) => world.items[index] ?? ''),
      { at: now },
    );
  if (one.kind === 'rule') {
    const item = world.items[one.item] ?? '';
    const spot = { deployment: 'd1', framework: FRAMEWORK, item, course: one.course };
    const { own } = await readRule({ place: spot });
    const rule = one.rule === null ? null : (RULES[one.rule] ?? null);
    await setRule({ place: spot, rule, by: 'u9', expectedRevision: own.length, now });
  }
  if (one.kind === 'shortlist') {
    const item = world.items[one.item] ?? '';
    const spot = { deployment: 'd1', framework: FRAMEWORK, item, course: one.course };
    const { revision: expectedRevision } = await findShortlist(spot);
    const hidden = one.hidden.map((index) => world.resources[index]?.id ?? '');
    const lists = { pinned: [], required: [], hidden, notes: [] };
    await replaceShortlist({ ...spot, ...lists, expectedRevision, by: 'u9', now });
  }
  if (one.kind === 'project')
    await Promise.all(Array.from({ length: one.workers }, () => project(world, at)));
  // Stopped between storing evidence and computing from it.
  if (one.kind === 'stop') await projectPage({ feed: outboxFeed() });
}

async function attest(options: {
  world: World;
  at: number;
  user: string;
  course: string;
  success: boolean;
}): Promise<void> {
  const { world, at, user, course, success } = options;
  const competency = world.tree.items.get(world.items[0] ?? '');
  const request = {
    deployment: 'd1',
    course,
    language: 'en',
    framework: null,
    timestamp: minute(at),
  };
  const objectId = competency?.identifier ?? '';
  const [setting, teacher] = await world.source.settingsFor([
    { ...request, user, learnerIn: course, objectId },
    { ...request, user: 'u9', learnerIn: null, objectId },
  ]);
  if (!setting || !teacher) throw new Error('there is one setting for each request');
  const statement = attestedStatement({
    id: await world.source.deriveId('attested', user, course, at),
    setting,
    competency: { iri: competency?.uri ?? '', name: competency?.fullStatement ?? '' },
    instructor: teacher.actor,
    success,
  });
  const about = { kind: 'attested' as const, course, objectId, attempt: at };
  await enqueueStatement({ deployment: 'd1', user, statement, about, now: minute(at) });
}

function project({ source }: World, at: number): Promise<void> {
  return projectAttainment({ feed: outboxFeed(), source, now: () => minute(at) });
}

async function snapshot(): Promise<unknown[]> {
  const scopes = [
    ...COURSES.map((id) => ({ kind: 'course' as const, id })),
    { kind: 'framework' as const, id: FRAMEWORK },
  ];
  const found = await Promise.all(
    scopes.map((scope) => listAttainments({ deployment: 'd1', scope })),
  );
  return found
    .flat()
    .map(({ asOf: _asOf, ...rest }) => rest)
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function keyOf({ user, scope, item }: { user: string; scope: unknown; item: string }): string {
  return JSON.stringify([user, scope, item]);
}
