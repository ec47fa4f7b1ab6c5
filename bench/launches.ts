// Full launches a second (login -> launch -> first page, the framework page): Crosswalk, a bare ltijs 5.9.9 app and a floor
// that makes Crosswalk's engine calls and sends its bytes without checking anything. One engine, one run, rounds in turn;
// who is not measured is paused. The load generator and the platform's side run in this process, on the same cores.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { runAll } from './measure.js';
import type { EmbeddedEngine } from '../src/db/embedded-engine.js';
import type { BenchOptions } from './run.js';
import {
  compare,
  measureOne,
  printRow,
  SEATS,
  seatAt,
  USERS,
  COURSES,
  type Contestant,
} from './support/compare-launches.js';
import { copyDatabase } from './support/copy-database.js';
import { startFakePlatform, type FakePlatform } from './support/fake-platform.js';
import { createLauncher, type FirstPage } from './support/launch-once.js';
import { describeCalls, readTrace, type LaunchTrace } from './support/launch-trace.js';
import type { PeerProcess } from './support/peer-process.js';
import { whileJobRests } from './support/rest-job.js';
import { withStage, type Stage } from './support/stage.js';
import { prepareTool, type ToolStarter } from './support/start-tool.js';

const TRACED_LAUNCHES = 64;
const WARM_UP_CONCURRENCY = 8;
const WARM_UP_LAUNCHES = 3 * SEATS;
/** The worker that tells of each launch in an xAPI statement, some time after it. */
const STATING_JOB = 'state-launches';
const STATING_CONCURRENCIES = [8, 32];
export async function run(options: BenchOptions): Promise<void> {
  const { seconds, print } = options;
  await withStage({ print }, async (stage) => {
    const platform = await startFakePlatform({ port: await stage.port() });
    stage.atEnd(() => platform.close());
    const tool = await prepareTool({ stage, platform });
    const contestants: Contestant[] = [];
    await whileJobRests({ job: STATING_JOB }, async () => {
      const { trace, page } = await traceLaunches({ tool, platform, print });
      const start = await prepareContestants({ stage, tool, platform, trace, page, print });
      contestants.push(...(await start.first()));
      const compared = { platform, engine: stage.engine, seconds, print };
      await compare({ ...compared, contestants });
      print(
        '# two processes of each, launches in turn; "any" sends every request to the other one',
      );
      await compare({ ...compared, contestants: await start.second(contestants) });
    });
    await measureStating({ contestants, platform, engine: stage.engine, seconds, print });
    for (const { name, peers } of contestants)
      for (const peer of peers) {
        peer.resume();
        const { residentMb } = await peer.ask({ type: 'memory' }, 'memory');
        print(`# ${name}: ${residentMb.toFixed(0)} MB resident at the end`);
      }
  });
}

/** Everybody's first visit to each course, then some launches of known people one after another, watched. */
async function traceLaunches(options: {
  tool: ToolStarter;
  platform: FakePlatform;
  print: (line: string) => void;
}): Promise<{ trace: LaunchTrace; page: FirstPage }> {
  const { tool, platform, print } = options;
  const peer = await tool.start({ watched: true });
  const launcher = createLauncher({ door: tool.door, platform, connections: WARM_UP_CONCURRENCY });
  const first = await runAll({
    total: SEATS,
    concurrency: WARM_UP_CONCURRENCY,
    step: async (index) => void (await launcher.launch(seatAt(index))),
  });
  print(
    `# ${String(USERS)} people in ${String(COURSES)} courses, each launched once before: ${first.perSecond.toFixed(0)} first launches a second at ${String(WARM_UP_CONCURRENCY)}`,
  );
  await peer.ask({ type: 'watch' }, 'watching');
  let page: FirstPage | null = null;
  for (let index = 0; index < TRACED_LAUNCHES; index += 1)
    page = await launcher.launch(seatAt(index * 13));
  const { requests } = await peer.ask({ type: 'calls' }, 'calls');
  await launcher.close();
  await peer.stop();
  if (!page) throw new Error('no launch went through');
  const trace = readTrace({
    requests,
    loginPath: new URL(tool.door.loginUrl).pathname,
    launchPath: '/lti/launch',
    headers: page.headers,
  });
  const calls = describeCalls(trace.launches);
  print(`# first page: ${page.path}, ${String(page.body.length)} bytes`);
  print(`# engine calls a launch of the tool: ${calls.total.toFixed(2)} (${calls.byCommand})`);
  for (const step of calls.byStep) print(`#   ${step}`);
  return { trace, page };
}

/** `first` starts one process of each, warm and paused; `second` gives each a further one behind the same address. */
async function prepareContestants(options: {
  stage: Stage;
  tool: ToolStarter;
  platform: FakePlatform;
  trace: LaunchTrace;
  page: FirstPage;
  print: (line: string) => void;
}): Promise<{
  first(): Promise<Contestant[]>;
  second(first: Contestant[]): Promise<Contestant[]>;
}> {
  const { stage, tool, platform, trace, page, print } = options;
  const pageFile = join(stage.folder, 'page.html');
  const traceFile = join(stage.folder, 'trace.json');
  await writeFile(pageFile, page.body);
  await writeFile(traceFile, JSON.stringify(trace));
  await copyDatabase({ uri: stage.engine.uri, from: tool.databaseName, to: 'floor' });
  const { issuer, clientId, authorizationUrl, tokenUrl, jwksUrl } = platform;
  const environment = { NODE_ENV: 'production' };
  const [floorPort, barePort] = [await stage.port(), await stage.port()];
  const floorUrl = `http://localhost:${String(floorPort)}`;
  const bareUrl = `http://localhost:${String(barePort)}`;
  const starters: { name: string; door: Contestant['door']; start: Start }[] = [
    { name: 'tool', door: tool.door, start: (port) => tool.start({ watched: false, ...port }) },
    {
      name: 'bare ltijs',
      door: { loginUrl: `${bareUrl}/login`, targetLinkUri: `${bareUrl}/` },
      start: ({ port = barePort }) =>
        stage.start({
          name: 'bare ltijs',
          file: 'bare-ltijs.ts',
          settings: {
            pageFile,
            port,
            databaseUri: `${stage.engine.uri}&monitorCommands=true`,
            databaseName: 'ltijs',
            platform: { issuer, clientId, authorizationUrl, tokenUrl, jwksUrl },
          },
          environment,
        }),
    },
    {
      name: 'floor',
      door: { loginUrl: `${floorUrl}/login`, targetLinkUri: `${floorUrl}/page` },
      start: ({ port = floorPort }) =>
        stage.start({
          name: 'floor',
          file: 'floor.ts',
          settings: {
            pageFile,
            port,
            publicUrl: floorUrl,
            databaseUri: stage.engine.uri,
            databaseName: 'floor',
            traceFile,
            authorizationUrl,
          },
          environment,
        }),
    },
  ];

  return {
    async first() {
      const contestants: Contestant[] = [];
      for (const { name, door, start } of starters) {
        const peer = await start({});
        const contestant = { name, door, peers: [peer], servers: [new URL(door.loginUrl).origin] };
        await warmUp(contestant, platform);
        if (name === 'bare ltijs')
          print(
            `# engine calls a launch of bare ltijs: ${await countBareCalls(contestant, platform)}`,
          );
        peer.pause();
        contestants.push(contestant);
      }
      return contestants;
    },
    async second(first) {
      const contestants: Contestant[] = [];
      for (const [index, { name, door, start }] of starters.entries()) {
        const port = await stage.port();
        const peer = await start({ port });
        const server = `http://localhost:${String(port)}`;
        await warmUp({ name, door, peers: [peer], servers: [server] }, platform);
        peer.pause();
        const peers = [...(first[index]?.peers ?? []), peer];
        contestants.push({ name, door, peers, servers: [new URL(door.loginUrl).origin, server] });
      }
      const [ours] = contestants;
      return ours
        ? [...contestants, { ...ours, name: 'tool, any', spread: 'request' as const }]
        : contestants;
    },
  };
}

type Start = (options: { port?: number }) => Promise<PeerProcess>;

/** As many launches for each, and so many that the compiler has done with all code: what is measured is a server in use. */
async function warmUp(contestant: Contestant, platform: FakePlatform): Promise<void> {
  const launcher = createLauncher({
    door: contestant.door,
    servers: contestant.servers,
    platform,
    connections: WARM_UP_CONCURRENCY,
  });
  await runAll({
    total: WARM_UP_LAUNCHES,
    concurrency: WARM_UP_CONCURRENCY,
    step: async (index) => void (await launcher.launch(seatAt(index))),
  });
  await launcher.close();
}

async function countBareCalls(bare: Contestant, platform: FakePlatform): Promise<string> {
  const launches = 10;
  const launcher = createLauncher({ door: bare.door, platform, connections: 1 });
  const [peer] = bare.peers;
  if (!peer) return '';
  await peer.ask({ type: 'watch' }, 'watching');
  for (let index = 0; index < launches; index += 1) await launcher.launch(seatAt(index));
  const { requests } = await peer.ask({ type: 'calls' }, 'calls');
  await launcher.close();
  const { total, byCommand } = describeCalls(
    readTrace({ requests, loginPath: '/login', launchPath: '/', headers: {} }).launches,
  );
  return `${total.toFixed(2)} (${byCommand})`;
}

/** The tool again, now with everything its workers have to do for the launches of before and of now. */
async function measureStating(options: {
  contestants: Contestant[];
  platform: FakePlatform;
  engine: EmbeddedEngine;
  seconds: number;
  print: (line: string) => void;
}): Promise<void> {
  const { contestants, platform, engine, seconds, print } = options;
  const contestant = contestants.find(({ name }) => name === 'tool');
  if (!contestant) return;
  const launches = mongoose.connection.collection('launches');
  platform.setLatency(0);
  for (const concurrency of STATING_CONCURRENCIES) {
    const before = await launches.countDocuments({ stated: true });
    const found = await measureOne({ contestant, platform, engine, concurrency, seconds });
    const stated = (await launches.countDocuments({ stated: true })) - before;
    printRow({ name: 'tool, stating', found, concurrency, latencyMs: 0, print });
    print(`  statements made meanwhile: ${(stated / found.seconds).toFixed(0)} a second`);
  }
}
