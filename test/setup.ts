// Root hooks of mocha: one engine for the whole run, one database a mocha worker, emptied before each test, and no way
// out to the network. Works the same for one file, for all, and with --parallel.
import { disconnectDatabase, ensureIndexes } from '../src/db/connect.js';
import { forgetReads } from '../src/db/shared-reads.js';
import {
  announceTestEngine,
  connectToTestEngine,
  removeLeftEngines,
  startTestEngine,
  testDatabase,
  type TestEngine,
} from './support/engine.js';
import { forbidNetwork } from './support/forbid-network.js';

let running: TestEngine | undefined;

export async function mochaGlobalSetup(): Promise<void> {
  running = await startTestEngine();
  announceTestEngine(running.engine.uri);
}

export async function mochaGlobalTeardown(): Promise<void> {
  await running?.remove();
}

export const mochaHooks = {
  async beforeAll(): Promise<void> {
    forbidNetwork();
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

/** Empties all collections; indexes stay. */
async function clearCollections(): Promise<void> {
  const found = await testDatabase().listCollections({}, { nameOnly: true }).toArray();
  const isForgettable = { writeConcern: { w: 1, journal: false } };
  await Promise.all(
    found
      .filter(({ name }) => !name.startsWith('system.'))
      .map(({ name }) => testDatabase().collection(name).deleteMany({}, isForgettable)),
  );
}
