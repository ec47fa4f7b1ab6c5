// Compiles the program once for a run of tests, so that each process they start loads plain JavaScript instead of
// compiling 600 files again: half its processor time. Done by the first test that needs it, and never written to dist/.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { packageRoot } from '../../src/package-root.js';

const FOLDER_VARIABLE = 'CROSSWALK_TEST_PROGRAM';
/** What the program reads beside itself, wherever it lies. */
const BESIDE = ['package.json', 'node_modules', 'config', 'public', 'seeds', 'views'];

/** For the start of a run: where the program will lie. With coverage it runs from its source, as that is what is counted. */
export async function announceProgramFolder(): Promise<void> {
  if (process.env['NODE_V8_COVERAGE'] !== undefined) return;
  process.env[FOLDER_VARIABLE] = await mkdtemp(join(tmpdir(), 'crosswalk-program-'));
}

/** For the end of a run. */
export async function removeProgramFolder(): Promise<void> {
  const folder = process.env[FOLDER_VARIABLE];
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
}

/** What node takes to start the command line: the compiled program, or the source where no run of tests was announced. */
export async function programArguments(): Promise<string[]> {
  const folder = process.env[FOLDER_VARIABLE];
  if (folder === undefined) return ['--import', 'tsx', join(packageRoot(), 'src', 'cli.ts')];
  const program = join(folder, 'program');
  if (!existsSync(program)) await buildInto(program);
  return [join(program, 'dist', 'cli.js')];
}

/** Workers may build side by side: each in a folder of its own, and the first to be ready is taken by all. */
async function buildInto(program: string): Promise<void> {
  const own = `${program}-${process.pid}`;
  const source = join(packageRoot(), 'src');
  const names = await readdir(source, { recursive: true });
  await mkdir(own);
  await build({
    entryPoints: names.filter((name) => /\.c?[jt]s$/.test(name)).map((name) => join(source, name)),
    outbase: source,
    outdir: join(own, 'dist'),
    format: 'esm',
    sourcemap: true,
    loader: { '.cjs': 'copy' },
    logLevel: 'warning',
  });
  for (const name of BESIDE) await symlink(join(packageRoot(), name), join(own, name));
  try {
    await rename(own, program);
  } catch (error) {
    if (!existsSync(program)) throw error;
    await rm(own, { recursive: true });
  }
}
