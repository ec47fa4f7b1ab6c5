// The bytes of a request's body, as they came: bounded in size and time, never decompressed. Whole, or piece by
// piece.
import type { IncomingMessage } from 'node:http';
import { AppError, isAppError } from '../http/errors.js';
import type { BodyLimit } from './lrs-request.js';

const SLOWEST_MS = 30_000;
const SECONDS_MS = 1_000;
const PATIENCE = 20;

/** Throws the limit's refusal, `lrs.slow` (408), `lrs.content-encoding` (415), `lrs.body` (400) when it breaks off. */
export async function readBody(
  stream: IncomingMessage,
  options: BodyLimit & { slowestMs?: number },
): Promise<Buffer> {
  const { maxBytes, refusal, slowestMs = SLOWEST_MS } = options;
  refuseEncoding(stream);
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    const finish = (error: AppError | null) => {
      clearTimeout(timer);
      stream.off('data', take).off('end', end).off('close', breakOff).off('error', breakOff);
      if (error === null) return resolve(Buffer.concat(parts));
      stream.resume(); // what still comes is thrown away, so that the answer can be read
      reject(error);
    };
    const take = (part: Buffer) => {
      bytes += part.length;
      if (bytes > maxBytes) return finish(refusal());
      parts.push(part);
    };
    const end = () => finish(null);
    const breakOff = () => finish(broken());
    const timer = setTimeout(() => finish(tooSlow(slowestMs)), slowestMs);
    stream.on('data', take).on('end', end).on('close', breakOff).on('error', breakOff);
  });
}

/**
 * The body piece by piece, as fast as it is taken. Each piece must come within `slowestMs` and all of them within twenty
 * times as long. Throws as readBody does; what still comes is thrown away, so that the answer can be read.
 */
export async function* openBody(
  stream: IncomingMessage,
  options: BodyLimit & { slowestMs?: number },
): AsyncGenerator<Buffer> {
  const { maxBytes, refusal, slowestMs = SLOWEST_MS } = options;
  refuseEncoding(stream);
  const endsAt = Date.now() + PATIENCE * slowestMs;
  const pieces = stream.iterator({ destroyOnReturn: false });
  let bytes = 0;
  try {
    for (;;) {
      const next = await nextWithin(pieces, Math.min(slowestMs, endsAt - Date.now()));
      if (next.done === true) return;
      const piece = next.value as Buffer; // nobody sets an encoding on a request of ours
      bytes += piece.length;
      if (bytes > maxBytes) throw refusal();
      yield piece;
    }
  } finally {
    stream.resume();
  }
}

async function nextWithin(
  pieces: AsyncIterator<unknown>,
  ms: number,
): Promise<IteratorResult<unknown>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(tooSlow(ms)), Math.max(0, ms));
  });
  try {
    return await Promise.race([pieces.next(), late]);
  } catch (error) {
    throw isAppError(error) ? error : broken();
  } finally {
    clearTimeout(timer);
  }
}

function refuseEncoding(stream: IncomingMessage): void {
  const encoding = stream.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    throw new AppError('lrs.content-encoding', { status: 415 });
}

function tooSlow(ms: number): AppError {
  return new AppError('lrs.slow', {
    status: 408,
    values: { seconds: ms / SECONDS_MS },
    headers: { Connection: 'close' },
  });
}

function broken(): AppError {
  return new AppError('lrs.body', { status: 400, values: { fault: 'It breaks off' } });
}
