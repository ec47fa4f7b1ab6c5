import { expect } from 'chai';
import mongoose from 'mongoose';
import {
  connectDatabase,
  databaseState,
  disconnectDatabase,
  durability,
  ensureIndexes,
  showDatabaseAddress,
} from '../../src/db/connect.js';
import { defineModel } from '../../src/db/models.js';
import { createLogger } from '../../src/logger.js';
import { connectToTestEngine, startTestEngine, testDatabase } from '../support/engine.js';
import { refusal } from '../support/refusal.js';

const log = createLogger({ level: 'silent' });
const schema = new mongoose.Schema<{ _id: string; course: string }>({
  _id: String,
  course: String,
});
schema.index({ course: 1 }, { unique: true, name: 'by_course' });
defineModel({ name: 'TestIndexed', collection: 'testIndexed', schema, shardKey: ['course'] });

describe('connectDatabase', () => {
  beforeEach(disconnectDatabase);
  afterEach(async () => {
    await disconnectDatabase();
    await connectToTestEngine();
  });

  it('uses a server by its plain address, as MONGODB_URI gives it, with durable writes', async () => {
    const { engine, remove } = await startTestEngine();

    const connection = await connectDatabase({
      uri: engine.uri,
      dbName: 'elsewhere',
      log,
      maxPoolSize: 5,
    });
    await connection.collection('things').insertOne({ a: 1 });

    expect(await databaseState({ timeoutMs: 1_000 })).to.deep.equal({
      isReady: true,
      reason: 'connected',
    });
    expect(connection.db?.databaseName).to.equal('elsewhere');
    expect(connection.getClient().options.writeConcern).to.include({ w: 1, j: true });
    await disconnectDatabase();
    await remove();
  });

  it('says that a server does not answer, without telling the password', async () => {
    const uri = 'mongodb://clara:hunter2@127.0.0.1:4150/?directConnection=true';

    const error = await refusal(
      connectDatabase({ uri, dbName: 'x', log, maxPoolSize: 1, serverSelectionMs: 200 }),
    );

    expect(error.code).to.equal('database.unreachable');
    expect(error.values).to.include({ address: 'mongodb://127.0.0.1:4150' });
    expect(
      `${error.message} ${JSON.stringify(error.values)} ${String(error.stack)}`,
    ).to.not.include('hunter2');
  });

  it('says that an address cannot be read, without telling the password', async () => {
    const uri = 'mongodb://clara:hunter2@:::/';

    const error = await refusal(
      connectDatabase({ uri, dbName: 'x', log, maxPoolSize: 1, serverSelectionMs: 200 }),
    );

    expect(error.code).to.equal('database.unreachable');
    expect(`${error.message} ${JSON.stringify(error.values)}`).to.not.include('hunter2');
  });

  it('is not ready while it is not connected', async () => {
    expect(await databaseState({ timeoutMs: 1_000 })).to.deep.equal({
      isReady: false,
      reason: 'disconnected',
    });
  });
});

describe('durability', () => {
  it('waits for the journal everywhere, and for the majority where there is more than one server', () => {
    expect(durability('single')).to.deep.equal({ w: 1, journal: true });
    expect(durability('replicated')).to.deep.equal({ w: 'majority', journal: true });
  });
});

describe('ensureIndexes', () => {
  it('makes the indexes of every registered model, again and again', async () => {
    await testDatabase().dropCollection('testIndexed');

    await ensureIndexes();
    await ensureIndexes();

    const indexes = await testDatabase().collection('testIndexed').indexes();
    expect(indexes.map(({ name }) => name)).to.deep.equal(['_id_', 'by_course']);
  });

  it('names the collection whose records an index refuses', async () => {
    const things = testDatabase().collection('testIndexed');
    await things.dropIndex('by_course');
    await things.insertMany([{ course: 'a' }, { course: 'a' }]);

    const error = await refusal(ensureIndexes());

    expect(error.code).to.equal('database.index-failed');
    expect(error.values).to.include({ collection: 'testIndexed' });
    await things.deleteMany({});
    await ensureIndexes();
  });
});

describe('showDatabaseAddress', () => {
  const addresses = [
    {
      uri: 'mongodb://clara:p%40ss@db.example:27017/app?authSource=admin',
      shown: 'mongodb://db.example:27017',
    },
    { uri: 'mongodb+srv://clara:pass@cluster.example/', shown: 'mongodb+srv://cluster.example' },
    {
      uri: 'mongodb://clara:pa:ss@word@a.example,b.example/x',
      shown: 'mongodb://a.example,b.example',
    },
    {
      uri: 'mongodb://%2Fdata%2Frun%2Fmongodb.sock/?directConnection=true',
      shown: 'mongodb://%2Fdata%2Frun%2Fmongodb.sock',
    },
    { uri: 'clara:pass', shown: 'the address given' },
  ];
  for (const { uri, shown } of addresses) {
    it(`shows ${shown}`, () => {
      expect(showDatabaseAddress(uri)).to.equal(shown);
    });
  }
});
