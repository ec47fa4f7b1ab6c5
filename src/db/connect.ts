// The one connection of the process (mongoose's default connection), the same for MONGODB_URI and the embedded engine,
// how durable its writes are, and the indexes of all registered models. Uses no session, transaction or change stream: the engine has none.
import mongoose from 'mongoose';
import { AppError } from '../http/errors.js';
import type { Log } from '../logger.js';
import { listModels, type ModelEntry } from './models.js';

const SERVER_SELECTION_MS = 10_000;
const UNAUTHORISED_CODES = new Set([13, 18, 8000]);

/** Connects. Throws `database.unreachable` or `database.unauthorised`; the address in them has no password. */
export async function connectDatabase(options: {
  uri: string;
  dbName: string;
  log: Log;
  maxPoolSize: number;
  /** How long one server is looked for: at the start, and by each query while it is away. */
  serverSelectionMs?: number;
}): Promise<mongoose.Connection> {
  const { uri, dbName, log, maxPoolSize, serverSelectionMs = SERVER_SELECTION_MS } = options;
  mongoose.set({ strictQuery: 'throw', sanitizeFilter: true, autoIndex: false, autoCreate: false });
  const { connection } = mongoose;
  if (connection.listenerCount('disconnected') === 0) {
    connection.on('disconnected', () => log.warn('the database connection was lost'));
    connection.on('reconnected', () => log.info('the database connection is back'));
    connection.on('error', (error: unknown) =>
      log.error({ err: error }, 'database connection error'),
    );
  }
  try {
    const settings = { dbName, serverSelectionTimeoutMS: serverSelectionMs };
    const writeConcern = durability(await findDeployment({ uri, ...settings }));
    await mongoose.connect(uri, { ...settings, maxPoolSize, writeConcern });
  } catch (error) {
    await mongoose.disconnect();
    throw describeConnectError(error, uri);
  }
  return connection;
}

/**
 * What a write must have reached before it is acknowledged. On a single server `majority` asks for nothing more than
 * that server, and the embedded engine then answers before its journal is written: killed, it lost acknowledged writes
 * in one kill of seven. With `w: 1, j: true` it lost none in two hundred.
 */
export function durability(deployment: 'single' | 'replicated'): {
  w: 1 | 'majority';
  journal: true;
} {
  return deployment === 'single' ? { w: 1, journal: true } : { w: 'majority', journal: true };
}

/**
 * Makes the indexes of all registered models, one command a collection and side by side: at every start but the first they
 * are there, and only the way to the database and back counts. Throws `database.index-failed` naming the collection.
 */
export async function ensureIndexes(): Promise<void> {
  const making = listModels().map(makeIndexes);
  await Promise.allSettled(making); // none is left under way when one fails
  await Promise.all(making);
}

async function makeIndexes({ name, collection }: ModelEntry): Promise<void> {
  const model = mongoose.model(name);
  // mongoose's type of an index is wider than what our schemas hold.
  const indexes = model.schema
    .indexes()
    .map(([key, options]) => ({ ...options, key }) as mongoose.mongo.IndexDescription);
  try {
    if (indexes.length > 0) await model.collection.createIndexes(indexes);
  } catch (error) {
    throw new AppError('database.index-failed', {
      status: 503,
      values: { collection, reason: error instanceof Error ? error.message : String(error) },
      cause: error,
    });
  }
}

export async function disconnectDatabase(): Promise<void> {
  mongoose.connection.removeAllListeners();
  await mongoose.disconnect();
}

/** For /readyz: whether the database answers now. Never throws. */
export async function databaseState(options: { timeoutMs: number }): Promise<{
  isReady: boolean;
  reason: string;
}> {
  const { db, readyState } = mongoose.connection;
  if (db === undefined || readyState !== mongoose.ConnectionStates.connected) {
    return { isReady: false, reason: mongoose.STATES[readyState] };
  }
  try {
    await db.command({ ping: 1 }, { timeoutMS: options.timeoutMs });
    return { isReady: true, reason: 'connected' };
  } catch (error) {
    return { isReady: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** The address as it may be shown: without user and password. */
export function showDatabaseAddress(uri: string): string {
  const match = /^(mongodb(?:\+srv)?:\/\/)(?:[^/]*@)?([^/?]*)/.exec(uri);
  return match ? `${match[1] ?? ''}${match[2] ?? ''}` : 'the address given';
}

/** Asks the server what it is, on a short connection that also shows whether we may use the database. */
async function findDeployment(options: {
  uri: string;
  dbName: string;
  serverSelectionTimeoutMS: number;
}): Promise<'single' | 'replicated'> {
  const { uri, dbName, serverSelectionTimeoutMS } = options;
  const client = new mongoose.mongo.MongoClient(uri, { maxPoolSize: 1, serverSelectionTimeoutMS });
  try {
    const db = client.db(dbName);
    const hello = await db.command({ hello: 1 });
    await db.collection('databaseFacts').findOne({}, { projection: { _id: 1 } });
    const isSingle = hello.setName === undefined && hello.msg !== 'isdbgrid';
    return isSingle ? 'single' : 'replicated';
  } finally {
    await client.close();
  }
}

function describeConnectError(error: unknown, uri: string): AppError {
  const code = error instanceof mongoose.mongo.MongoServerError ? Number(error.code) : 0;
  const isRefused = UNAUTHORISED_CODES.has(code);
  const reason =
    error instanceof Error
      ? error.message.replaceAll(uri, showDatabaseAddress(uri))
      : String(error);
  return new AppError(isRefused ? 'database.unauthorised' : 'database.unreachable', {
    status: 503,
    values: { address: showDatabaseAddress(uri), reason },
  });
}
