import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { lstat, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import mongoose from 'mongoose';
import { durability } from '../../src/db/connect.js';
import {
  findRunningEngine,
  startEmbeddedEngine,
  type EmbeddedEngine,
} from '../../src/db/embedded-engine.js';
import { describeEngineFolder, prepareEngineFolder } from '../../src/db/engine-folder.js';
import {
  createDataFolder,
  engineOptions,
  startTestEngine,
  testDatabase,
} from '../support/engine.js';
import { refusal } from '../support/refusal.js';

const NOBODY_UID = 65_534;

describe('startEmbeddedEngine', () => {
  it('answers sorted queries over 30,000 documents with several candidate indexes, which fail as it comes (error 224)', async () => {
    const things = testDatabase().collection('manyThings');
    for (const field of ['course', 'kind', 'rank', 'user'])
      await things.createIndex({ [field]: 1 });
    await things.createIndex({ course: 1, kind: 1 });
    await things.createIndex({ kind: 1, rank: 1 });
    for (let first = 0; first < 30_000; first += 1_000) {
      const numbers = Array.from({ length: 1_000 }, (_, index) => first + index);
      await things.insertMany(
        numbers.map((rank) => ({
          course: rank % 7,
          kind: rank % 5,
          user: rank % 501,
          rank,
          odd: rank % 2,
        })),
      );
    }
    const ranges = { course: { $gt: 2 }, kind: { $lt: 4 }, rank: { $gt: 100 } };

    const sorted = await things.find(ranges).sort({ odd: 1 }).toArray();
    const none = await things
      .find({ course: { $gte: 1 }, user: { $gte: 5 }, odd: 9 })
      .sort({ rank: -1 })
      .limit(10)
      .toArray();
    const either = await things
      .find({ $or: [{ course: 1 }, { kind: 4, rank: { $gt: 29_000 } }] })
      .sort({ rank: 1 })
      .limit(3)
      .toArray();

    expect(sorted).to.have.length(13_668);
    expect(none).to.deep.equal([]);
    expect(either.map(({ rank }) => Number(rank))).to.deep.equal([1, 8, 15]);
    await things.drop();
  });

  it('keeps every acknowledged write each time it is killed, and an open connection goes on', async () => {
    const { engine, remove } = await startTestEngine();
    const connection = await openConnection(engine.uri);
    const written = connection.collection('written');

    const lost: number[] = [];
    for (let round = 1; round <= 4; round += 1) {
      const crashed = new Promise((resolve) => engine.onCrash(resolve));
      const acknowledged = await writeUntilKilled({ written, round, pid: engine.pid() ?? 0 });
      await crashed;
      const kept = await untilAnswered(() => written.distinct('number', { round }));
      lost.push(...acknowledged.filter((number) => !kept.includes(number)));
      expect(acknowledged).to.have.length.of.at.least(30);
    }

    expect(lost).to.deep.equal([]);
    await connection.close();
    await remove();
  });

  it('survives Ctrl-C, which reaches it too, so that the last writes can be made', async () => {
    const { engine, remove } = await startTestEngine();
    const connection = await openConnection(engine.uri);

    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.kill(engine.pid() ?? 0, signal);
    await connection.collection('written').insertOne({ last: true });

    expect(await connection.collection('written').countDocuments()).to.equal(1);
    await connection.close();
    await remove();
  });

  it('gives back what was written before a clean stop', async () => {
    const { engine: first, dataFolder } = await startTestEngine();
    await useConnection(first, (connection) => connection.collection('kept').insertOne({ a: 1 }));
    await first.close();

    const { engine: second, remove } = await startTestEngine({ dataFolder });
    const count = await useConnection(second, (connection) =>
      connection.collection('kept').countDocuments(),
    );

    expect(count).to.equal(1);
    await remove();
  });

  it('sets the size of the cache, and the plan ranker without which large queries fail', async () => {
    const { engine, remove } = await startTestEngine({ cacheSizeMb: 300 });

    const [cache, ranker] = await useConnection(engine, async (connection) => {
      const admin = connection.getClient().db('admin');
      return [
        await admin.command({ serverStatus: 1 }),
        await admin.command({ getParameter: 1, internalQueryPlanRanker: 1 }),
      ] as const;
    });

    expect(cache).to.have.nested.property(
      'wiredTiger.cache.maximum bytes configured',
      300 * 1024 * 1024,
    );
    expect(ranker).to.have.property('internalQueryPlanRanker', 'multiPlanning');
    await remove();
  });

  it('lets nobody but the owner into its folders', async () => {
    const { engine, dataFolder, remove } = await startTestEngine();

    const modes = await Promise.all(
      ['db', 'run'].map(async (name) => (await stat(join(dataFolder, name))).mode & 0o777),
    );

    expect(modes).to.deep.equal([0o700, 0o700]);
    expect((await lstat(engine.socketPath)).isSymbolicLink()).to.equal(true);
    await remove();
  });

  it('refuses a second start on the same folder, naming the first, which goes on', async () => {
    const { engine, dataFolder, remove } = await startTestEngine();

    const error = await refusal(startEmbeddedEngine(engineOptions({ dataFolder })));

    expect(error.code).to.equal('engine.already-running');
    expect(error.values).to.deep.equal({ pid: process.pid, folder: dataFolder });
    const pong = await useConnection(engine, (connection) =>
      connection.getClient().db('admin').command({ ping: 1 }),
    );
    expect(pong).to.include({ ok: 1 });
    await remove();
  });

  it('refuses a folder that another process opened first, even when its record is gone', async () => {
    const { dataFolder, remove } = await startTestEngine();
    await rm(join(dataFolder, 'run', 'engine.json'));

    const error = await refusal(startEmbeddedEngine(engineOptions({ dataFolder, lockWaitMs: 0 })));

    expect(error.code).to.equal('engine.already-running');
    expect(error.values).to.include({ pid: 'unknown' });
    await remove();
  });

  it('takes over the record of a process that is gone, or whose number another process has now', async () => {
    const dead = spawnSync(process.execPath, ['--version']).pid;
    for (const pid of [dead, process.pid]) {
      const dataFolder = await createDataFolder();
      await mkdir(join(dataFolder, 'run'));
      const record = { pid, began: 'some other boot 1', hostPid: dead };
      await writeFile(join(dataFolder, 'run', 'engine.json'), JSON.stringify(record));

      const { engine, remove } = await startTestEngine({ dataFolder });

      const kept: unknown = JSON.parse(
        await readFile(join(dataFolder, 'run', 'engine.json'), 'utf8'),
      );
      expect(kept).to.include({ pid: process.pid, hostPid: engine.pid() });
      await remove();
    }
  });

  it('starts again at once when the whole application was killed before', async () => {
    const dataFolder = await createDataFolder();
    const program = join(import.meta.dirname, '..', 'support', 'own-an-engine.ts');
    const application = fork(program, [dataFolder], { execArgv: ['--import', 'tsx'] });
    await once(application, 'message');
    application.kill('SIGKILL');
    await once(application, 'exit');

    const { engine, remove } = await startTestEngine({ dataFolder });

    expect(await findRunningEngine({ dataFolder })).to.deep.equal({
      uri: engine.uri,
      pid: process.pid,
    });
    await remove();
  });

  it('names a shorter folder as the way out when the socket address would be too long', async () => {
    const dataFolder = join('/tmp', 'x'.repeat(120));

    const error = await refusal(startEmbeddedEngine(engineOptions({ dataFolder })));

    expect(error.code).to.equal('engine.path-too-long');
    expect(error.values).to.include({ bytes: 5 + 120 + '/run/mongodb.sock'.length });
  });

  it('says so when the folder cannot be made', async () => {
    const dataFolder = await createDataFolder();
    await writeFile(join(dataFolder, 'file'), '');

    const error = await refusal(
      startEmbeddedEngine(engineOptions({ dataFolder: join(dataFolder, 'file', 'data') })),
    );

    expect(error.code).to.equal('engine.folder-not-writable');
    expect(error.values).to.include({ reason: 'ENOTDIR' });
    await rm(dataFolder, { recursive: true });
  });

  it('says so when the disk is almost full', async () => {
    const dataFolder = await createDataFolder();

    const error = await refusal(
      startEmbeddedEngine(engineOptions({ dataFolder, freeMb: 2 ** 40 })),
    );

    expect(error.code).to.equal('engine.disk-full');
    await rm(dataFolder, { recursive: true });
  });
});

describe('prepareEngineFolder', () => {
  it('says so when the folder may only be read', async () => {
    const dataFolder = await createDataFolder();
    await mkdir(join(dataFolder, 'run'), { mode: 0o500 });
    await mkdir(join(dataFolder, 'db'), { mode: 0o500 });
    const { seteuid, getuid } = process;
    const isRoot = getuid?.() === 0;

    if (isRoot) seteuid?.(NOBODY_UID);
    const error = await refusal(
      prepareEngineFolder({ folder: describeEngineFolder(join(dataFolder, 'run')), freeMb: 1 }),
    ).finally(() => isRoot && seteuid?.(0));

    expect(error.code).to.equal('engine.folder-not-writable');
    expect(error.values).to.include({ reason: 'EACCES' });
    await rm(dataFolder, { recursive: true });
  });
});

describe('findRunningEngine', () => {
  it('finds the engine of a folder while it runs, and only then', async () => {
    const { engine, dataFolder } = await startTestEngine();
    const during = await findRunningEngine({ dataFolder });
    await engine.close();

    const after = await findRunningEngine({ dataFolder });

    expect(during).to.deep.equal({ uri: engine.uri, pid: process.pid });
    expect(after).to.equal(null);
    await rm(dataFolder, { recursive: true });
  });
});

/** With our own durability, as connect.ts decides it for this engine. */
function openConnection(uri: string): Promise<mongoose.Connection> {
  return mongoose
    .createConnection(uri, { dbName: 'second', writeConcern: durability('single') })
    .asPromise();
}

/** Four writers at once, until the engine is killed in the middle of their work. */
async function writeUntilKilled(options: {
  written: mongoose.Collection;
  round: number;
  pid: number;
}): Promise<number[]> {
  const { written, round, pid } = options;
  const acknowledged: number[] = [];
  const write = async (writer: number) => {
    for (let number = writer; ; number += 4) {
      await written.insertOne({ round, number });
      acknowledged.push(number);
      if (acknowledged.length === 30) process.kill(pid, 'SIGKILL');
    }
  };
  await Promise.allSettled([0, 1, 2, 3].map(write)); // the writes under way at the kill fail: they are not acknowledged
  return acknowledged;
}

/** Asks again while the engine is away. */
async function untilAnswered<Result>(ask: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof mongoose.mongo.MongoNetworkError)) throw error;
    }
  }
}

async function useConnection<Result>(
  engine: EmbeddedEngine,
  use: (connection: mongoose.Connection) => Promise<Result>,
): Promise<Result> {
  const connection = await openConnection(engine.uri);
  try {
    return await use(connection);
  } finally {
    await connection.close();
  }
}
