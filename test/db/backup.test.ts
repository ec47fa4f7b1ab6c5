import { createHash } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect } from 'chai';
import mongoose from 'mongoose';
import { finishRestore, restoreBackup, writeBackup } from '../../src/db/backup.js';
import {
  checkSchemaVersion,
  checkSecretFingerprint,
  findSchemaVersion,
} from '../../src/db/schema-version.js';
import { createLogger } from '../../src/logger.js';
import { testDatabase } from '../support/engine.js';
import { refusal } from '../support/refusal.js';

const log = createLogger({ level: 'silent' });
const now = new Date('2026-03-01T08:00:00Z');
const { Binary, Double, Int32, Long, ObjectId } = mongoose.mongo.BSON;

describe('a backup', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'crosswalk-backup-'));
    file = join(folder, 'all.backup');
    await dropTestCollections();
    await checkSchemaVersion({ app: '0.1.0', holder: 'test', now: () => now, log });
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
    await dropTestCollections();
  });

  it('gives everything back, with exact types, key order and strange keys', async () => {
    const record = {
      _id: new ObjectId('65e1a0000000000000000001'),
      zulu: new Int32(1),
      alpha: new Double(1),
      big: Long.fromString('9007199254740993'),
      at: now,
      bytes: new Binary(Buffer.from([0, 255])),
      nested: { 'https://example.org/a.b': [null, { empty: {} }] },
    };
    const strange = { _id: 'strange', $oid: 'not an id', deep: [{ $date: 1 }] };
    const exact = { promoteValues: false, promoteLongs: false };
    await papers().insertMany([record]);
    await testDatabase().collection<{ _id: string; deep: object }>('testPapers').insertOne(strange);
    const before = await papers().find({}, exact).toArray();

    const written = await writeBackup({ file, app: '0.1.0', now });
    await papers().deleteMany({});
    await restoreBackup({ file, onto: 'empty', log });

    const after = await papers().find({}, exact).toArray();
    expect(written.counts).to.include({ testPapers: 2 });
    expect(after).to.deep.equal(before);
    expect(after.map((one) => Object.keys(one))).to.deep.equal(
      before.map((one) => Object.keys(one)),
    );
    expect(await findSchemaVersion()).to.equal(1);
  });

  it('holds more than one batch, and is readable by its owner alone', async () => {
    await insertPapers(2_345);

    await writeBackup({ file, app: '0.1.0', now });
    await papers().deleteMany({});
    await restoreBackup({ file, onto: 'empty', log });

    expect(await papers().countDocuments()).to.equal(2_345);
    expect((await stat(file)).mode & 0o777).to.equal(0o600);
  });

  it('keeps the indexes, empties what it does not know, and leaves no half-done collections', async () => {
    await papers().createIndex({ number: 1 }, { unique: true, name: 'by_number' });
    await insertPapers(3);
    await writeBackup({ file, app: '0.1.0', now });
    await testDatabase().collection('testLater').insertOne({ a: 1 });

    await restoreBackup({ file, onto: 'existing', log });

    const indexes = await papers().indexes();
    expect(indexes.find(({ name }) => name === 'by_number')).to.include({ unique: true });
    expect(await testDatabase().collection('testLater').countDocuments()).to.equal(0);
    expect(await listNames('restoring.')).to.deep.equal([]);
  });

  it('never overwrites a file', async () => {
    await writeFile(file, 'precious');

    const error = await refusal(writeBackup({ file, app: '0.1.0', now }));

    expect(error.code).to.equal('backup.file-exists');
    expect(await readFile(file, 'utf8')).to.equal('precious');
  });

  it('says so when it cannot be written, and leaves no part behind', async () => {
    const error = await refusal(
      writeBackup({ file: join(folder, 'no', 'such', 'folder'), app: '0.1.0', now }),
    );

    expect(error.code).to.equal('backup.not-written');
    expect(await readdir(folder)).to.deep.equal([]);
  });

  it('is not restored over records unless that is said', async () => {
    await insertPapers(1);
    await writeBackup({ file, app: '0.1.0', now });

    const error = await refusal(restoreBackup({ file, onto: 'empty', log }));

    expect(error.code).to.equal('backup.not-empty');
    expect(error.values).to.deep.equal({ collection: 'testPapers' });
  });

  const damages: { title: string; damage: (path: string) => Promise<void> }[] = [
    { title: 'cut short', damage: async (path) => truncate(path, (await stat(path)).size - 40) },
    { title: 'cut to nothing', damage: (path) => truncate(path, 0) },
    {
      title: 'without its last line',
      damage: (path) => rewrite(path, (lines) => lines.slice(0, -1)),
    },
    {
      title: 'with a record missing',
      damage: (path) => rewrite(path, (lines) => lines.filter((_, at) => at !== 2)),
    },
    {
      title: 'with a record changed',
      damage: (path) =>
        rewrite(path, (lines) => lines.map((line) => line.replace('paper 1', 'paper 7'))),
    },
    {
      title: 'with something after its end',
      damage: (path) => rewrite(path, (lines) => [...lines, '{}']),
    },
    { title: 'of another kind', damage: (path) => writeFile(path, gzipSync('{"some":"json"}\n')) },
    { title: 'that is not compressed', damage: (path) => writeFile(path, 'hello') },
  ];
  for (const { title, damage } of damages) {
    it(`${title} is refused before anything is changed`, async () => {
      await insertPapers(5);
      await writeBackup({ file, app: '0.1.0', now });
      await damage(file);

      const error = await refusal(restoreBackup({ file, onto: 'existing', log }));

      expect(error.code).to.equal('backup.damaged');
      expect(await papers().countDocuments()).to.equal(5);
    });
  }

  it('that is not there is named', async () => {
    const error = await refusal(restoreBackup({ file, onto: 'existing', log }));

    expect(error.code).to.equal('backup.unreadable');
  });

  it('of a newer program is refused', async () => {
    await writeBackup({ file, app: '0.1.0', now });
    const [header = '', ...lines] = await readLines(file);
    await writeLines(
      file,
      [header.replace('"schemaVersion":1', '"schemaVersion":7'), ...lines],
      'signed',
    );

    const error = await refusal(restoreBackup({ file, onto: 'existing', log }));

    expect(error.code).to.equal('backup.newer-schema');
    expect(error.values).to.include({ found: 7, current: 1 });
  });

  it('made under another secret is refused', async () => {
    await checkSecretFingerprint({ fingerprint: 'one' });
    await writeBackup({ file, app: '0.1.0', now });
    await testDatabase()
      .collection('databaseFacts')
      .updateOne({ fingerprint: 'one' }, { $set: { fingerprint: 'two' } });

    const error = await refusal(restoreBackup({ file, onto: 'existing', log }));

    expect(error.code).to.equal('backup.other-secret');
  });

  it('that breaks a unique index leaves the old data', async () => {
    await insertPapers(2);
    await papers().insertOne({ number: 1, title: 'the same number' });
    await writeBackup({ file, app: '0.1.0', now });
    await papers().deleteMany({});
    await papers().createIndex({ number: 1 }, { unique: true });
    await papers().insertOne({ number: 9, title: 'old' });

    const failure: unknown = await restoreBackup({ file, onto: 'existing', log }).catch(
      (error: unknown) => error,
    );

    expect(failure).to.have.property('code', 11_000);
    expect(await papers().distinct('title')).to.deep.equal(['old']);
    expect(await listNames('restoring.')).to.deep.equal([]);
  });

  it('whose last step was interrupted is put in place at the next start', async () => {
    await testDatabase()
      .collection('restoring.testPapers')
      .insertOne({ number: 1, title: 'restored' });
    await papers().insertOne({ number: 2, title: 'old' });
    await testDatabase()
      .collection<{ _id: string; collections: string[]; schemaVersion: number; app: string }>(
        'restorePlans',
      )
      .insertOne({
        _id: 'restore',
        collections: ['testNotes', 'testPapers'],
        schemaVersion: 1,
        app: '0.1.0',
      });

    await finishRestore({ log });

    expect(await papers().distinct('title')).to.deep.equal(['restored']);
    expect(await testDatabase().collection('restorePlans').countDocuments()).to.equal(0);
  });
});

function papers() {
  return testDatabase().collection('testPapers');
}

async function insertPapers(count: number): Promise<void> {
  await papers().insertMany(
    Array.from({ length: count }, (_, number) => ({ number, title: `paper ${String(number)}` })),
  );
}

async function listNames(start: string): Promise<string[]> {
  const found = await testDatabase().listCollections({}, { nameOnly: true }).toArray();
  return found.map(({ name }) => name).filter((name) => name.startsWith(start));
}

async function dropTestCollections(): Promise<void> {
  for (const name of [...(await listNames('test')), ...(await listNames('restoring.'))]) {
    if (['testPapers', 'testLater'].includes(name) || name.startsWith('restoring.')) {
      await testDatabase().dropCollection(name);
    }
  }
}

async function rewrite(path: string, change: (lines: string[]) => string[]): Promise<void> {
  await writeLines(path, change(await readLines(path)), 'as it is');
}

async function readLines(path: string): Promise<string[]> {
  return gunzipSync(await readFile(path))
    .toString('utf8')
    .trimEnd()
    .split('\n');
}

/** `signed` puts the right hash into the trailer, as a program that wrote these lines would have. */
async function writeLines(
  path: string,
  lines: string[],
  trailer: 'signed' | 'as it is',
): Promise<void> {
  const body = lines.slice(0, -1);
  const hash = createHash('sha256')
    .update(body.map((line) => `${line}\n`).join(''))
    .digest('hex');
  const end = lines.at(-1) ?? '';
  const last = trailer === 'signed' ? end.replace(/"sha256":"\w+"/, `"sha256":"${hash}"`) : end;
  await writeFile(path, gzipSync([...body, last, ''].join('\n')));
}
