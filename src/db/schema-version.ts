// What the database says of itself: the version of its schema, and the fingerprint of the secret that its keys are
// encrypted under. Checked at each start, before anything is read or written.
import mongoose from 'mongoose';
import { AppError } from '../http/errors.js';
import type { Log } from '../logger.js';
import { withLease } from './lease.js';
import { defineModel } from './models.js';

const FIRST_VERSION = 1;
const MIGRATION_LEASE_MS = 60_000;

export interface Migration {
  /** The version the data have after it: 2, 3, … without a hole. */
  version: number;
  title: string;
  /** Idempotent: a stop in the middle means that it runs again from the start. */
  run(db: mongoose.mongo.Db): Promise<void>;
}

/** Every change of stored shapes since the first release, in order. */
export const MIGRATIONS: readonly Migration[] = [];

interface Fact {
  _id: string;
  version?: number;
  app?: string;
  fingerprint?: string;
}

const schema = new mongoose.Schema<Fact>({
  _id: { type: String, required: true },
  version: Number,
  app: String,
  fingerprint: String,
});
const FactModel = defineModel({
  name: 'DatabaseFact',
  collection: 'databaseFacts',
  schema,
  shardKey: ['_id'],
  backup: 'never',
  people: 'nothing',
});

/**
 * Marks an empty database with the current version; brings older data up, step by step.
 * Throws `database.newer-schema`, `database.not-ours` (records, but no version) or `database.migration-busy`.
 */
export async function checkSchemaVersion(options: {
  /** Version of the application, kept for people who look. */
  app: string;
  holder: string;
  now: () => Date;
  log: Log;
  migrations?: readonly Migration[];
}): Promise<void> {
  const { app, holder, now, log, migrations = MIGRATIONS } = options;
  const current = currentSchemaVersion(migrations);
  const found = await findSchemaVersion();
  if (found === null) {
    await requireEmpty();
    await FactModel.updateOne(
      { _id: 'schema' },
      { $setOnInsert: { version: current, app } },
      { upsert: true },
    );
    return;
  }
  if (found > current) {
    throw new AppError('database.newer-schema', { status: 503, values: { found, current, app } });
  }
  if (found === current) return;
  const outcome = await withLease({ name: 'migrate', holder, ttlMs: MIGRATION_LEASE_MS, now }, () =>
    migrate({ app, log, migrations }),
  );
  if (!outcome.held) throw new AppError('database.migration-busy', { status: 503 });
}

/** The version that this program writes. */
export function currentSchemaVersion(migrations: readonly Migration[] = MIGRATIONS): number {
  return migrations.at(-1)?.version ?? FIRST_VERSION;
}

/** The version of the data; null in a database that was never used. */
export async function findSchemaVersion(): Promise<number | null> {
  const fact = await FactModel.findOne({ _id: 'schema' }).lean();
  return fact?.version ?? null;
}

/** After a restore: the data now have the version of the backup. */
export async function recordSchemaVersion(options: {
  version: number;
  app: string;
}): Promise<void> {
  const { version, app } = options;
  await FactModel.updateOne({ _id: 'schema' }, { $set: { version, app } }, { upsert: true });
}

/**
 * Keeps the first fingerprint it sees. `changed` where the data are under a previous secret that is accepted still; throws
 * `database.wrong-secret` for any other.
 */
export async function checkSecretFingerprint(options: {
  fingerprint: string;
  previous?: readonly string[];
}): Promise<'same' | 'changed'> {
  const { fingerprint, previous = [] } = options;
  const fact = await FactModel.findOneAndUpdate(
    { _id: 'secret' },
    { $setOnInsert: { fingerprint } },
    { upsert: true, returnDocument: 'after' },
  ).lean();
  const kept = fact?.fingerprint ?? '';
  if (kept === fingerprint) return 'same';
  if (previous.includes(kept)) return 'changed';
  throw new AppError('database.wrong-secret', { status: 503 });
}

/** After everything was sealed under another secret. */
export async function recordSecretFingerprint(options: { fingerprint: string }): Promise<void> {
  const { fingerprint } = options;
  await FactModel.updateOne({ _id: 'secret' }, { $set: { fingerprint } }, { upsert: true });
}

/** The fingerprint the data were written under; null when none was kept yet. */
export async function findSecretFingerprint(): Promise<string | null> {
  const fact = await FactModel.findOne({ _id: 'secret' }).lean();
  return fact?.fingerprint ?? null;
}

async function migrate(options: {
  app: string;
  log: Log;
  migrations: readonly Migration[];
}): Promise<void> {
  const { app, log, migrations } = options;
  const { db } = mongoose.connection;
  if (db === undefined) throw new Error('not connected');
  for (const migration of migrations) {
    const found = (await findSchemaVersion()) ?? FIRST_VERSION;
    if (found >= migration.version) continue;
    log.info(
      { version: migration.version, title: migration.title },
      'bringing the data to a newer schema',
    );
    await migration.run(db);
    await recordSchemaVersion({ version: migration.version, app });
  }
}

/** Another program's data under our database name must not be touched. */
async function requireEmpty(): Promise<void> {
  const { db } = mongoose.connection;
  if (db === undefined) throw new Error('not connected');
  const own = new Set([FactModel.collection.name, 'leases']);
  for (const { name } of await db.listCollections({}, { nameOnly: true }).toArray()) {
    if (own.has(name) || name.startsWith('system.')) continue;
    if ((await db.collection(name).findOne({}, { projection: { _id: 1 } })) !== null) {
      if ((await findSchemaVersion()) !== null) return; // another first start was quicker, and it is ours
      throw new AppError('database.not-ours', {
        status: 503,
        values: { database: db.databaseName, collection: name },
      });
    }
  }
}
