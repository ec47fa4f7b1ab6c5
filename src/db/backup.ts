// Backup and restore through the connection, so the same for both engines and while the server runs. A backup of a
// running database is not one instant: cursors are read before what they point at, number sequences after it, and what
// follows from that is repeatable work. A restore checks the whole file, fills collections beside the old ones, and only
// then puts them in place; that last step is written down first and finished at the next start when it is interrupted.
import mongoose from 'mongoose';
import { AppError } from '../http/errors.js';
import type { Log } from '../logger.js';
import {
  readBackupDocuments,
  verifyBackupFile,
  writeBackupFile,
  type BackupDocument,
  type BackupSummary,
} from './backup-file.js';
import { listModels, type BackupTurn } from './models.js';
import {
  currentSchemaVersion,
  findSchemaVersion,
  findSecretFingerprint,
  recordSchemaVersion,
} from './schema-version.js';

const RESTORING = 'restoring.';
const PLAN_COLLECTION = 'restorePlans';
const PLAN_ID = 'restore';
const BATCH_DOCUMENTS = 500;
const BATCH_BYTES = 2_000_000;
const TURNS: readonly BackupTurn[] = ['early', 'normal', 'late'];

interface RestorePlan {
  _id: string;
  collections: string[];
  schemaVersion: number;
  app: string;
}

/** Writes every collection into one new file. Throws `backup.file-exists`, `backup.not-written`. */
export async function writeBackup(options: {
  file: string;
  app: string;
  now: Date;
}): Promise<BackupSummary> {
  const { file, app, now } = options;
  const header = {
    schemaVersion: (await findSchemaVersion()) ?? currentSchemaVersion(),
    app,
    createdAt: now.toISOString(),
    secretFingerprint: await findSecretFingerprint(),
  };
  return writeBackupFile({ file, header, documents: readAll() });
}

/**
 * Puts a backup in place of the present data. `onto` says what these may be: `empty`, or `existing`, which are lost.
 * Throws `backup.damaged`, `backup.newer-schema`, `backup.other-secret`, `backup.not-empty` before anything is changed;
 * any later failure leaves the old data too.
 */
export async function restoreBackup(options: {
  file: string;
  onto: 'empty' | 'existing';
  log: Log;
}): Promise<BackupSummary> {
  const { file, onto, log } = options;
  const summary = await verifyBackupFile({ file });
  await requireFitting(summary, file);
  if (onto === 'empty') await requireNoRecords();
  await dropRestoring();
  try {
    await fillRestoring(file);
  } catch (error) {
    await dropRestoring();
    throw error;
  }
  const names = new Set([...Object.keys(summary.counts), ...(await listCollectionNames())]);
  const plan: RestorePlan = {
    _id: PLAN_ID,
    collections: [...names].sort(),
    schemaVersion: summary.header.schemaVersion,
    app: summary.header.app,
  };
  await plans().replaceOne({ _id: PLAN_ID }, plan, { upsert: true });
  await finishRestore({ log });
  return summary;
}

/** Puts restored collections in place where a restore was stopped at that; does nothing otherwise. Call at each start. */
export async function finishRestore(options: { log: Log }): Promise<void> {
  const plan = await plans().findOne({ _id: PLAN_ID });
  if (plan === null) return;
  const waiting = new Set(await listNames((name) => name.startsWith(RESTORING)));
  options.log.info({ collections: waiting.size }, 'putting restored collections in place');
  for (const name of plan.collections) {
    if (waiting.has(RESTORING + name)) {
      await database().renameCollection(RESTORING + name, name, { dropTarget: true });
    }
  }
  await recordSchemaVersion({ version: plan.schemaVersion, app: plan.app });
  await plans().deleteOne({ _id: PLAN_ID });
}

async function* readAll(): AsyncGenerator<BackupDocument> {
  const turns = new Map(listModels().map(({ collection, backup }) => [collection, backup]));
  const names = await listCollectionNames();
  for (const turn of TURNS) {
    for (const name of names.filter((one) => (turns.get(one) ?? 'normal') === turn)) {
      // Numbers keep their stored type, and long whole numbers their last digits.
      const cursor = database()
        .collection(name)
        .find({}, { promoteValues: false, promoteLongs: false });
      for await (const document of cursor) yield { collection: name, document };
    }
  }
}

/** Collections beside the old ones, with their indexes: for those of the file, and empty ones for all others. */
async function fillRestoring(file: string): Promise<void> {
  for (const name of await listCollectionNames()) await prepareRestoring(name);
  const batch = new Map<string, mongoose.mongo.Document[]>();
  let count = 0;
  let bytes = 0;
  const flush = async () => {
    for (const [name, documents] of batch) {
      await database()
        .collection(RESTORING + name)
        .insertMany(documents);
    }
    batch.clear();
    count = 0;
    bytes = 0;
  };
  for await (const { collection, document } of readBackupDocuments({ file })) {
    const waiting = batch.get(collection);
    if (waiting) waiting.push(document);
    else batch.set(collection, [document]);
    count += 1;
    bytes += mongoose.mongo.BSON.calculateObjectSize(document);
    if (count >= BATCH_DOCUMENTS || bytes >= BATCH_BYTES) await flush();
  }
  await flush();
}

async function prepareRestoring(name: string): Promise<void> {
  const target = await database().createCollection(RESTORING + name);
  const indexes = await database().collection(name).indexes();
  for (const { key, v: _version, ...settings } of indexes) {
    if (settings.name !== '_id_') await target.createIndex(key, settings);
  }
}

async function requireFitting({ header }: BackupSummary, file: string): Promise<void> {
  const current = currentSchemaVersion();
  if (header.schemaVersion > current) {
    throw new AppError('backup.newer-schema', {
      status: 409,
      values: { file, found: header.schemaVersion, current, app: header.app },
    });
  }
  const own = await findSecretFingerprint();
  if (own !== null && header.secretFingerprint !== null && own !== header.secretFingerprint) {
    throw new AppError('backup.other-secret', { status: 409, values: { file } });
  }
}

async function requireNoRecords(): Promise<void> {
  for (const name of await listCollectionNames()) {
    if (
      (await database()
        .collection(name)
        .findOne({}, { projection: { _id: 1 } })) !== null
    ) {
      throw new AppError('backup.not-empty', { status: 409, values: { collection: name } });
    }
  }
}

async function dropRestoring(): Promise<void> {
  for (const name of await listNames((one) => one.startsWith(RESTORING)))
    await database().dropCollection(name);
}

/** What belongs into a backup: everything but facts of this database itself, leases and unfinished restores. */
async function listCollectionNames(): Promise<string[]> {
  const never = new Set(
    listModels()
      .filter(({ backup }) => backup === 'never')
      .map(({ collection }) => collection),
  );
  never.add(PLAN_COLLECTION);
  return listNames(
    (name) => !never.has(name) && !name.startsWith(RESTORING) && !name.startsWith('system.'),
  );
}

async function listNames(isWanted: (name: string) => boolean): Promise<string[]> {
  const found = await database().listCollections({}, { nameOnly: true }).toArray();
  return found
    .map(({ name }) => name)
    .filter(isWanted)
    .sort();
}

function plans(): mongoose.mongo.Collection<RestorePlan> {
  return database().collection<RestorePlan>(PLAN_COLLECTION);
}

function database(): mongoose.mongo.Db {
  const { db } = mongoose.connection;
  if (db === undefined) throw new Error('not connected');
  return db;
}
