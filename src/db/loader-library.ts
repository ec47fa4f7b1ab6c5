// A newer C library for the engine on older Debian systems (the system is not touched):
// Debian 13's libc6, fetched with a private apt set-up (signatures checked by apt as usual), unpacked, kept for later
// starts. The engine's child process is then started through that library's loader. Nothing else uses it.
import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AppError } from '../http/errors.js';
import { writeSourceList } from './apt-sources.js';

const SUITE = 'trixie';
const SIZE_IN_WORDS = 'about 13 MB';
const FETCH_DEADLINE_MS = 120_000;
const ARCHITECTURES: Record<string, { debian: string; triplet: string; loader: string }> = {
  x64: { debian: 'amd64', triplet: 'x86_64-linux-gnu', loader: 'ld-linux-x86-64.so.2' },
  arm64: { debian: 'arm64', triplet: 'aarch64-linux-gnu', loader: 'ld-linux-aarch64.so.1' },
};

/** The command that starts Node with a new enough C library. Throws `engine.loader-forbidden` or `engine.loader-failed`. */
export async function prepareLoader(options: {
  loaderFolder: string;
  allowDownload: boolean;
  glibc: string;
  announce: (line: string) => void;
}): Promise<string[]> {
  const { loaderFolder, allowDownload, glibc, announce } = options;
  const names = ARCHITECTURES[process.arch];
  if (!names) throw loaderFailed(glibc, `no library for ${process.arch}`);
  const library = join(loaderFolder, `libc6-${SUITE}-${names.debian}`);
  const folder = join(library, 'usr', 'lib', names.triplet);
  const command = [
    join(folder, names.loader),
    '--library-path',
    [folder, `/usr/lib/${names.triplet}`, `/lib/${names.triplet}`].join(':'),
    process.execPath,
  ];
  if (await exists(join(folder, names.loader))) return command;
  if (!allowDownload)
    throw new AppError('engine.loader-forbidden', { status: 503, values: { glibc } });
  announce(
    `The database engine needs glibc 2.38 or newer; this system has ${glibc}. Fetching Debian 13's libc6 ` +
      `(${SIZE_IN_WORDS}, from your Debian package sources, suite ${SUITE}) into ${loaderFolder}; the system is not changed.`,
  );
  try {
    await fetchLibrary({ loaderFolder, library, architecture: names.debian });
  } catch (error) {
    throw loaderFailed(glibc, error instanceof Error ? error.message : String(error), error);
  }
  return command;
}

async function fetchLibrary(options: {
  loaderFolder: string;
  library: string;
  architecture: string;
}): Promise<void> {
  const { loaderFolder, library, architecture } = options;
  await mkdir(loaderFolder, { recursive: true, mode: 0o700 });
  const workshop = await mkdtemp(join(loaderFolder, 'fetch-'));
  try {
    const lists = join(workshop, 'lists');
    const cache = join(workshop, 'cache');
    await mkdir(join(lists, 'partial'), { recursive: true });
    await mkdir(join(cache, 'archives', 'partial'), { recursive: true });
    const sourceList = join(workshop, 'sources.list');
    await writeFile(sourceList, await writeSourceList({ suite: SUITE, architecture }));
    const settings = [
      `Dir::Etc::sourcelist=${sourceList}`,
      'Dir::Etc::sourceparts=/dev/null',
      'Dir::Etc::preferences=/dev/null',
      'Dir::Etc::preferencesparts=/dev/null',
      `Dir::State::lists=${lists}`,
      `Dir::Cache=${cache}`,
      'APT::Update::Post-Invoke-Success::=/bin/true',
      'Acquire::Languages=none',
      'Acquire::Retries=2',
    ].flatMap((setting) => ['-o', setting]);
    await run('apt-get', [...settings, 'update'], workshop);
    await run('apt-get', [...settings, 'download', `libc6:${architecture}`], workshop);
    const debianPackage = (await readdir(workshop)).find((name) => name.endsWith('.deb'));
    if (debianPackage === undefined) throw new Error('apt-get brought no package');
    const unpacked = join(workshop, 'unpacked');
    await run('dpkg', ['-x', debianPackage, unpacked], workshop);
    await moveIntoPlace(unpacked, library);
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

/** Two first starts at once both fetch; the first to finish wins and the other's copy is the same. */
async function moveIntoPlace(unpacked: string, library: string): Promise<void> {
  try {
    await rename(unpacked, library);
  } catch (error) {
    if (!(await exists(library))) throw error;
  }
}

async function run(program: string, args: string[], folder: string): Promise<void> {
  try {
    await promisify(execFile)(program, args, { cwd: folder, timeout: FETCH_DEADLINE_MS });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new Error(`${program} is not on this system`, { cause: error });
    }
    const words =
      error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    throw new Error(`${program} failed: ${words.slice(-500)}`, { cause: error });
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function loaderFailed(glibc: string, reason: string, cause?: unknown): AppError {
  return new AppError('engine.loader-failed', { status: 503, values: { glibc, reason }, cause });
}
