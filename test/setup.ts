// Root hooks of mocha: one engine for the whole run, one database a mocha worker, emptied before each test, and no way
// out to the network. Works the same for one file, for all, and with --parallel.
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { connectDatabase, disconnectDatabase, ensureIndexes } from '../src/db/connect.js';
import { startEmbeddedEngine, type EmbeddedEngine } from '../src/db/embedded-engine.js';
import { createLogger } from '../src/logger.js';
import { forbidNetwork } from './support/forbid-network.js';

const URI_VARIABLE = 'CROSSWALK_TEST_ENGINE_URI';
const log = createLogger({ level: 'error' });
let engine: EmbeddedEngine | undefined;
let dataFolder: string | undefined;

export async function mochaGlobalSetup(): Promise<void> {
  dataFolder = await mkdtemp(join(tmpdir(), 'crosswalk-test-'));
  engine = await startEmbeddedEngine({
    dataFolder,
    cacheSizeMb: 256,
    allowLoaderDownload: true,
    loaderFolder: join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'crosswalk'),
    announce: (line) => process.stderr.write(`${line}\n`),
    log,
  });
  process.env[URI_VARIABLE] = engine.uri;
}

export async function mochaGlobalTeardown(): Promise<void> {
  await engine?.close();
  if (dataFolder !== undefined) await rm(dataFolder, { recursive: true, force: true });
}

export const mochaHooks = {
  async beforeAll(): Promise<void> {
    forbidNetwork();
    const uri = process.env[URI_VARIABLE];
    if (uri === undefined) throw new Error('the test engine was not started');
    const dbName = `crosswalk-test-${process.env.MOCHA_WORKER_ID ?? 'main'}`;
    await connectDatabase({ uri, dbName, log, maxPoolSize: 20 });
    await ensureIndexes();
  },
  async beforeEach(): Promise<void> {
    await clearCollections();
  },
  async afterAll(): Promise<void> {
    await disconnectDatabase();
  },
};

/** Empties what holds something; indexes stay. */
async function clearCollections(): Promise<void> {
  const { db } = mongoose.connection;
  if (db === undefined) throw new Error('a test disconnected the shared connection');
  const found = await db.listCollections({}, { nameOnly: true }).toArray();
  await Promise.all(
    found
      .filter(({ name }) => !name.startsWith('system.'))
      .map(({ name }) =>
        db.collection(name).deleteMany({}, { writeConcern: { w: 1, journal: false } }),
      ),
  );
}
