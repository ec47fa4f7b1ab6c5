// Reads a file that a person named on the command line. Says what is wrong with it in one sentence; what its bytes mean is
// the importers' business.
import { readFile, stat } from 'node:fs/promises';
import { AppError } from '../http/errors.js';

const BYTES_PER_MB = 1024 * 1024;
const LARGEST_FILE_MB = 200;
const REASONS: Record<string, string> = {
  ENOENT: 'cli.no-such-file',
  ENOTDIR: 'cli.no-such-file',
  EACCES: 'cli.file-forbidden',
  EPERM: 'cli.file-forbidden',
  EISDIR: 'cli.file-is-folder',
};

/** Throws `cli.no-such-file`, `cli.file-forbidden`, `cli.file-is-folder`, `cli.file-too-large` or `cli.file-unreadable`. */
export async function readNamedFile(file: string): Promise<Buffer> {
  const { size } = await stat(file).catch((error: unknown) => refuse(file, error));
  if (size > LARGEST_FILE_MB * BYTES_PER_MB) {
    throw new AppError('cli.file-too-large', {
      status: 413,
      values: { file, limit: LARGEST_FILE_MB },
    });
  }
  return readFile(file).catch((error: unknown) => refuse(file, error));
}

function refuse(file: string, error: unknown): never {
  const cause = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  throw new AppError(REASONS[cause] ?? 'cli.file-unreadable', {
    status: 400,
    values: { file, cause },
    cause: error,
  });
}
