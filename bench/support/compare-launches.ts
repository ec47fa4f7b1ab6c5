// Measures several servers in turn, round by round, and prints a row for each and the ratios between them. Who is not
// measured is paused. Launches are of known people: 200 in each of 5 courses.
import { merge, measure, row, runAll, type Measured } from '../measure.js';
import type { EmbeddedEngine } from '../../src/db/embedded-engine.js';
import { readCpuSeconds } from './cpu-time.js';
import type { FakePlatform, Seat } from './fake-platform.js';
import { createLauncher, type Door } from './launch-once.js';
import type { PeerProcess } from './peer-process.js';

export const USERS = 200;
export const COURSES = 5;
export const SEATS = USERS * COURSES;
const ROUNDS = 2;
const RUNS = [0, 50].flatMap((latencyMs) =>
  [1, 8, 32].map((concurrency) => ({ concurrency, latencyMs })),
);
const WIDTHS = [16, 4, 5, 10, 9, 9, 9, 9, 7, 7];
const HEADS = ['server', 'at', 'JWKS', 'launches/s', 'p50 ms', 'p99 ms', 'CPU ms', 'eng. ms'];

/** What a server did in one stretch, and the processor time (in seconds) that it and the engine took for it. */
interface Stretch extends Measured {
  serverSeconds: number;
  engineSeconds: number;
}

export interface Contestant {
  name: string;
  door: Door;
  /** The processes behind the door, and the address of each. */
  peers: PeerProcess[];
  servers: string[];
  /** How they take turns; launch by launch where it is not said. */
  spread?: 'launch' | 'request';
}

export async function compare(options: {
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

export function printRow(options: {
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

export async function measureOne(options: {
  contestant: Contestant;
  platform: FakePlatform;
  engine: EmbeddedEngine;
  concurrency: number;
  seconds: number;
}): Promise<Stretch> {
  const { contestant, platform, engine, concurrency, seconds } = options;
  const { door, peers, servers, spread = 'launch' } = contestant;
  for (const peer of peers) peer.resume();
  const launcher = createLauncher({ door, platform, connections: concurrency, servers, spread });
  const offset = Math.floor(Math.random() * SEATS);
  const step = async (index: number) => {
    await launcher.launch(seatAt(offset + index));
  };
  // Before the processor time is read, so that it is that of the counted launches alone.
  await runAll({ total: concurrency * 2, concurrency, step });
  const before = await readSpent({ peers, engine });
  const measured = await measure({ seconds, concurrency, warmUp: 0, step });
  const after = await readSpent({ peers, engine });
  await launcher.close();
  for (const peer of peers) peer.pause();
  return {
    ...measured,
    serverSeconds: after.server - before.server,
    engineSeconds: after.engine - before.engine,
  };
}

async function readSpent(options: {
  peers: PeerProcess[];
  engine: EmbeddedEngine;
}): Promise<{ server: number; engine: number }> {
  let server = 0;
  for (const peer of options.peers)
    server += (await peer.ask({ type: 'memory' }, 'memory')).cpuSeconds;
  return { server, engine: readCpuSeconds(options.engine.pid()) };
}

function mergeStretches(found: Stretch[]): Stretch {
  return {
    ...merge(found),
    serverSeconds: found.reduce((sum, one) => sum + one.serverSeconds, 0),
    engineSeconds: found.reduce((sum, one) => sum + one.engineSeconds, 0),
  };
}

export function seatAt(index: number): Seat {
  return { user: index % USERS, course: Math.floor(index / USERS) % COURSES };
}
