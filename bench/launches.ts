// Full launches a second (login -> launch -> first page, the framework page): Crosswalk, a bare ltijs 5.9.9 app and a floor
// that makes Crosswalk's engine calls and sends its bytes without checking anything. One engine, one run, rounds in turn;
// who is not measured is paused. The load generator and the platform's side run in this process, on the same cores.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { merge, measure, row, runAll, type Measured } from './measure.js';
import type { EmbeddedEngine } from '../src/db/embedded-engine.js';
import type { BenchOptions } from './run.js';
import { copyDatabase } from './support/copy-database.js';
import { startFakePlatform, type FakePlatform, type Seat } from './support/fake-platform.js';
import { createLauncher, type Door, type FirstPage } from './support/launch-once.js';
import { describeCalls, readTrace, type LaunchTrace } from './support/launch-trace.js';
import { readCpuSeconds } from './support/cpu-time.js';
import type { PeerProcess } from './support/peer-process.js';
import { whileJobRests } from './support/rest-job.js';
import { withStage, type Stage } from './support/stage.js';
import { prepareTool, type ToolStarter } from './support/start-tool.js';

const USERS = 200;
const COURSES = 5;
const SEATS = USERS * COURSES;
const TRACED_LAUNCHES = 64;
const WARM_UP_CONCURRENCY = 8;
const ROUNDS = 2;
const RUNS = [
  { concurrency: 1, latencyMs: 0 },
  { concurrency: 8, latencyMs: 0 },
  { concurrency: 32, latencyMs: 0 },
  { concurrency: 8, latencyMs: 50 },
];
/** The worker that tells of each launch in an xAPI statement, some time after it. */
const STATING_JOB = 'state-launches';
const STATING_CONCURRENCIES = [8, 32];
const WIDTHS = [16, 4, 5, 10, 9, 9, 9, 9, 7, 7];
const HEADS = ['server', 'at', 'JWKS', 'launches/s', 'p50 ms', 'p99 ms', 'CPU ms', 'eng. ms'];

/** What a server did in one stretch, and the processor time (in seconds) that it and the engine took for it. */
interface Stretch extends Measured {
  serverSeconds: number;
  engineSeconds: number;
}

interface Contestant {
  name: string;
  door: Door;
  peer: PeerProcess;
}

export async function run(options: BenchOptions): Promise<void> {
  const { seconds, print } = options;
  await withStage({ print }, async (stage) => {
    const platform = await startFakePlatform({ port: await stage.port() });
    stage.atEnd(() => platform.close());
    const tool = await prepareTool({ stage, platform });
    const contestants: Contestant[] = [];
    await whileJobRests({ job: STATING_JOB }, async () => {
      const { trace, page } = await traceLaunches({ tool, platform, print });
      contestants.push(...(await startContestants({ stage, tool, platform, trace, page, print })));
      await compare({ contestants, platform, engine: stage.engine, seconds, print });
    });
    await measureStating({ contestants, platform, engine: stage.engine, seconds, print });
    for (const { name, peer } of contestants) {
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

async function startContestants(options: {
  stage: Stage;
  tool: ToolStarter;
  platform: FakePlatform;
  trace: LaunchTrace;
  page: FirstPage;
  print: (line: string) => void;
}): Promise<Contestant[]> {
  const { stage, tool, platform, trace, page, print } = options;
  const pageFile = join(stage.folder, 'page.html');
  const traceFile = join(stage.folder, 'trace.json');
  await writeFile(pageFile, page.body);
  await writeFile(traceFile, JSON.stringify(trace));
  await copyDatabase({ uri: stage.engine.uri, from: tool.databaseName, to: 'floor' });
  const { issuer, clientId, authorizationUrl, tokenUrl, jwksUrl } = platform;
  const shared = { databaseUri: stage.engine.uri, pageFile };
  const environment = { NODE_ENV: 'production' };

  const toolPeer = await tool.start({ watched: false });
  await warmUp({ name: 'tool', door: tool.door, peer: toolPeer }, platform);
  toolPeer.pause();

  const floorPeer = await stage.start({
    name: 'floor',
    file: 'floor.ts',
    settings: {
      ...shared,
      port: await stage.port(),
      databaseName: 'floor',
      traceFile,
      authorizationUrl,
    },
    environment,
  });
  const floor = {
    name: 'floor',
    peer: floorPeer,
    door: { loginUrl: `${floorPeer.url}/login`, targetLinkUri: `${floorPeer.url}/page` },
  };
  await warmUp(floor, platform);
  floorPeer.pause();

  const barePeer = await stage.start({
    name: 'bare ltijs',
    file: 'bare-ltijs.ts',
    settings: {
      ...shared,
      databaseUri: `${stage.engine.uri}&monitorCommands=true`,
      port: await stage.port(),
      databaseName: 'ltijs',
      platform: { issuer, clientId, authorizationUrl, tokenUrl, jwksUrl },
    },
    environment,
  });
  const bare = {
    name: 'bare ltijs',
    peer: barePeer,
    door: { loginUrl: `${barePeer.url}/login`, targetLinkUri: `${barePeer.url}/` },
  };
  await warmUp(bare, platform);
  print(`# engine calls a launch of bare ltijs: ${await countBareCalls(bare, platform)}`);
  barePeer.pause();
  return [{ name: 'tool', peer: toolPeer, door: tool.door }, bare, floor];
}

/** As many launches for each, so that the compiler has seen all code as often. */
async function warmUp(contestant: Contestant, platform: FakePlatform): Promise<void> {
  const launcher = createLauncher({
    door: contestant.door,
    platform,
    connections: WARM_UP_CONCURRENCY,
  });
  await runAll({
    total: SEATS,
    concurrency: WARM_UP_CONCURRENCY,
    step: async (index) => void (await launcher.launch(seatAt(index))),
  });
  await launcher.close();
}

async function countBareCalls(bare: Contestant, platform: FakePlatform): Promise<string> {
  const launches = 10;
  const launcher = createLauncher({ door: bare.door, platform, connections: 1 });
  await bare.peer.ask({ type: 'watch' }, 'watching');
  for (let index = 0; index < launches; index += 1) await launcher.launch(seatAt(index));
  const { requests } = await bare.peer.ask({ type: 'calls' }, 'calls');
  await launcher.close();
  const { total, byCommand } = describeCalls(
    readTrace({ requests, loginPath: '/login', launchPath: '/', headers: {} }).launches,
  );
  return `${total.toFixed(2)} (${byCommand})`;
}

async function compare(options: {
  contestants: Contestant[];
  platform: FakePlatform;
  engine: EmbeddedEngine;
  seconds: number;
  print: (line: string) => void;
}): Promise<void> {
  const { contestants, platform, engine, seconds, print } = options;
  print('# CPU ms and eng. ms: processor time of the server and of the engine, a launch');
  print(row([...HEADS, 'n', 'errors'], WIDTHS));
  for (const { concurrency, latencyMs } of RUNS) {
    platform.setLatency(latencyMs);
    const stretches = new Map<string, Stretch[]>(contestants.map(({ name }) => [name, []]));
    for (let round = 0; round < ROUNDS; round += 1) {
      const order = round % 2 === 0 ? contestants : contestants.toReversed();
      for (const contestant of order)
        stretches.get(contestant.name)?.push(
          await measureOne({
            contestant,
            platform,
            engine,
            concurrency,
            seconds: seconds / ROUNDS,
          }),
        );
    }
    const results = new Map([...stretches].map(([name, found]) => [name, mergeStretches(found)]));
    for (const [name, found] of results) printRow({ name, found, concurrency, latencyMs, print });
    printRatios({ results, concurrency, latencyMs, print });
  }
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

function printRow(options: {
  name: string;
  found: Stretch;
  concurrency: number;
  latencyMs: number;
  print: (line: string) => void;
}): void {
  const { name, found, concurrency, latencyMs, print } = options;
  const { perSecond, p50, p99, count, failures, serverSeconds, engineSeconds } = found;
  const cost = [serverSeconds, engineSeconds].map((spent) => (spent * 1_000) / count);
  const cells = [name, String(concurrency), String(latencyMs), perSecond, p50, p99, ...cost];
  print(row([...cells, String(count), String(failures)], WIDTHS));
  if (found.firstFailure !== null) print(`  first error: ${found.firstFailure}`);
}

function printRatios(options: {
  results: Map<string, Stretch>;
  concurrency: number;
  latencyMs: number;
  print: (line: string) => void;
}): void {
  const { results, concurrency, latencyMs, print } = options;
  const [tool, bare, floor] = ['tool', 'bare ltijs', 'floor'].map((name) => results.get(name));
  if (!tool || !bare || !floor) return;
  const ratio = (other: Stretch) => (tool.perSecond / other.perSecond).toFixed(2);
  const cost = (of: Stretch) => (of.serverSeconds + of.engineSeconds) / of.count;
  print(
    `=> at ${String(concurrency)}, JWKS ${String(latencyMs)} ms: tool/bare ${ratio(bare)}, tool/floor ${ratio(floor)}, processor time of bare/tool ${(cost(bare) / cost(tool)).toFixed(2)}, tool's p99 / bare's p50 ${(tool.p99 / bare.p50).toFixed(2)}`,
  );
}

async function measureOne(options: {
  contestant: Contestant;
  platform: FakePlatform;
  engine: EmbeddedEngine;
  concurrency: number;
  seconds: number;
}): Promise<Stretch> {
  const { contestant, platform, engine, concurrency, seconds } = options;
  const { door, peer } = contestant;
  peer.resume();
  const launcher = createLauncher({ door, platform, connections: concurrency });
  const offset = Math.floor(Math.random() * SEATS);
  const step = async (index: number) => {
    await launcher.launch(seatAt(offset + index));
  };
  // Before the processor time is read, so that it is that of the counted launches alone.
  await runAll({ total: concurrency * 2, concurrency, step });
  const before = await readSpent({ peer, engine });
  const measured = await measure({ seconds, concurrency, warmUp: 0, step });
  const after = await readSpent({ peer, engine });
  await launcher.close();
  peer.pause();
  return {
    ...measured,
    serverSeconds: after.server - before.server,
    engineSeconds: after.engine - before.engine,
  };
}

async function readSpent(options: {
  peer: PeerProcess;
  engine: EmbeddedEngine;
}): Promise<{ server: number; engine: number }> {
  const { cpuSeconds } = await options.peer.ask({ type: 'memory' }, 'memory');
  return { server: cpuSeconds, engine: readCpuSeconds(options.engine.pid()) };
}

function mergeStretches(found: Stretch[]): Stretch {
  return {
    ...merge(found),
    serverSeconds: found.reduce((sum, one) => sum + one.serverSeconds, 0),
    engineSeconds: found.reduce((sum, one) => sum + one.engineSeconds, 0),
  };
}

function seatAt(index: number): Seat {
  return { user: index % USERS, course: Math.floor(index / USERS) % COURSES };
}
