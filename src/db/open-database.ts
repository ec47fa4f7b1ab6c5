// Opens the database for a process: MONGODB_URI, or the engine that already runs on the data folder (a command beside a
// running server), or our own engine. Then the checks that come before any other read or write, and the indexes.
import type { Log } from '../logger.js';
import { finishRestore } from './backup.js';
import { connectDatabase, disconnectDatabase, ensureIndexes } from './connect.js';
import { findRunningEngine, startEmbeddedEngine, type EmbeddedEngine } from './embedded-engine.js';
import { checkSchemaVersion, checkSecretFingerprint } from './schema-version.js';

export interface OpenDatabase {
  /** Where it is: for people, without a password. */
  kind: 'server' | 'own-engine' | 'shared-engine';
  engine: EmbeddedEngine | null;
  /** Disconnects, and stops the engine where it is ours. */
  close(): Promise<void>;
}

/** `sharing: 'refused'` is for the server, which must run the engine itself; commands say `allowed`. */
export async function openDatabase(options: {
  mongodbUri: string | null;
  databaseName: string;
  dataFolder: string;
  cacheSizeMb: number;
  allowLoaderDownload: boolean;
  loaderFolder: string;
  sharing: 'allowed' | 'refused';
  secretFingerprint: string;
  maxPoolSize: number;
  /** Version of the application. */
  app: string;
  /** Name of this process in leases. */
  holder: string;
  announce: (line: string) => void;
  now: () => Date;
  log: Log;
}): Promise<OpenDatabase> {
  const { databaseName, maxPoolSize, app, holder, now, log } = options;
  const { kind, uri, engine } = await findAddress(options);
  const close = async () => {
    await disconnectDatabase();
    await engine?.close();
  };
  try {
    await connectDatabase({ uri, dbName: databaseName, log, maxPoolSize });
    await finishRestore({ log });
    await checkSchemaVersion({ app, holder, now, log });
    await checkSecretFingerprint({ fingerprint: options.secretFingerprint });
    await ensureIndexes();
  } catch (error) {
    await close();
    throw error;
  }
  return { kind, engine, close };
}

async function findAddress(
  options: Parameters<typeof openDatabase>[0],
): Promise<{ kind: OpenDatabase['kind']; uri: string; engine: EmbeddedEngine | null }> {
  const { mongodbUri, dataFolder, sharing } = options;
  if (mongodbUri !== null) return { kind: 'server', uri: mongodbUri, engine: null };
  const running = sharing === 'allowed' ? await findRunningEngine({ dataFolder }) : null;
  if (running !== null) return { kind: 'shared-engine', uri: running.uri, engine: null };
  const engine = await startEmbeddedEngine(options);
  return { kind: 'own-engine', uri: engine.uri, engine };
}
