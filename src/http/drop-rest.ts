// What is still being sent when a request is already answered. A browser shows the answer only when it was let finish sending,
// so some of the rest is taken and thrown away; then the connection is closed, and no sender keeps us busy.
import type { Request, Response } from 'express';

const REST_BYTES = 32 * 1024 * 1024;
const REST_MS = 10_000;

/** At most 32 MiB and ten seconds of it, and never before the answer is sent. */
export function dropRest(req: Request, res: Response): void {
  if (req.complete || req.destroyed) return;
  let left = REST_BYTES;
  const cut = (): void => {
    if (res.writableFinished) return void req.destroy();
    req.pause();
    res.once('finish', () => req.destroy());
  };
  const late = setTimeout(cut, REST_MS).unref();
  req.once('close', () => clearTimeout(late));
  req.on('error', () => undefined);
  req.unpipe();
  req.on('data', (piece: Buffer) => {
    left -= piece.length;
    if (left < 0) cut();
  });
  req.resume();
}
