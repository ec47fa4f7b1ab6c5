// The bytes of a request's body, as they came: bounded in size and time, never decompressed.
import type { IncomingMessage } from 'node:http';
import { AppError } from '../http/errors.js';
import { tooLarge } from './prepare-statements.js';

const SLOWEST_MS = 30_000;
const SECONDS_MS = 1_000;

/** Throws `lrs.too-large` (413), `lrs.slow` (408), `lrs.content-encoding` (415), `lrs.body` (400) when it breaks off. */
export function readBody(
  stream: IncomingMessage,
  options: { maxBytes: number; slowestMs?: number },
): Promise<Buffer> {
  const { maxBytes, slowestMs = SLOWEST_MS } = options;
  const encoding = stream.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    return Promise.reject(new AppError('lrs.content-encoding', { status: 415 }));
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    const finish = (error: AppError | null) => {
      clearTimeout(timer);
      stream.off('data', take).off('end', end).off('close', broken).off('error', broken);
      if (error === null) return resolve(Buffer.concat(parts));
      stream.resume(); // what still comes is thrown away, so that the answer can be read
      reject(error);
    };
    const take = (part: Buffer) => {
      bytes += part.length;
      if (bytes > maxBytes) return finish(tooLarge('A request', `${maxBytes} bytes`));
      parts.push(part);
    };
    const end = () => finish(null);
    const broken = () =>
      finish(new AppError('lrs.body', { status: 400, values: { fault: 'It breaks off' } }));
    const timer = setTimeout(
      () =>
        finish(
          new AppError('lrs.slow', {
            status: 408,
            values: { seconds: slowestMs / SECONDS_MS },
            headers: { Connection: 'close' },
          }),
        ),
      slowestMs,
    );
    stream.on('data', take).on('end', end).on('close', broken).on('error', broken);
  });
}
