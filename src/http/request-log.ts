// One line a request: method, path without query, status, time. The id is the reference number people are shown.
import { randomUUID } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import type { Logger } from 'pino';

/** The address of a page that somebody shares opens it: it is told to nobody who reads logs. */
const SHARED_ADDRESS = /^\/shared\/.*/;

const ids = new WeakMap<Request, string>();

/**
 * Gives every request an id and logs its end. Queries, headers and bodies stay out: they may hold tokens and names. A request
 * makes no logger of its own: most are logged at a level that nobody listens to.
 */
export function requestLog(options: { log: Logger }): RequestHandler {
  const { log } = options;
  return (req, res, next) => {
    const id = randomUUID().slice(0, 8);
    const begunAt = performance.now();
    ids.set(req, id);
    res.once('close', () => {
      const level = res.statusCode >= 500 ? 'error' : 'debug';
      if (!log.isLevelEnabled(level)) return;
      const path = req.originalUrl.split('?')[0]?.replace(SHARED_ADDRESS, '/shared/…');
      log[level](
        {
          req: { id, method: req.method, path },
          res: { status: res.statusCode },
          responseTime: Math.round(performance.now() - begunAt),
        },
        res.writableFinished ? 'request completed' : 'request aborted',
      );
    });
    next();
  };
}

/** The reference number of this request; empty where no request log is mounted. */
export function requestId(req: Request): string {
  return ids.get(req) ?? '';
}
