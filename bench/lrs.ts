// Statements a second into the LRS and queries out of it, over HTTP with Basic authentication: ours, any other whose address is
// given (--lrs URL --key KEY --password PASSWORD), and beside them what the engine does with the same documents in the same
// indexes. One engine, one process of the tool, the same requests for all.
import { randomUUID } from 'node:crypto';
import mongoose from 'mongoose';
import { Pool } from 'undici';
import { addLrsKey } from '../src/lrs/lrs-keys.js';
import { measure, row, runAll } from './measure.js';
import type { BenchOptions } from './run.js';
import { copyIndexes } from './support/copy-database.js';
import { startFakePlatform } from './support/fake-platform.js';
import { withStage } from './support/stage.js';
import { prepareTool } from './support/start-tool.js';

const LEVELS = [1, 8, 32];
const BATCHES = [1, 10, 100];
const SEED_BATCH = 500;
const SEED_WRITERS = 4;
const LEARNERS = 1_000;
const ACTIVITIES = 500;
const COURSES = 20;
const VERBS = ['completed', 'passed', 'failed', 'experienced', 'answered'];
const WIDTHS = [34, 10, 12, 10, 10];
const STATEMENTS = 'statements';

interface Lrs {
  name: string;
  pool: Pool;
  path: string;
  headers: Record<string, string>;
}

export async function run(options: BenchOptions): Promise<void> {
  const { seconds, statements, other, print } = options;
  await withStage({ print }, async (stage) => {
    const platform = await startFakePlatform({ port: await stage.port() });
    stage.atEnd(() => platform.close());
    const tool = await prepareTool({ stage, platform });
    const peer = await tool.start({ watched: false });
    print('# one process of the tool; writes are acknowledged with w: 1, journal: true');
    const key = await addLrsKey({ name: 'Bench', scopes: ['all'], now: new Date() });
    const ours = openLrs({
      name: 'ours',
      endpoint: `${tool.url}/xapi`,
      key: key.key,
      password: key.secret,
    });
    const stores = other === null ? [ours] : [ours, openLrs({ name: 'the other', ...other })];
    stage.atEnd(async () => {
      await Promise.all(stores.map(({ pool }) => pool.close()));
    });

    for (const lrs of stores) {
      print('');
      print(`${lrs.name}: writing`);
      const batches = await measureWriting({ lrs, seconds, print });
      if (lrs !== ours) continue;
      peer.pause();
      await measureEngine({ seconds, batches, print });
      peer.resume();
    }
    for (const lrs of stores) {
      const sample = await fill({ lrs, from: 0, to: Math.floor(statements / 10) });
      print('');
      print(`${lrs.name}: queries with ${String(Math.floor(statements / 10))} statements more`);
      const few = await measureQueries({ lrs, sample, seconds, print });
      await fill({ lrs, from: Math.floor(statements / 10), to: statements });
      print(`${lrs.name}: queries with ${String(statements)} statements more`);
      const many = await measureQueries({ lrs, sample, seconds, print });
      for (const [what, before] of few)
        print(`=> ${what}: median ${((many.get(what) ?? NaN) / before).toFixed(2)} times as long`);
    }
  });
}

function openLrs(options: { name: string; endpoint: string; key: string; password: string }): Lrs {
  const { name, endpoint, key, password } = options;
  const url = new URL(endpoint);
  return {
    name,
    pool: new Pool(url.origin, { connections: Math.max(...LEVELS) }),
    path: url.pathname.replace(/\/+$/, ''),
    headers: {
      authorization: `Basic ${Buffer.from(`${key}:${password}`).toString('base64')}`,
      'x-experience-api-version': '1.0.3',
      'content-type': 'application/json',
    },
  };
}

async function ask(
  lrs: Lrs,
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body: string | null = null,
): Promise<void> {
  const answer = await lrs.pool.request({
    method,
    path: `${lrs.path}${path}`,
    headers: lrs.headers,
    body,
  });
  const text = await answer.body.text();
  if (answer.statusCode >= 300) throw new Error(`${answer.statusCode} ${text.slice(0, 200)}`);
}

/** Prints statements a second; gives back those of batches of 100 by how many were at once. */
async function measureWriting(options: {
  lrs: Lrs;
  seconds: number;
  print: (line: string) => void;
}): Promise<Map<number, number>> {
  const { lrs, seconds, print } = options;
  const batches = new Map<number, number>();
  print(row(['', 'at once', 'statements/s', 'p50 ms', 'p99 ms'], WIDTHS));
  for (const size of BATCHES)
    for (const concurrency of LEVELS) {
      const found = await measure({
        seconds,
        concurrency,
        step: () => ask(lrs, 'POST', '/statements', write(size)),
      });
      if (size === Math.max(...BATCHES)) batches.set(concurrency, found.perSecond * size);
      print(
        row(
          [`POST of ${size}`, String(concurrency), found.perSecond * size, found.p50, found.p99],
          WIDTHS,
        ),
      );
      if (found.firstFailure !== null) print(`  ${found.failures} failed: ${found.firstFailure}`);
    }
  for (const concurrency of LEVELS) {
    const found = await measure({
      seconds,
      concurrency,
      step: () => {
        const statement = buildStatement(Math.floor(Math.random() * LEARNERS));
        const path = `/statements?statementId=${statement.id}`;
        return ask(lrs, 'PUT', path, JSON.stringify(statement));
      },
    });
    print(row(['PUT', String(concurrency), found.perSecond, found.p50, found.p99], WIDTHS));
  }
  return batches;
}

/** The documents that our LRS made of them, in batches of 100 into an empty collection with the same indexes. */
async function measureEngine(options: {
  seconds: number;
  batches: Map<number, number>;
  print: (line: string) => void;
}): Promise<void> {
  const { seconds, batches, print } = options;
  const { db } = mongoose.connection;
  if (!db) throw new Error('not connected');
  const size = Math.max(...BATCHES);
  const documents = await db.collection(STATEMENTS).find().limit(20_000).toArray();
  for (const concurrency of LEVELS) {
    const name = `${STATEMENTS}Engine${String(concurrency)}`;
    await copyIndexes({ source: db, target: db, name: STATEMENTS, as: name });
    const target = db.collection<{ _id: string; log: string }>(name);
    let round = 0;
    const found = await measure({
      seconds,
      concurrency,
      step: async (index) => {
        const from = (index * size) % documents.length;
        if (from === 0) round += 1;
        const lap = `${String(round)}-${String(index)}`;
        const batch = documents.slice(from, from + size).map((one) => ({
          ...one,
          // The same document again, at another place: a unique index refuses a place that is taken.
          _id: `${String(one['_id'])}-${lap}`,
          log: lap,
        }));
        await target.insertMany(batch, { ordered: false });
      },
    });
    const perSecond = found.perSecond * size;
    print(
      row(
        [`engine: insertMany of ${size}`, String(concurrency), perSecond, found.p50, found.p99],
        WIDTHS,
      ),
    );
    print(
      `=> POST of ${size}/engine ${((batches.get(concurrency) ?? NaN) / perSecond).toFixed(2)}`,
    );
    await target.drop();
  }
}

/** Prints queries a second; gives back the median of each, in milliseconds. */
async function measureQueries(options: {
  lrs: Lrs;
  sample: string[];
  seconds: number;
  print: (line: string) => void;
}): Promise<Map<string, number>> {
  const { lrs, sample, seconds, print } = options;
  const pick = (count: number) => Math.floor(Math.random() * count);
  const queries: [string, () => Record<string, string>][] = [
    ['GET by id', () => ({ statementId: sample[pick(sample.length)] ?? '' })],
    [
      'GET by agent and verb',
      () => ({
        agent: JSON.stringify(agentOf(pick(LEARNERS))),
        verb: verbOf(pick(VERBS.length)),
        limit: '25',
      }),
    ],
    [
      'GET by related activity',
      () => ({ activity: courseOf(pick(COURSES)), related_activities: 'true', limit: '25' }),
    ],
  ];
  const medians = new Map<string, number>();
  print(row(['', 'at once', 'queries/s', 'p50 ms', 'p99 ms'], WIDTHS));
  for (const [what, build] of queries)
    for (const concurrency of LEVELS) {
      const found = await measure({
        seconds,
        concurrency,
        step: () => ask(lrs, 'GET', `/statements?${new URLSearchParams(build()).toString()}`),
      });
      if (concurrency === LEVELS[0]) medians.set(what, found.p50);
      print(row([what, String(concurrency), found.perSecond, found.p50, found.p99], WIDTHS));
      if (found.firstFailure !== null) print(`  ${found.failures} failed: ${found.firstFailure}`);
    }
  return medians;
}

/** Stores statements until there are so many of this run; gives back ids of some. */
async function fill(options: { lrs: Lrs; from: number; to: number }): Promise<string[]> {
  const { lrs, from, to } = options;
  const sample: string[] = [];
  await runAll({
    total: Math.ceil((to - from) / SEED_BATCH),
    concurrency: SEED_WRITERS,
    step: async (index) => {
      const batch = Array.from({ length: SEED_BATCH }, (_, at) =>
        buildStatement(from + index * SEED_BATCH + at),
      );
      await ask(lrs, 'POST', '/statements', JSON.stringify(batch));
      if (batch[0]) sample.push(batch[0].id);
    },
  });
  return sample;
}

function write(size: number): string {
  const batch = Array.from({ length: size }, () =>
    buildStatement(Math.floor(Math.random() * LEARNERS * ACTIVITIES)),
  );
  return JSON.stringify(size === 1 ? batch[0] : batch);
}

function buildStatement(number: number) {
  return {
    id: randomUUID(),
    actor: agentOf(number % LEARNERS),
    // Every learner does everything, so that no query finds nothing.
    verb: {
      id: verbOf(Math.floor(number / LEARNERS) % VERBS.length),
      display: { en: 'did' },
    },
    object: {
      objectType: 'Activity',
      id: `https://lms.example/activities/${String(number % ACTIVITIES)}`,
      definition: { name: { en: `Activity ${String(number % ACTIVITIES)}` } },
    },
    result: { completion: true, score: { scaled: (number % 100) / 100 } },
    context: {
      registration: randomUUID(),
      contextActivities: { parent: [{ id: courseOf(number % COURSES) }] },
    },
    timestamp: new Date().toISOString(),
  };
}

function agentOf(number: number) {
  return {
    objectType: 'Agent',
    account: { homePage: 'https://lms.example', name: `learner-${String(number)}` },
  };
}

function verbOf(number: number): string {
  return `http://adlnet.gov/expapi/verbs/${VERBS[number] ?? 'completed'}`;
}

function courseOf(number: number): string {
  return `https://lms.example/courses/${String(number)}`;
}
