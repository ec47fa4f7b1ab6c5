// The download itself, at an address that opens once and asks for no cookie (docs/decisions/files.md). Always a download, never
// a page: what people hand in is not to run or be drawn on our origin. Mounted before the sessions.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Router, type Response } from 'express';
import { z } from 'zod';
import { AppError } from '../http/errors.js';
import { parseInput } from '../http/parse-input.js';
import { readChunks } from './file-chunk.model.js';
import { takeTicket } from './file-ticket.model.js';
import { findFile, type StoredFile } from './stored-file.model.js';

const Params = z.object({ token: z.string().max(100) });

export function filesRoutes({ now }: { now: () => Date }): Router {
  const router = Router();

  router.get('/files/:token', async (req, res) => {
    // A look ahead must not use the address up.
    if (req.method !== 'GET')
      throw new AppError('page.method', {
        status: 405,
        values: { allowed: 'GET' },
        headers: { Allow: 'GET' },
      });
    const { token } = parseInput(Params, req.params);
    const ticket = await takeTicket({ token, now: now() });
    const file = ticket && (await findFile(ticket));
    if (!file) throw new AppError('file.link-used', { status: 410 });
    await sendFile(res, file);
  });

  return router;
}

async function sendFile(res: Response, file: StoredFile): Promise<void> {
  res.attachment(file.name);
  res.setHeader('Content-Type', file.mediaType);
  res.setHeader('Content-Length', file.size);
  res.setHeader('X-Content-Type-Options', 'nosniff');
  res.setHeader('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'; sandbox");
  res.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  res.setHeader('Cache-Control', 'private, no-store');
  const content = Readable.from(readChunks({ deployment: file.deployment, file: file.id }));
  await pipeline(content, res).catch((error: unknown) => {
    // Somebody who stops a download has done nothing wrong, and nothing can be answered any more.
    if (!isClosedEarly(error)) throw error;
  });
}

function isClosedEarly(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
}
