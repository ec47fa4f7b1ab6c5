import { expect } from 'chai';
import {
  checkSchemaVersion,
  checkSecretFingerprint,
  currentSchemaVersion,
  findSchemaVersion,
  MIGRATIONS,
  type Migration,
} from '../../src/db/schema-version.js';
import { createLogger } from '../../src/logger.js';
import { testDatabase } from '../support/engine.js';
import { refusal } from '../support/refusal.js';

const about = {
  app: '0.1.0',
  holder: 'test',
  now: () => new Date('2026-03-01T08:00:00Z'),
  log: createLogger({ level: 'silent' }),
};

describe('checkSchemaVersion', () => {
  it('marks an empty database with the version of this program', async () => {
    await checkSchemaVersion(about);

    expect(await findSchemaVersion()).to.equal(currentSchemaVersion());
  });

  it('lets data of its own version be, also when several processes start at once', async () => {
    await Promise.all([
      checkSchemaVersion(about),
      checkSchemaVersion(about),
      checkSchemaVersion(about),
    ]);
    await testDatabase().collection('courses').insertOne({ a: 1 });

    await checkSchemaVersion(about);

    expect(await findSchemaVersion()).to.equal(currentSchemaVersion());
  });

  it('refuses data of a newer program and changes nothing', async () => {
    await facts().insertOne({ _id: 'schema', version: 99, app: '9.0.0' });

    const error = await refusal(checkSchemaVersion(about));

    expect(error.code).to.equal('database.newer-schema');
    expect(error.values).to.deep.equal({
      found: 99,
      current: currentSchemaVersion(),
      app: '0.1.0',
    });
    expect(await findSchemaVersion()).to.equal(99);
  });

  it('refuses a database that holds something else', async () => {
    await testDatabase().collection('invoices').insertOne({ a: 1 });

    const error = await refusal(checkSchemaVersion(about));

    expect(error.code).to.equal('database.not-ours');
    expect(error.values).to.include({ collection: 'invoices' });
    expect(await findSchemaVersion()).to.equal(null);
  });

  it('brings older data up step by step, each step once', async () => {
    const ran: number[] = [];
    await facts().insertOne({ _id: 'schema', version: 2, app: '0.2.0' });
    const migrations = [2, 3, 4].map((version) => recordingMigration(version, ran));

    await checkSchemaVersion({ ...about, migrations });
    await checkSchemaVersion({ ...about, migrations });

    expect(ran).to.deep.equal([3, 4]);
    expect(await findSchemaVersion()).to.equal(4);
  });

  it('goes on at the step that failed', async () => {
    const ran: number[] = [];
    await facts().insertOne({ _id: 'schema', version: 1, app: '0.1.0' });
    const broken: Migration = {
      version: 3,
      title: 'breaks',
      run: () => Promise.reject(new Error('stopped')),
    };
    const step = recordingMigration(2, ran);
    const failure: unknown = await checkSchemaVersion({
      ...about,
      migrations: [step, broken],
    }).catch((error: unknown) => error);

    await checkSchemaVersion({ ...about, migrations: [step, recordingMigration(3, ran)] });

    expect(failure).to.have.property('message', 'stopped');
    expect(ran).to.deep.equal([2, 3]);
  });

  it('has migrations in order, without a hole, from version 2 on', () => {
    expect(MIGRATIONS.map(({ version }) => version)).to.deep.equal(
      MIGRATIONS.map((_, at) => at + 2),
    );
  });
});

describe('checkSecretFingerprint', () => {
  it('keeps the first and refuses another', async () => {
    await checkSecretFingerprint({ fingerprint: 'aa' });
    await checkSecretFingerprint({ fingerprint: 'aa' });

    const error = await refusal(checkSecretFingerprint({ fingerprint: 'bb' }));

    expect(error.code).to.equal('database.wrong-secret');
  });
});

function recordingMigration(version: number, ran: number[]): Migration {
  return {
    version,
    title: `step ${String(version)}`,
    run() {
      ran.push(version);
      return Promise.resolve();
    },
  };
}

function facts() {
  return testDatabase().collection<{ _id: string; version: number; app: string }>('databaseFacts');
}
