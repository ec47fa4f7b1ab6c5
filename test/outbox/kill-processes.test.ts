// The promise of the outbox under the worst that happens: four processes write and deliver side by side to two record stores
// that fail, hang, answer late and close early, and are killed at random, fifty times. KILL_SEED repeats a run's dice.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { build } from 'esbuild';
import mongoose from 'mongoose';
import { packageRoot } from '../../src/package-root.js';
import { ensureOwnDestination } from '../../src/outbox/destinations.js';
import { listParked } from '../../src/outbox/parked-statements.js';
import type { Statement } from '../../src/xapi/statement.js';
import { testDatabaseName, testEngineUri } from '../support/engine.js';
import { addDestination } from './add-destination.js';
import { startFakeLrs, type FakeLrs, type Trick } from './fake-lrs.js';

const SECRET = 'a secret that is long enough for a test';
const PROCESSES = 4;
const KILLS = 50;
/** A lease of 60 seconds ends in two. */
const SPEED = 30;
const LONGEST_LIFE_MS = 250;
const LONGEST_LATE_MS = 300;
const TROUBLE = 0.35;
const DRAIN_MS = 90_000;
const REQUIRE = [
  "import { createRequire } from 'node:module';",
  'const require = createRequire(import.meta.url);',
  "const __dirname = '', __filename = '';",
].join(' ');
/** What the driver of the database takes only where it is installed. */
const OPTIONAL = [
  'mongodb-client-encryption',
  'kerberos',
  'snappy',
  '@mongodb-js/zstd',
  'aws4',
  'socks',
  'gcp-metadata',
  '@aws-sdk/credential-providers',
];

describe('four processes that are killed fifty times under load', function () {
  this.timeout(300_000);
  const seed = Number(process.env['KILL_SEED'] ?? Date.now() % 1_000_000);
  const random = dice(seed);
  const said = new Set<string>();
  const living = new Set<ChildProcess>();
  let folder: string;
  let program: string;
  let stores: FakeLrs[];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'crosswalk-kill-'));
    program = join(folder, 'delivery-process.mjs');
    await build({
      entryPoints: [join(packageRoot(), 'test', 'outbox', 'delivery-process.ts')],
      outfile: program,
      bundle: true,
      platform: 'node',
      format: 'esm',
      // Everything in one file starts in half the time; what packages of another time need of Node is given to them.
      banner: { js: REQUIRE },
      external: OPTIONAL,
      logLevel: 'warning',
    });
    stores = [await startFakeLrs(), await startFakeLrs()];
  });
  after(async () => {
    for (const child of living) child.kill('SIGKILL');
    await Promise.all(stores.map((lrs) => lrs.close()));
    await rm(folder, { recursive: true });
  });

  it(`lose nothing, tell nothing twice, and keep each learner's order (seed ${String(seed)})`, async () => {
    await addStores();
    for (const lrs of stores) lrs.trick = trouble;

    const lives = Array.from({ length: PROCESSES }, (_, slot) => start({ slot, tells: true }));
    for (let kills = 0; kills < KILLS; kills += 1) {
      const slot = Math.floor(random() * PROCESSES);
      const child = await lives[slot];
      await delay(random() * LONGEST_LIFE_MS);
      await kill(child);
      lives[slot] = start({ slot, tells: true });
    }
    for (const life of lives) await kill(await life);
    for (const lrs of stores) lrs.trick = () => null;
    const last = await start({ slot: 0, tells: false });
    const facts = await listFacts();
    await waitUntil(() => stores.every(({ stored }) => stored.length >= facts.length));
    await kill(last);

    expect(said.size, 'statements were said').to.be.above(KILLS);
    expect(facts, 'what was said is a fact').to.include.members([...said]);
    expect((await listParked({ page: 1 })).total, 'nothing is parked').to.equal(0);
    for (const { stored } of stores) {
      expect(stored.map(({ id }) => id).sort()).to.deep.equal([...facts].sort());
      for (const [learner, numbers] of numbersByLearner(stored))
        expect(numbers, learner).to.deep.equal(numbers.toSorted((a, b) => a - b));
    }
  });

  /** One in three requests meets something. What is refused for its content would be parked, which is another matter. */
  async function trouble(): Promise<Trick> {
    if (random() > TROUBLE) return null;
    const tricks: (() => Trick | Promise<Trick>)[] = [
      () => ({ status: 503, headers: { 'retry-after': '1' } }),
      () => ({ status: 502, body: '<html>Bad gateway</html>' }),
      () => ({ status: 429 }),
      () => ({ status: 200, body: '<html>Sign in</html>' }),
      () => 'hang',
      () => 'close',
      () => 'store-and-close',
      () => delay(random() * LONGEST_LATE_MS, null),
    ];
    return (await tricks[Math.floor(random() * tricks.length)]?.()) ?? null;
  }

  async function addStores(): Promise<void> {
    const [own, other] = stores;
    if (!own || !other) throw new Error('there are two record stores');
    const now = new Date(0);
    await ensureOwnDestination({
      endpoint: own.endpoint,
      secret: SECRET,
      makeKey: () => Promise.resolve({ key: own.key, secret: own.password }),
      verifyKey: () => Promise.resolve(true),
      now,
    });
    const { endpoint, key, password } = other;
    await addDestination({ name: 'Other', endpoint, key, password, secret: SECRET, now });
  }

  async function start(options: { slot: number; tells: boolean }): Promise<ChildProcess> {
    const { slot, tells } = options;
    const settings = {
      uri: testEngineUri(),
      database: testDatabaseName(),
      secret: SECRET,
      learners: [`learner-${String(slot)}a`, `learner-${String(slot)}b`],
      speed: SPEED,
      tells,
    };
    const child = fork(program, [JSON.stringify(settings)], { stdio: 'inherit', execArgv: [] });
    living.add(child);
    const ready = new Promise<void>((resolve) => {
      child.on('message', (message) => {
        if (message === 'ready') resolve();
        else said.add(String(message));
      });
    });
    const ended = once(child, 'exit').then(() => {
      throw new Error(`a process ended by itself (seed ${String(seed)})`);
    });
    await Promise.race([ready, ended]);
    ended.catch(() => undefined); // From here on we kill it.
    return child;
  }

  async function kill(child: ChildProcess | undefined): Promise<void> {
    if (!child || child.exitCode !== null) throw new Error(`a process is gone (seed ${seed})`);
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    living.delete(child);
  }

  /** Ids in the outbox: what was written, whether or not its writer lived to say so. */
  async function listFacts(): Promise<string[]> {
    const found = await mongoose.connection
      .collection<{ statementId: string; isGap?: boolean }>('outboxStatements')
      .find({ isGap: { $ne: true } })
      .toArray();
    return found.map(({ statementId }) => statementId);
  }

  async function waitUntil(isSo: () => boolean): Promise<void> {
    const end = Date.now() + DRAIN_MS;
    while (!isSo() && Date.now() < end) await delay(50);
  }
});

function numbersByLearner(stored: readonly Statement[]): Map<string, number[]> {
  const byLearner = new Map<string, number[]>();
  for (const { actor, result } of stored) {
    const name = actor.account?.name ?? '';
    byLearner.set(name, [...(byLearner.get(name) ?? []), Number(result?.response)]);
  }
  return byLearner;
}

/** Numbers in [0, 1) that a seed repeats (mulberry32). */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
