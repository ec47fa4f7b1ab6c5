// Reads a file that a person named on the command line, as UTF-8 text. Says what is wrong with it in one sentence.
import { readFile, stat } from 'node:fs/promises';
import { AppError } from '../http/errors.js';

const LARGEST_FILE_BYTES = 200 * 1024 * 1024;
const REASONS: Record<string, string> = {
  ENOENT: 'cli.no-such-file',
  ENOTDIR: 'cli.no-such-file',
  EACCES: 'cli.file-forbidden',
  EPERM: 'cli.file-forbidden',
  EISDIR: 'cli.file-is-folder',
};

/**
 * The text without a byte order mark. Throws `cli.no-such-file`, `cli.file-forbidden`, `cli.file-is-folder`,
 * `cli.file-too-large`, `cli.file-unreadable` or `cli.file-encoding`.
 */
export async function readTextFile(file: string): Promise<string> {
  const bytes = await readBytes(file);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw fileError('cli.file-encoding', file, { encoding: guessEncoding(bytes) }, error);
  }
}

async function readBytes(file: string): Promise<Buffer> {
  try {
    const { size } = await stat(file);
    if (size > LARGEST_FILE_BYTES) {
      const limit = LARGEST_FILE_BYTES / 1024 / 1024;
      throw fileError('cli.file-too-large', file, { limit });
    }
    return await readFile(file);
  } catch (error) {
    if (error instanceof AppError) throw error;
    const cause = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw fileError(REASONS[cause] ?? 'cli.file-unreadable', file, { cause }, error);
  }
}

function guessEncoding(bytes: Buffer): string {
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  return isUtf16 ? 'UTF-16' : 'Latin-1 or Windows-1252';
}

function fileError(
  code: string,
  file: string,
  more: Record<string, string | number>,
  cause?: unknown,
): AppError {
  return new AppError(code, { status: 400, values: { file, ...more }, cause });
}
