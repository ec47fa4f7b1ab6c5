// Engines for tests: the one of the run (started by setup.ts), and further ones for tests that kill or refuse them.
import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { connectDatabase } from '../../src/db/connect.js';
import {
  startEmbeddedEngine,
  type EmbeddedEngine,
  type EmbeddedEngineOptions,
} from '../../src/db/embedded-engine.js';
import { createLogger } from '../../src/logger.js';

const URI_VARIABLE = 'CROSSWALK_TEST_ENGINE_URI';
const MEMORY_FOLDER = '/dev/shm';
const ENOUGH_BYTES = 4 * 1024 ** 3;

export interface TestEngine {
  engine: EmbeddedEngine;
  dataFolder: string;
  /** Stops it and removes its folder. */
  remove(): Promise<void>;
}

/** Options for an engine on a folder of its own; the fetched C library is kept between runs. */
export function engineOptions(
  overrides: Partial<EmbeddedEngineOptions> & { dataFolder: string },
): EmbeddedEngineOptions {
  return {
    cacheSizeMb: 256,
    allowLoaderDownload: true,
    loaderFolder: join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'crosswalk'),
    announce: (line) => process.stderr.write(`${line}\n`),
    log: createLogger({ level: 'silent' }),
    ...overrides,
  };
}

/** A new folder under the system's temporary folder; its name is short, as sockets need it. */
export function createDataFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'crosswalk-test-'));
}

/** The same for the engine of the run: in memory where there is room, for a disk is waited for at each journalled write. */
export async function createRunFolder(): Promise<string> {
  const free = await statfs(MEMORY_FOLDER).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => 0,
  );
  return mkdtemp(join(free > ENOUGH_BYTES ? MEMORY_FOLDER : tmpdir(), 'crosswalk-test-'));
}

/** Engines of tests that are still to be removed: a failing test must not leave one behind. */
const started = new Set<TestEngine>();

export async function startTestEngine(
  overrides: Partial<EmbeddedEngineOptions> = {},
): Promise<TestEngine> {
  const dataFolder = overrides.dataFolder ?? (await createDataFolder());
  const engine = await startEmbeddedEngine(engineOptions({ ...overrides, dataFolder }));
  const testEngine = {
    engine,
    dataFolder,
    async remove() {
      started.delete(testEngine);
      await engine.close();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
  started.add(testEngine);
  return testEngine;
}

/** For setup.ts, after each test. */
export async function removeLeftEngines(options: {
  except: TestEngine | undefined;
}): Promise<void> {
  for (const left of started) if (left !== options.except) await left.remove();
}

/** Tells the workers of a parallel run where the engine of the run is. */
export function announceTestEngine(uri: string): void {
  process.env[URI_VARIABLE] = uri;
}

export function testEngineUri(): string {
  const uri = process.env[URI_VARIABLE];
  if (uri === undefined) throw new Error('the engine of the test run was not started');
  return uri;
}

/** One database a mocha worker, so that files run side by side. */
export function testDatabaseName(): string {
  return `crosswalk-test-${process.env.MOCHA_WORKER_ID ?? 'main'}`;
}

export async function connectToTestEngine(): Promise<void> {
  await connectDatabase({
    uri: testEngineUri(),
    dbName: testDatabaseName(),
    log: createLogger({ level: 'error' }),
    maxPoolSize: 20,
  });
}

/** The native database of the shared connection, for what no model covers. */
export function testDatabase(): mongoose.mongo.Db {
  const { db } = mongoose.connection;
  if (db === undefined) throw new Error('a test disconnected the shared connection');
  return db;
}
