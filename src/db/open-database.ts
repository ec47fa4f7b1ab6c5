// Opens the database for a process: MONGODB_URI, or the engine that already runs on the data folder (a command beside a
// running server), or our own engine. Then the checks that come before any other read or write, and the indexes.
import type { Log } from '../logger.js';
import { finishRestore } from './backup.js';
import { connectDatabase, disconnectDatabase, ensureIndexes } from './connect.js';
import { findRunningEngine, startEmbeddedEngine, type EmbeddedEngine } from './embedded-engine.js';
import { isAppError } from '../http/errors.js';
import { acceptPreviousSecrets, secretFingerprint } from '../secrets.js';
import { resealAll } from './reseal.js';
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
  secret: string;
  /** Secrets used before; what they sealed opens still. */
  previousSecrets?: readonly string[];
  /** The server seals what previous secrets sealed anew, before anything else; a command leaves it. */
  sealsAnew?: boolean;
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
    await checkSecrets(options);
    await ensureIndexes();
  } catch (error) {
    await close();
    throw error;
  }
  return { kind, engine, close };
}

/** Under a changed secret everything can be read as long as the previous one is given, so no fault here stops a start. */
async function checkSecrets(options: Parameters<typeof openDatabase>[0]): Promise<void> {
  const { secret, previousSecrets = [], sealsAnew = false, holder, now, log } = options;
  acceptPreviousSecrets({ secret, previous: previousSecrets });
  await checkSecretFingerprint({
    fingerprint: secretFingerprint(secret),
    previous: previousSecrets.map((one) => secretFingerprint(one)),
  });
  if (!sealsAnew || previousSecrets.length === 0) return;
  try {
    const { sealed } = await resealAll({ secret, holder, now });
    log.info({ sealed }, 'what previous secrets encrypted is encrypted under the present one');
  } catch (error) {
    if (!isAppError(error)) throw error;
    log.warn({ code: error.code, ...error.values }, 'not everything is under the present secret');
  }
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
