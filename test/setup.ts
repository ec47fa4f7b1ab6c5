// Root hooks of mocha: one engine and one compiled program for the whole run, one database a mocha worker, emptied before
// each test, and no way out to the network. Works the same for one file, for all, and with --parallel.
import mongoose from 'mongoose';
import { disconnectDatabase, ensureIndexes } from '../src/db/connect.js';
import { forgetReads } from '../src/db/shared-reads.js';
import { announceProgramFolder, removeProgramFolder } from './support/build-program.js';
import {
  announceTestEngine,
  connectToTestEngine,
  createRunFolder,
  removeLeftEngines,
  startTestEngine,
  testDatabase,
  type TestEngine,
} from './support/engine.js';
import { forbidNetwork } from './support/forbid-network.js';
import { reuseKeyPairs } from './support/reuse-key-pairs.js';

let running: TestEngine | undefined;

export async function mochaGlobalSetup(): Promise<void> {
  running = await startTestEngine({ dataFolder: await createRunFolder() });
  announceTestEngine(running.engine.uri);
  await announceProgramFolder();
}

export async function mochaGlobalTeardown(): Promise<void> {
  await running?.remove();
  await removeProgramFolder();
}

export const mochaHooks = {
  async beforeAll(): Promise<void> {
    forbidNetwork();
    reuseKeyPairs();
    await connectToTestEngine();
    await ensureIndexes();
  },
  async beforeEach(): Promise<void> {
    await clearCollections();
    forgetReads();
  },
  async afterEach(): Promise<void> {
    await removeLeftEngines({ except: running });
  },
  async afterAll(): Promise<void> {
    await disconnectDatabase();
  },
};

/** Empties all collections in one command, whoever filled them: this process or one that it started. Indexes stay. */
async function clearCollections(): Promise<void> {
  const found = await testDatabase().listCollections({}, { nameOnly: true }).toArray();
  const names = found.map(({ name }) => name).filter((name) => !name.startsWith('system.'));
  if (names.length === 0) return;
  await mongoose.connection.getClient().bulkWrite(
    names.map((name) => ({
      name: 'deleteMany' as const,
      namespace: `${testDatabase().databaseName}.${name}`,
      filter: {},
    })),
    { writeConcern: { w: 1, journal: false }, ordered: false },
  );
}
