// The database that comes with the application: MongoDB's engine in a child process, on DATA/db, reached by everyone
// through the link DATA/run/mongodb.sock. Restarts it after a crash; the link then points to the new socket, so that
// open connection pools go on by themselves. Not for MONGODB_URI: then nothing of this is used.
import { setTimeout as delay } from 'node:timers/promises';
import mongoose from 'mongoose';
import { isAppError } from '../http/errors.js';
import type { Log } from '../logger.js';
import {
  alreadyRunning,
  clearSocket,
  describeEngineFolder,
  findEngineHolder,
  isSocketServed,
  linkSocket,
  prepareEngineFolder,
  removeEngineRecord,
  writeEngineRecord,
  type EngineFolder,
} from './engine-folder.js';
import { decideEngineRun, readPlatform, requireEnginePackage } from './engine-platform.js';
import { startEngineProcess, type EngineProcess } from './engine-process.js';
import { prepareLoader } from './loader-library.js';

const NEEDED_FREE_MB = 64;
const LOCK_WAIT_MS = 10_000;
const LOCK_RETRY_MS = 250;
const FIRST_RESTART_MS = 100;
const SLOWEST_RESTART_MS = 30_000;
const STEADY_AFTER_MS = 60_000;

export interface EmbeddedEngineOptions {
  dataFolder: string;
  cacheSizeMb: number;
  /** Whether a newer C library may be fetched where this system's is too old. */
  allowLoaderDownload: boolean;
  /** Where that library is kept between starts; may be shared by several data folders. */
  loaderFolder: string;
  /** Lines for the person who starts the application, before anything is fetched. */
  announce: (line: string) => void;
  log: Log;
  /** Start is refused below this much free space. */
  freeMb?: number;
  /** How long an engine that holds the folder is given to go, as one does whose application was just killed. */
  lockWaitMs?: number;
}

export interface EmbeddedEngine {
  uri: string;
  socketPath: string;
  /** Process id of the engine's child process of this moment; null between a crash and the restart. */
  pid(): number | null;
  /** Called after each crash, with the words of how it ended. */
  onCrash(listener: (how: string) => void): void;
  close(): Promise<void>;
}

/**
 * Starts the engine of a data folder and keeps it running until `close`.
 * Throws `engine.already-running`, `engine.unsupported-platform`, `engine.not-installed`, `engine.loader-forbidden`,
 * `engine.loader-failed`, `engine.path-too-long`, `engine.folder-not-writable`, `engine.disk-full`, `engine.start-failed`.
 */
export async function startEmbeddedEngine(options: EmbeddedEngineOptions): Promise<EmbeddedEngine> {
  const {
    dataFolder,
    cacheSizeMb,
    log,
    freeMb = NEEDED_FREE_MB,
    lockWaitMs = LOCK_WAIT_MS,
  } = options;
  const folder = describeEngineFolder(dataFolder);
  const command = await prepareCommand(options);
  const start = async () => {
    await prepareEngineFolder({ folder, freeMb });
    const running = await openFolder({ folder, command, lockWaitMs, log });
    try {
      await configureEngine({ socketPath: running.socketPath, cacheSizeMb });
      await clearSocket(folder);
      await writeEngineRecord(folder, running.pid);
      await linkSocket(folder, running.socketPath);
    } catch (error) {
      await running.stop();
      throw error;
    }
    return running;
  };
  const holder = await findEngineHolder(folder);
  if (holder !== null) throw alreadyRunning(folder, holder.pid);
  const keeper = keepRunning({ first: await start(), restart: start, log });
  return {
    uri: folder.uri,
    socketPath: folder.socketPath,
    pid: keeper.pid,
    onCrash: keeper.onCrash,
    async close() {
      await keeper.close();
      await clearSocket(folder);
      await removeEngineRecord(folder);
    },
  };
}

/** The engine that another process runs on this folder, for commands that want to share it; null when there is none. */
export async function findRunningEngine(options: {
  dataFolder: string;
}): Promise<{ uri: string; pid: number } | null> {
  const folder = describeEngineFolder(options.dataFolder);
  const holder = await findEngineHolder(folder);
  if (holder === null || !(await isSocketServed(folder))) return null;
  return { uri: folder.uri, pid: holder.pid };
}

async function prepareCommand(options: EmbeddedEngineOptions): Promise<string[]> {
  const machine = readPlatform();
  const run = decideEngineRun(machine);
  requireEnginePackage();
  if (run === 'own') return [process.execPath];
  const { loaderFolder, allowLoaderDownload, announce } = options;
  return prepareLoader({
    loaderFolder,
    allowDownload: allowLoaderDownload,
    glibc: machine.glibc ?? '',
    announce,
  });
}

/** Refuses a folder in use. An engine whose application was killed is still closing for a moment: that is waited for. */
async function openFolder(options: {
  folder: EngineFolder;
  command: string[];
  lockWaitMs: number;
  log: Log;
}): Promise<EngineProcess> {
  const { folder, command, lockWaitMs, log } = options;
  const deadline = performance.now() + lockWaitMs;
  for (;;) {
    try {
      return await startEngineProcess({ databaseFolder: folder.databaseFolder, command, log });
    } catch (error) {
      if (!isAppError(error) || error.code !== 'engine.locked') throw error;
      const holder = await findEngineHolder(folder);
      if (holder !== null && holder.pid !== process.pid) throw alreadyRunning(folder, holder.pid);
      if (performance.now() > deadline) throw alreadyRunning(folder, 'unknown');
      await delay(LOCK_RETRY_MS);
    }
  }
}

/** Before anyone else connects: without this setting some ordinary queries fail on large collections (error 224). */
async function configureEngine(options: {
  socketPath: string;
  cacheSizeMb: number;
}): Promise<void> {
  const { socketPath, cacheSizeMb } = options;
  const client = new mongoose.mongo.MongoClient(
    `mongodb://${encodeURIComponent(socketPath)}/?directConnection=true`,
    { maxPoolSize: 1 },
  );
  try {
    const admin = client.db('admin');
    await admin.command({ setParameter: 1, internalQueryPlanRanker: 'multiPlanning' });
    await admin.command({
      setParameter: 1,
      wiredTigerEngineRuntimeConfig: `cache_size=${String(cacheSizeMb)}MB`,
    });
  } finally {
    await client.close();
  }
}

/** Restarts after each crash, ever more slowly while it keeps crashing. */
function keepRunning(options: {
  first: EngineProcess;
  restart: () => Promise<EngineProcess>;
  log: Log;
}): {
  pid(): number | null;
  onCrash(listener: (how: string) => void): void;
  close(): Promise<void>;
} {
  const { restart, log } = options;
  const stopping = new AbortController();
  const listeners: ((how: string) => void)[] = [];
  let current: EngineProcess | null = options.first;

  const watch = async () => {
    let wait = FIRST_RESTART_MS;
    while (current !== null) {
      const began = performance.now();
      const end = await current.ended;
      current = null;
      if (stopping.signal.aborted) return;
      log.error({ how: end.how, output: end.output }, 'the database engine ended unexpectedly');
      for (const listener of listeners) listener(end.how);
      if (performance.now() - began > STEADY_AFTER_MS) wait = FIRST_RESTART_MS;
      while (current === null && !stopping.signal.aborted) {
        await delay(wait, undefined, { signal: stopping.signal }).catch(() => undefined);
        if (stopping.signal.aborted) return;
        wait = Math.min(wait * 2, SLOWEST_RESTART_MS);
        current = await restart().catch((error: unknown) => {
          log.error({ err: error }, 'the database engine could not be restarted');
          return null;
        });
      }
      log.warn('the database engine was restarted');
    }
  };
  const watching = watch();

  return {
    pid: () => current?.pid ?? null,
    onCrash: (listener) => void listeners.push(listener),
    async close() {
      stopping.abort();
      await current?.stop();
      await watching;
      await current?.stop(); // a restart that was under way when we were asked to close
    },
  };
}
