// Statements a second through the outbox: written into it by this process, then delivered by the tool's worker over HTTP
// into its own LRS; beside the engine's own insertMany of the same documents with the same indexes in the same run.
// The tool is paused while statements are written and while the engine alone is measured.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import mongoose from 'mongoose';
import { enqueueStatement } from '../src/outbox/enqueue-statement.js';
import type { Statement } from '../src/xapi/statement.js';
import { experiencedStatement } from '../src/xapi/statement-templates.js';
import { runAll } from './measure.js';
import type { BenchOptions } from './run.js';
import { copyIndexes } from './support/copy-database.js';
import { startFakePlatform } from './support/fake-platform.js';
import type { PeerProcess } from './support/peer-process.js';
import { withStage } from './support/stage.js';
import { prepareTool } from './support/start-tool.js';

const STATEMENTS = 20_000;
const CONCURRENCY = 16;
const LEARNERS = 200;
const COURSES = 5;
/** Documents in one insertMany: well below the 2 MB a call that the engine takes at full speed. */
const BATCH_DOCUMENTS = 500;
const DRAIN_DEADLINE_MS = 100_000;
const POLL_MS = 100;
const OUTBOX = 'outboxStatements';
const LRS = 'statements';

export async function run(options: BenchOptions): Promise<void> {
  const { print } = options;
  await withStage({ print }, async (stage) => {
    const platform = await startFakePlatform({ port: await stage.port() });
    stage.atEnd(() => platform.close());
    const tool = await prepareTool({ stage, platform });
    const peer = await tool.start({ watched: false });
    const before = await peer.ask({ type: 'memory' }, 'memory');
    peer.pause();
    const ownBefore = process.memoryUsage.rss();

    const enqueued = await runAll({
      total: STATEMENTS,
      concurrency: CONCURRENCY,
      step: (index) => enqueue({ index, deployment: tool.deployment, url: tool.url }),
    });
    print(
      `enqueue: ${enqueued.perSecond.toFixed(0)} statements a second (${String(STATEMENTS)}, ${String(CONCURRENCY)} at once); memory of the writer ${megabytes(ownBefore)} -> ${megabytes(process.memoryUsage.rss())} MB`,
    );
    const outbox = await insertAgain({ name: OUTBOX, filter: { isGap: { $ne: true } } });
    printEngine({ what: 'enqueue', perSecond: enqueued.perSecond, engine: outbox, print });

    peer.resume();
    const drained = await drain({ print });
    const after = await peer.ask({ type: 'memory' }, 'memory');
    const settled = await readUseWhenQuiet(peer);
    peer.pause();
    print(
      `drain: ${drained.perSecond.toFixed(0)} statements a second into our own LRS over HTTP (${String(drained.count)} in ${drained.seconds.toFixed(1)} s); memory of the tool ${before.residentMb.toFixed(0)} -> ${after.residentMb.toFixed(0)} MB, ${settled.toFixed(0)} MB once quiet`,
    );
    const statements = await insertAgain({ name: LRS, filter: {} });
    printEngine({ what: 'drain', perSecond: drained.perSecond, engine: statements, print });
    peer.resume();
  });
}

async function enqueue(options: { index: number; deployment: string; url: string }): Promise<void> {
  const { index, deployment, url } = options;
  const now = new Date();
  const learner = `learner-${String(index % LEARNERS)}`;
  const course = `course-${String(index % COURSES)}`;
  await enqueueStatement({
    deployment,
    user: learner,
    statement: buildStatement({ index, url, learner, course, now }),
    about: { kind: 'experienced', course, objectId: `resource-${String(index)}`, attempt: 1 },
    now,
  });
}

function buildStatement(options: {
  index: number;
  url: string;
  learner: string;
  course: string;
  now: Date;
}): Statement {
  const { index, url, learner, course, now } = options;
  return experiencedStatement({
    id: randomUUID(),
    setting: {
      actor: { objectType: 'Agent', account: { homePage: `${url}/learners`, name: learner } },
      platformName: 'Bench LMS',
      language: 'en',
      registration: randomUUID(),
      course: { iri: `${url}/courses/${course}`, title: `Health information, ${course}` },
      framework: { iri: `${url}/frameworks/him`, title: 'HIM Career Pathway competencies' },
      timestamp: now,
    },
    activity: {
      iri: `${url}/resources/resource-${String(index % 500)}`,
      title: `Learning resource ${String(index % 500)}`,
      type: 'resource',
    },
  });
}

/** Watches the LRS's collection grow until everything is there. */
async function drain(options: {
  print: (line: string) => void;
}): Promise<{ count: number; seconds: number; perSecond: number }> {
  const { print } = options;
  const statements = mongoose.connection.collection(LRS);
  const begun = performance.now();
  const first = await statements.estimatedDocumentCount();
  let count = 0;
  while (count < STATEMENTS) {
    await delay(POLL_MS);
    count = (await statements.estimatedDocumentCount()) - first;
    if (performance.now() - begun > DRAIN_DEADLINE_MS) {
      print(`drain: stopped after ${String(DRAIN_DEADLINE_MS / 1_000)} s, not everything was sent`);
      break;
    }
  }
  const seconds = (performance.now() - begun) / 1_000;
  return { count, seconds, perSecond: count / seconds };
}

/** The same documents once more, into an empty collection with the same indexes: one call at a time, and as many as writers. */
async function insertAgain(options: {
  name: string;
  filter: mongoose.mongo.Document;
}): Promise<{ many: number; single: number }> {
  const { name, filter } = options;
  const { db } = mongoose.connection;
  if (!db) throw new Error('not connected');
  const documents = await db.collection(name).find(filter).limit(STATEMENTS).toArray();
  const target = { source: db, target: db, name };
  await copyIndexes({ ...target, as: `${name}Many` });
  await copyIndexes({ ...target, as: `${name}Single` });
  const many = await runAll({
    total: Math.ceil(documents.length / BATCH_DOCUMENTS),
    concurrency: 1,
    step: async (index) => {
      const from = index * BATCH_DOCUMENTS;
      await db
        .collection(`${name}Many`)
        .insertMany(documents.slice(from, from + BATCH_DOCUMENTS), { ordered: false });
    },
  });
  const singles = documents.slice(0, STATEMENTS / 4);
  const single = await runAll({
    total: singles.length,
    concurrency: CONCURRENCY,
    step: async (index) => {
      const document = singles[index];
      if (document) await db.collection(`${name}Single`).insertOne(document);
    },
  });
  return { many: documents.length / many.seconds, single: single.perSecond };
}

function printEngine(options: {
  what: string;
  perSecond: number;
  engine: { many: number; single: number };
  print: (line: string) => void;
}): void {
  const { what, perSecond, engine, print } = options;
  print(
    `  the engine alone, same documents and indexes: insertMany of ${String(BATCH_DOCUMENTS)} ${engine.many.toFixed(0)} a second, insertOne with ${String(CONCURRENCY)} at once ${engine.single.toFixed(0)} a second`,
  );
  print(
    `=> ${what}/insertMany ${(perSecond / engine.many).toFixed(2)}, ${what}/insertOne ${(perSecond / engine.single).toFixed(2)}`,
  );
}

/** Memory after the attainment worker had its turn too. */
async function readUseWhenQuiet(peer: PeerProcess): Promise<number> {
  let last = Number.NEGATIVE_INFINITY;
  for (let looks = 0; looks < 20; looks += 1) {
    const { cpuSeconds, residentMb } = await peer.ask({ type: 'memory' }, 'memory');
    if (cpuSeconds - last < 0.1) return residentMb;
    last = cpuSeconds;
    await delay(1_000);
  }
  return (await peer.ask({ type: 'memory' }, 'memory')).residentMb;
}

function megabytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(0);
}
