// Launches told of a second: launch records of a few courses wait, and this process states them as the tool's worker does.
// Beside it the engine's own insertMany of the same statements with the same indexes, in the same run.
import { randomUUID } from 'node:crypto';
import mongoose from 'mongoose';
import { stateLaunches } from '../src/activities/state-launches.js';
import { createStatementSource } from '../src/activities/statement-source.js';
import { recordCourse } from '../src/lti/course.model.js';
import { insertLaunch } from '../src/lti/launch.model.js';
import {
  courseRecordId,
  platformRecordId,
  resourceLinkRecordId,
  userRecordId,
} from '../src/lti/record-ids.js';
import { recordResourceLink } from '../src/lti/resource-link.model.js';
import { runAll } from './measure.js';
import type { BenchOptions } from './run.js';
import { copyIndexes } from './support/copy-database.js';
import { startFakePlatform, type FakePlatform } from './support/fake-platform.js';
import { withStage } from './support/stage.js';
import { prepareTool, type ToolStarter } from './support/start-tool.js';

const LAUNCHES = 6_000;
const PEOPLE = 300;
const COURSES = 10;
const LINKS = 3;
const CONCURRENCY = 16;
const BATCH_DOCUMENTS = 500;
const OUTBOX = 'outboxStatements';

export async function run(options: BenchOptions): Promise<void> {
  const { print } = options;
  await withStage({ print }, async (stage) => {
    const platform = await startFakePlatform({ port: await stage.port() });
    stage.atEnd(() => platform.close());
    const tool = await prepareTool({ stage, platform });
    await prepareLaunches({ tool, platform });
    const source = createStatementSource({ ...tool, now: () => new Date() });

    const begun = performance.now();
    const cpu = process.cpuUsage();
    const stated = await stateLaunches({ source, now: () => new Date() });
    const seconds = (performance.now() - begun) / 1_000;
    const { user, system } = process.cpuUsage(cpu);
    print(
      `stating: ${(stated / seconds).toFixed(0)} launches a second (${String(stated)} of ${String(PEOPLE)} people through ${String(COURSES * LINKS)} links in ${seconds.toFixed(1)} s), ${((user + system) / 1_000 / stated).toFixed(2)} ms of this process each`,
    );
    const statements = await mongoose.connection
      .collection(OUTBOX)
      .countDocuments({ 'about.kind': 'launched' });
    print(`statements in the outbox: ${String(statements)}`);
    const engine = await insertAgain();
    print(
      `=> stating/engine ${(stated / seconds / engine).toFixed(2)} (the engine alone inserts ${engine.toFixed(0)} a second)`,
    );
  });
}

async function prepareLaunches(options: {
  tool: ToolStarter;
  platform: FakePlatform;
}): Promise<void> {
  const { deployment, url } = options.tool;
  const platform = platformRecordId(options.platform);
  const now = new Date();
  const places: { course: string; resourceLink: string }[] = [];
  for (let number = 0; number < COURSES; number += 1) {
    const contextId = `stating-${String(number)}`;
    const course = courseRecordId({ deployment, contextId });
    await recordCourse({
      course,
      platform,
      deployment,
      facts: {
        contextId,
        label: null,
        title: `Course ${String(number)}`,
        types: [],
        term: null,
        sisIds: { course: null, section: null },
        contextIdHistory: [],
        services: { lineItemsUrl: null, gradeScopes: [], membershipsUrl: null },
      },
      now,
    });
    for (let link = 0; link < LINKS; link += 1) {
      const resourceLinkId = `link-${String(link)}`;
      const resourceLink = resourceLinkRecordId({ deployment, course, resourceLinkId });
      const targetPath = link === 0 ? '/frameworks/him' : '/activities';
      await recordResourceLink({
        resourceLink,
        deployment,
        course,
        resourceLinkId,
        facts: {
          title: `Link ${String(link)}`,
          description: null,
          targetPath: `${new URL(url).pathname.replace(/\/$/, '')}${targetPath}`,
          lineItemUrl: null,
          custom: {},
        },
        now,
      });
      places.push({ course, resourceLink });
    }
  }
  await runAll({
    total: LAUNCHES,
    concurrency: CONCURRENCY,
    step: async (index) => {
      const place = places[index % places.length];
      if (!place) return;
      await insertLaunch({
        _id: randomUUID(),
        platform,
        deployment,
        ...place,
        user: userRecordId({ platform, sub: `stating-${String(index % PEOPLE)}` }),
        messageType: 'LtiResourceLinkRequest',
        roles: ['Learner'],
        at: new Date(now.getTime() + index),
        testUser: false,
        stated: false,
        answeredAt: null,
        entry: 'cookie',
      });
    },
  });
}

/** Documents a second, the same ones once more into an empty collection with the same indexes. */
async function insertAgain(): Promise<number> {
  const { db } = mongoose.connection;
  if (!db) throw new Error('not connected');
  const name = `${OUTBOX}Again`;
  await copyIndexes({ source: db, target: db, name: OUTBOX, as: name });
  const documents = await db
    .collection(OUTBOX)
    .find({ isGap: { $ne: true } })
    .toArray();
  const begun = performance.now();
  for (let from = 0; from < documents.length; from += BATCH_DOCUMENTS)
    await db.collection(name).insertMany(documents.slice(from, from + BATCH_DOCUMENTS));
  return documents.length / ((performance.now() - begun) / 1_000);
}
