// Opens settings, log and database for the length of one command: MONGODB_URI, the engine of a running server, or an
// engine of our own that stops with the command.
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { readConfig, type Config } from '../config.js';
import { openDatabase, type OpenDatabase } from '../db/open-database.js';
import { createLogger, type Log } from '../logger.js';
import { packageRoot } from '../package-root.js';

const POOL_SIZE = 4;
const PackageFile = z.object({ version: z.string() });

export interface CommandDatabase {
  config: Config;
  log: Log;
  now: () => Date;
  database: OpenDatabase;
  /** Version of the application. */
  app: string;
}

/** `announce` takes lines for the person, for instance that an engine is being prepared. */
export async function withDatabase<Result>(
  options: { announce: (line: string) => void },
  work: (opened: CommandDatabase) => Promise<Result>,
): Promise<Result> {
  const config = readConfig();
  const log = createLogger({ level: config.logLevel });
  const app = readAppVersion();
  const now = () => new Date();
  const database = await openDatabase({
    ...databaseSettings(config),
    sharing: 'allowed',
    maxPoolSize: POOL_SIZE,
    app,
    holder: `command-${String(process.pid)}-${hostname()}`,
    announce: options.announce,
    now,
    log,
  });
  try {
    return await work({ config, log, now, database, app });
  } finally {
    await database.close();
  }
}

/** What the settings say of the database, as openDatabase takes it. */
export function databaseSettings(config: Config) {
  return {
    mongodbUri: config.mongodbUri,
    databaseName: config.databaseName,
    dataFolder: config.dataFolder,
    cacheSizeMb: config.engineCacheMb,
    allowLoaderDownload: config.loaderDownloadAllowed,
    loaderFolder: config.loaderFolder,
    secret: config.secret,
    previousSecrets: config.previousSecrets,
  };
}

/** The version in package.json. */
export function readAppVersion(): string {
  const text = readFileSync(join(packageRoot(), 'package.json'), 'utf8');
  return PackageFile.parse(JSON.parse(text)).version;
}
