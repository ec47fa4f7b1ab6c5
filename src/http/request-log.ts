// One line a request: method, path without query, status, time. The id is the reference number people are shown.
import { randomUUID } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';

/** Gives every request an id and logs its end. Queries, headers and bodies stay out: they may hold tokens and names. */
export function requestLog(options: { log: Logger }): RequestHandler {
  return pinoHttp({
    logger: options.log,
    genReqId: () => randomUUID().slice(0, 8),
    serializers: {
      req: (req: { id: unknown; method: string; url: string }) => ({
        id: req.id,
        method: req.method,
        path: req.url.split('?')[0],
      }),
      res: (res: { statusCode: number }) => ({ status: res.statusCode }),
    },
    customLogLevel: (_req, res, error) => (error || res.statusCode >= 500 ? 'error' : 'debug'),
    quietReqLogger: true,
  });
}

/** The reference number of this request; empty where no request log is mounted. */
export function requestId(req: Request): string {
  const id: unknown = 'id' in req ? req.id : undefined;
  return typeof id === 'string' ? id : '';
}
