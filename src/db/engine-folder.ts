// What lies in the data folder around the engine: db/ (its files), run/ (the link to its socket and who runs it).
// The engine's own lock on db/ is the truth about who holds it; run/engine.json only gives that holder a name.
import { execFile } from 'node:child_process';
import { constants, existsSync } from 'node:fs';
import {
  access,
  chmod,
  mkdir,
  readFile,
  readlink,
  rename,
  rm,
  statfs,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { connect } from 'node:net';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { AppError } from '../http/errors.js';

const OWNER_ONLY = 0o700;
const SOCKET_PATH_BYTES = process.platform === 'darwin' ? 103 : 107;
const PROBE_DEADLINE_MS = 2_000;
const ENGINE_SOCKET_FOLDER = /^embedded-mongodb-/;
const BYTES_PER_MB = 1024 * 1024;

const engineRecord = z.object({
  pid: z.number().int().positive(),
  /** When that process began, so that another process with the same number is not taken for it. */
  began: z.string(),
  hostPid: z.number().int().positive(),
});
export type EngineRecord = z.infer<typeof engineRecord>;

export interface EngineFolder {
  databaseFolder: string;
  socketPath: string;
  recordFile: string;
  uri: string;
}

/** The paths of a data folder. Throws `engine.path-too-long` where a socket's address could not hold them. */
export function describeEngineFolder(dataFolder: string): EngineFolder {
  const root = resolve(dataFolder);
  const socketPath = join(root, 'run', 'mongodb.sock');
  const bytes = Buffer.byteLength(socketPath);
  if (bytes > SOCKET_PATH_BYTES) {
    throw new AppError('engine.path-too-long', {
      status: 503,
      values: { path: socketPath, bytes, limit: SOCKET_PATH_BYTES },
    });
  }
  return {
    databaseFolder: join(root, 'db'),
    socketPath,
    recordFile: join(root, 'run', 'engine.json'),
    uri: `mongodb://${encodeURIComponent(socketPath)}/?directConnection=true`,
  };
}

/** Makes the folders, for the owner alone, and tries a write. Throws `engine.folder-not-writable` or `engine.disk-full`. */
export async function prepareEngineFolder(options: {
  folder: EngineFolder;
  freeMb: number;
}): Promise<void> {
  const { folder, freeMb } = options;
  const runFolder = dirname(folder.socketPath);
  const probe = join(runFolder, `.probe-${String(process.pid)}`);
  try {
    await access(findExisting(folder.databaseFolder), constants.W_OK);
    for (const path of [folder.databaseFolder, runFolder]) {
      await mkdir(path, { recursive: true, mode: OWNER_ONLY });
      await chmod(path, OWNER_ONLY);
    }
    await writeFile(probe, 'x');
    await rm(probe, { force: true });
  } catch (error) {
    throw describeFolderError(error, folder);
  }
  const disk = await statfs(folder.databaseFolder);
  const foundMb = Math.floor((disk.bavail * disk.bsize) / BYTES_PER_MB);
  if (foundMb < freeMb) throw diskFull(folder, foundMb);
}

/** The folder itself or what is there of the way to it: making folders on a read-only disk gives a misleading reason. */
function findExisting(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : findExisting(dirname(path));
}

/** Points the one address everybody uses to the socket of this run, in one step. */
export async function linkSocket(folder: EngineFolder, realSocket: string): Promise<void> {
  const next = `${folder.socketPath}.${String(process.pid)}`;
  await rm(next, { force: true });
  await symlink(realSocket, next);
  await rename(next, folder.socketPath);
}

/** Removes the link and the folder of a socket that nobody serves any more. */
export async function clearSocket(folder: EngineFolder): Promise<void> {
  const realSocket = await readlink(folder.socketPath).catch(() => null);
  if (realSocket === null) return;
  await rm(folder.socketPath, { force: true });
  const left = dirname(realSocket);
  if (ENGINE_SOCKET_FOLDER.test(basename(left))) await rm(left, { recursive: true, force: true });
}

/** True when something answers at the folder's address. */
export function isSocketServed(folder: EngineFolder): Promise<boolean> {
  return new Promise((resolveServed) => {
    const socket = connect(folder.socketPath);
    const answer = (served: boolean) => {
      socket.destroy();
      resolveServed(served);
    };
    socket.setTimeout(PROBE_DEADLINE_MS, () => answer(false));
    socket.once('connect', () => answer(true)).once('error', () => answer(false));
  });
}

/** Writes who runs the engine of this folder, in one step. */
export async function writeEngineRecord(folder: EngineFolder, hostPid: number): Promise<void> {
  const record: EngineRecord = {
    pid: process.pid,
    began: (await findProcessBeginning(process.pid)) ?? '',
    hostPid,
  };
  const next = `${folder.recordFile}.${String(process.pid)}`;
  await writeFile(next, JSON.stringify(record));
  await rename(next, folder.recordFile);
}

/** Who runs the engine of this folder; null when nobody does, as after a crash of the whole application. */
export async function findEngineHolder(folder: EngineFolder): Promise<EngineRecord | null> {
  const text = await readFile(folder.recordFile, 'utf8').catch(() => null);
  if (text === null) return null;
  const parsed = engineRecord.safeParse(parseJson(text));
  if (!parsed.success) return null;
  const began = await findProcessBeginning(parsed.data.pid);
  return began === parsed.data.began ? parsed.data : null;
}

export async function removeEngineRecord(folder: EngineFolder): Promise<void> {
  await rm(folder.recordFile, { force: true });
}

export function alreadyRunning(folder: EngineFolder, pid: number | 'unknown'): AppError {
  return new AppError('engine.already-running', {
    status: 503,
    values: { pid, folder: dirname(folder.databaseFolder) },
  });
}

/** A mark that differs between two processes which had the same number one after the other; null when it is gone. */
async function findProcessBeginning(pid: number): Promise<string | null> {
  if (process.platform === 'linux') {
    const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => null);
    if (stat === null) return null;
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
    // Field 22 is the start in clock ticks since boot; the name in field 2 may hold blanks and brackets.
    const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
    return `${boot.trim()} ${started}`;
  }
  const found = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)]).catch(
    () => null,
  );
  return found === null ? null : found.stdout.trim();
}

function describeFolderError(error: unknown, folder: EngineFolder): AppError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(folder, 0);
  return new AppError('engine.folder-not-writable', {
    status: 503,
    values: { folder: dirname(folder.databaseFolder), reason: code || String(error) },
    cause: error,
  });
}

function diskFull(folder: EngineFolder, freeMb: number): AppError {
  return new AppError('engine.disk-full', {
    status: 503,
    values: { folder: dirname(folder.databaseFolder), freeMb },
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // a record cut short by a full disk names nobody
  }
}
