// How soon a change of rule or alignment is seen in a course of 500 learners and 200 activities, what a learner's page reads
// however much there is of them, and how fast attainment is built anew from statements. The projection and the reads of the
// pages run in this process, on the engine of the run; queries are those that the driver sends.
import mongoose from 'mongoose';
import {
  listActivities,
  recordActivities,
  type Activity,
} from '../src/activities/activity.model.js';
import { findAlignment, replaceAlignments } from '../src/activities/alignment.model.js';
import { createStatementSource, type StatementSource } from '../src/activities/statement-source.js';
import { listStandings } from '../src/attainment/attainment.model.js';
import { recordEvidence, listEvidence } from '../src/attainment/evidence.model.js';
import type { Evidence } from '../src/attainment/evidence.js';
import { projectPending } from '../src/attainment/project-attainment.js';
import { projectChanges } from '../src/attainment/project-changes.js';
import type { FeedEntry, StatementFeed } from '../src/attainment/projection.js';
import { rebuildAttainment } from '../src/attainment/rebuild-attainment.js';
import { readRule, setRule } from '../src/attainment/set-rule.js';
import { getFramework } from '../src/frameworks/cf-document.model.js';
import { readTree } from '../src/frameworks/read-tree.js';
import type { StatementSetting } from '../src/xapi/statement-parts.js';
import { completedStatement } from '../src/xapi/statement-templates.js';
import { percentile } from './measure.js';
import type { BenchOptions } from './run.js';
import { startFakePlatform } from './support/fake-platform.js';
import { readCpuSeconds } from './support/cpu-time.js';
import { withStage, type Stage } from './support/stage.js';
import { prepareTool } from './support/start-tool.js';

const FRAMEWORK = 'him';
const COURSE = 'measured-course';
const LEARNERS = 500;
const ACTIVITIES = 200;
const DONE_EACH = 40;
const PER_WRITE = 2_000;
const READS = 200;
const DAY_MS = 24 * 60 * 60 * 1_000;

interface World {
  deployment: string;
  items: string[];
  activities: Activity[];
  source: StatementSource;
}

export async function run(options: BenchOptions): Promise<void> {
  const { print, statements } = options;
  await withStage({ print }, async (stage) => {
    const platform = await startFakePlatform({ port: await stage.port() });
    stage.atEnd(() => platform.close());
    const tool = await prepareTool({ stage, platform });
    // The tool loads the framework when it starts; nothing of it runs while this process measures.
    await (await tool.start({ watched: false })).stop();
    const { deployment, url } = tool;
    const source = createStatementSource({ ...tool, now: () => new Date() });
    const world = await prepareWorld({ deployment, url, source });
    print(
      `# ${String(LEARNERS)} learners with ${String(DONE_EACH)} pieces of evidence each, ${String(ACTIVITIES)} activities aligned to ${String(world.items.length)} competencies`,
    );
    const meter = createMeter({ engine: stage.engine, print });
    await measureChanges({ world, meter });
    await measurePages({ world, print });
    await measureRebuild({ world, statements, print });
  });
}

async function prepareWorld(options: {
  deployment: string;
  url: string;
  source: StatementSource;
}): Promise<World> {
  const { deployment, url, source } = options;
  const tree = await readTree({
    framework: await getFramework({ framework: FRAMEWORK, viewer: { deployment } }),
  });
  const items = tree.competencies.map(({ identifier }) => identifier);
  const now = new Date(Date.now() - DAY_MS);
  await recordActivities({
    facts: Array.from({ length: ACTIVITIES }, (_, index) => ({
      deployment,
      course: COURSE,
      key: ['typed', `Activity ${String(index)}`],
      title: `Activity ${String(index)}`,
      kind: 'quiz' as const,
      source: 'typed' as const,
      address: null,
      resourceLinkId: null,
      lineItemUrl: null,
      lesson: null,
      assessed: false,
      lastLaunchAt: null,
    })),
    url,
    now,
  });
  const activities = await listActivities({ deployment, course: COURSE });
  const world = { deployment, items, activities, source };
  for (const [index, activity] of activities.entries())
    await align({ world, activity, index, now });
  const evidence = Array.from({ length: LEARNERS }, (_, learner) =>
    Array.from({ length: DONE_EACH }, (_none, piece) =>
      buildEvidence({ world, learner, piece, at: now }),
    ),
  ).flat();
  for (let at = 0; at < evidence.length; at += PER_WRITE)
    await recordEvidence({ evidence: evidence.slice(at, at + PER_WRITE) });
  await projectPending({ source, now: () => new Date() });
  await projectChanges({ source, now: () => new Date() });
  return world;
}

/** Activity `index` to two competencies, moved on by `shift`. */
async function align(options: {
  world: World;
  activity: Activity;
  index: number;
  now: Date;
}): Promise<void> {
  const { world, activity, index, now } = options;
  const { deployment, items } = world;
  const { revision } = await findAlignment({ deployment, course: COURSE, activity: activity.id });
  await replaceAlignments({
    deployment,
    course: COURSE,
    activity: activity.id,
    expectedRevision: revision,
    by: 'bench',
    now,
    items: [index, index + 1].map((place) => ({
      framework: FRAMEWORK,
      item: items[place % items.length] ?? '',
      stage: 'introduced' as const,
    })),
  });
}

function buildEvidence(options: {
  world: World;
  learner: number;
  piece: number;
  at: Date;
}): Evidence {
  const { world, learner, piece, at } = options;
  const activity = world.activities[(learner * 7 + piece * 5) % world.activities.length];
  return {
    statementId: `measured-${String(learner)}-${String(piece)}`,
    deployment: world.deployment,
    user: `learner-${String(learner)}`,
    course: COURSE,
    objectId: activity?.id ?? '',
    objectKind: 'activity',
    title: activity?.title ?? '',
    item: null,
    by: null,
    kind: 'assessed',
    completes: true,
    imported: false,
    success: piece % 3 !== 0,
    score: (piece % 10) / 10,
    at: new Date(at.getTime() + piece),
    withdrawn: null,
  };
}

interface Meter {
  /** Milliseconds and queries of `work`, printed with the processor time that this process and the engine took for it. */
  change(what: string, work: () => Promise<void>): Promise<void>;
}

function createMeter(options: { engine: Stage['engine']; print: BenchOptions['print'] }): Meter {
  const { engine, print } = options;
  return {
    async change(what, work) {
      const before = await countQueries();
      const cpu = process.cpuUsage();
      const engineCpu = readCpuSeconds(engine.pid());
      const begun = performance.now();
      await work();
      const ms = performance.now() - begun;
      const { user, system } = process.cpuUsage(cpu);
      const ofEngine = (readCpuSeconds(engine.pid()) - engineCpu) * 1_000;
      const queries = (await countQueries()) - before;
      print(
        `${what}: seen by all ${String(LEARNERS)} after ${ms.toFixed(0)} ms, ${String(queries)} queries, processor time ${((user + system) / 1_000).toFixed(0)} ms here and ${ofEngine.toFixed(0)} ms in the engine => of one second ${(ms / 1_000).toFixed(2)}`,
      );
    },
  };
}

async function measureChanges({ world, meter }: { world: World; meter: Meter }): Promise<void> {
  const { source, activities, items } = world;
  const [activity] = activities;
  if (!activity) return;
  const change = async (what: string, write: () => Promise<void>) => {
    await write();
    await meter.change(what, () => projectChanges({ source, now: () => new Date() }));
  };
  await change('an alignment changed', () => align({ world, activity, index: 3, now: new Date() }));
  await change('the rule of one competency changed', () => changeRule(world, items[1] ?? null));
  await change('the rule of the whole course changed', () => changeRule(world, null));
}

async function changeRule({ deployment }: World, item: string | null): Promise<void> {
  const place = { deployment, framework: FRAMEWORK, item, course: COURSE };
  const { own } = await readRule({ place });
  await setRule({
    place,
    rule: { required: { kind: 'number', n: 3 }, assessed: 0, passPercent: 50 },
    by: 'bench',
    expectedRevision: own.length,
    now: new Date(),
  });
}

/** What the pages of a learner read of attainment and evidence, with little and with much behind it. */
async function measurePages({
  world,
  print,
}: {
  world: World;
  print: BenchOptions['print'];
}): Promise<void> {
  const medians: number[] = [];
  for (const count of [10, 10_000]) {
    const user = `reader-${String(count)}`;
    const evidence = Array.from({ length: count }, (_, piece) => ({
      ...buildEvidence({ world, learner: 0, piece, at: new Date(Date.now() - DAY_MS) }),
      user,
      statementId: `${user}-${String(piece)}`,
    }));
    for (let at = 0; at < count; at += PER_WRITE)
      await recordEvidence({ evidence: evidence.slice(at, at + PER_WRITE) });
    await projectPending({ source: world.source, now: () => new Date() });
    const times: number[] = [];
    for (let read = 0; read < READS; read += 1) {
      const begun = performance.now();
      await Promise.all([
        listStandings({
          deployment: world.deployment,
          scope: { kind: 'course', id: COURSE },
          user,
        }),
        listEvidence({ deployment: world.deployment, users: [user], limit: 50 }),
      ]);
      times.push(performance.now() - begun);
    }
    const median = percentile(
      times.toSorted((a, b) => a - b),
      0.5,
    );
    medians.push(median);
    print(
      `a learner with ${String(count)} statements: their page's reads take ${median.toFixed(2)} ms`,
    );
  }
  print(`=> page with 10,000 / with 10: ${((medians[1] ?? 0) / (medians[0] ?? 1)).toFixed(2)}`);
}

async function measureRebuild({
  world,
  statements,
  print,
}: {
  world: World;
  statements: number;
  print: BenchOptions['print'];
}): Promise<void> {
  const { source } = world;
  const feed = await buildFeed({ world, statements });
  const before = process.memoryUsage.rss();
  let most = before;
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 200);
  const begun = performance.now();
  await rebuildAttainment({ feed, source, now: () => new Date() });
  clearInterval(watch);
  const seconds = (performance.now() - begun) / 1_000;
  const toMb = (bytes: number) => (bytes / 2 ** 20).toFixed(0);
  print(
    `rebuild: ${String(statements)} statements in ${seconds.toFixed(1)} s, ${(statements / seconds).toFixed(0)} a second; memory of this process ${toMb(before)} MB, at most ${toMb(most)} MB`,
  );
}

/** Statements made when they are read, so that the feed itself takes no memory. */
async function buildFeed(options: { world: World; statements: number }): Promise<StatementFeed> {
  const { world, statements } = options;
  const { source, deployment, activities } = world;
  const settings = await source.settingsFor(
    Array.from({ length: LEARNERS }, (_, learner) => ({
      deployment,
      user: `learner-${String(learner)}`,
      course: COURSE,
      courseTitle: 'Measured course',
      learnerIn: COURSE,
      language: 'en',
      framework: null,
      objectId: 'any',
      timestamp: new Date(Date.now() - DAY_MS),
    })),
  );
  const entryAt = (position: number): FeedEntry => {
    const setting = settings[position % settings.length] as StatementSetting;
    const activity = activities[(position * 13) % activities.length] as Activity;
    return {
      position,
      statement: completedStatement({
        id: `00000000-0000-4000-8000-${String(position).padStart(12, '0')}`,
        setting,
        activity: { iri: activity.activityId, title: activity.title, type: 'link' },
        evidenceKind: 'assessed',
        score: { scaled: (position % 10) / 10 },
      }),
      stored: setting.timestamp,
      voids: null,
      authorityKey: 'bench',
    };
  };
  return {
    isTrusted: async () => true,
    readSources: async () => new Map(),
    readOf: async () => [],
    async read({ after, limit }) {
      const length = Math.max(0, Math.min(limit, statements - after));
      const entries = Array.from({ length }, (_, index) => entryAt(after + index + 1));
      return { entries, through: statements };
    },
  };
}

/** Commands that the engine was sent so far, by its own count. */
async function countQueries(): Promise<number> {
  const status = await mongoose.connection.db?.admin().serverStatus();
  const counters = (status?.['opcounters'] ?? {}) as Record<string, number>;
  return ['query', 'command', 'getmore'].reduce((sum, name) => sum + (counters[name] ?? 0), 0);
}
