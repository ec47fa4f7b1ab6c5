import { expect } from 'chai';
import mongoose from 'mongoose';
import { disconnectDatabase } from '../../src/db/connect.js';
import { openDatabase } from '../../src/db/open-database.js';
import { findSchemaVersion } from '../../src/db/schema-version.js';
import { connectToTestEngine, engineOptions, startTestEngine } from '../support/engine.js';
import { refusal } from '../support/refusal.js';

const base = {
  mongodbUri: null,
  databaseName: 'crosswalk',
  sharing: 'refused' as const,
  secret: 'aa',
  maxPoolSize: 4,
  app: '0.1.0',
  holder: 'test',
  now: () => new Date('2026-03-01T08:00:00Z'),
};

describe('openDatabase', () => {
  beforeEach(disconnectDatabase);
  afterEach(async () => {
    await disconnectDatabase();
    await connectToTestEngine();
  });

  it('starts an engine of its own, marks the data, and stops it again', async () => {
    const { engine, dataFolder, remove } = await startTestEngine();
    await engine.close();

    const opened = await openDatabase({ ...base, ...engineOptions({ dataFolder }) });

    expect(opened.kind).to.equal('own-engine');
    expect(await findSchemaVersion()).to.equal(1);
    const pid = opened.engine?.pid() ?? 0;
    await opened.close();
    expect(() => process.kill(pid, 0)).to.throw('ESRCH');
    await remove();
  });

  it('shares the engine of a running server with a command, and leaves it running', async () => {
    const { engine, dataFolder, remove } = await startTestEngine();

    const opened = await openDatabase({
      ...base,
      ...engineOptions({ dataFolder }),
      sharing: 'allowed',
    });
    await opened.close();

    expect(opened.kind).to.equal('shared-engine');
    expect(process.kill(engine.pid() ?? 0, 0)).to.equal(true);
    await remove();
  });

  it('refuses a second server on the same folder', async () => {
    const { dataFolder, remove } = await startTestEngine();

    const error = await refusal(openDatabase({ ...base, ...engineOptions({ dataFolder }) }));

    expect(error.code).to.equal('engine.already-running');
    await remove();
  });

  it('starts nothing where MONGODB_URI names a server', async () => {
    const { engine, remove } = await startTestEngine();

    const opened = await openDatabase({
      ...base,
      ...engineOptions({ dataFolder: '/nowhere/at/all' }),
      mongodbUri: engine.uri,
    });

    expect(opened.kind).to.equal('server');
    expect(opened.engine).to.equal(null);
    await opened.close();
    await remove();
  });

  it('disconnects, and stops its engine, when the data were written under another secret', async () => {
    const { engine, dataFolder, remove } = await startTestEngine();
    await engine.close();
    const options = { ...base, ...engineOptions({ dataFolder }) };
    const first = await openDatabase(options);
    await first.close();

    const error = await refusal(openDatabase({ ...options, secret: 'bb' }));

    expect(error.code).to.equal('database.wrong-secret');
    expect(mongoose.connection.readyState).to.equal(mongoose.ConnectionStates.disconnected);
    const again = await openDatabase(options);
    await again.close();
    await remove();
  });
});
