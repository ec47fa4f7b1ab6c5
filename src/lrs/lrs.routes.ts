// The LRS over HTTP, mounted at /xapi. Reads bodies itself, because their bytes count, and answers refusals itself, as
// JSON in words: clients of an LRS are programs. Never a stack trace, never a page.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Router, type Request, type Response } from 'express';
import type { Config } from '../config.js';
import { wordsFor } from '../http/catalogue.js';
import { AppError, isAppError } from '../http/errors.js';
import { requestId } from '../http/request-log.js';
import type { Log } from '../logger.js';
import { answerRequest, readCommonHeaders, type LrsDeps } from './answer-request.js';
import { createConsistencyReader } from './consistent-through.js';
import { createOriginReader, readOriginHeaders } from './cross-origin.js';
import type { LrsAnswer } from './lrs-request.js';
import { openBody, readBody } from './read-body.js';
import { createLrsKeyVerifier } from './verify-lrs-key.js';
import { answeredVersion, VERSION_HEADER } from './xapi-version.js';

/** Name of the job that new statements are work for. */
const NUDGED_JOB = 'project-attainment';

export interface LrsRoutesDeps {
  config: Pick<Config, 'url' | 'secret' | 'lrsLimits'>;
  log: Log;
  now: () => Date;
  nudge: (job: string) => void;
}

/** All resources; mount before any body parser. */
export function lrsRoutes(options: LrsRoutesDeps): Router {
  const { config, log, now, nudge } = options;
  const verifier = createLrsKeyVerifier({ url: config.url, now });
  const isKnownOrigin = createOriginReader({ now });
  const { origin: ownOrigin, pathname } = new URL(config.url);
  const prefix = pathname.replace(/\/+$/, '');
  const readConsistency = createConsistencyReader({ now });
  const router = Router();
  router.use(async (req, res) => {
    const deps: LrsDeps = {
      secret: config.secret,
      basePath: `${prefix}${req.baseUrl}`,
      limits: config.lrsLimits,
      now,
      nudge: () => nudge(NUDGED_JOB),
      verifier,
      isKnownOrigin,
      ownOrigin,
      readConsistency,
    };
    const path = req.path.replace(/\/+$/, '');
    const answer = await answerOrRefuse({ deps, req, path, log });
    const common = await readCommonHeaders(deps, path).catch((error: unknown) => {
      log.warn({ err: error }, 'the LRS could not say how far it is consistent');
      return {};
    });
    const forPages = await readOriginHeaders(isKnownOrigin, req.headers.origin).catch(() => ({}));
    const version = answeredVersion(readHeaders(req)[VERSION_HEADER.toLowerCase()], path);
    await send(req, res, {
      ...answer,
      headers: { [VERSION_HEADER]: version, ...common, ...forPages, ...answer.headers },
    });
  });
  return router;
}

async function answerOrRefuse(options: {
  deps: LrsDeps;
  req: Request;
  path: string;
  log: Log;
}): Promise<LrsAnswer> {
  const { deps, req, path, log } = options;
  try {
    return await answerRequest(deps, {
      method: req.method,
      path,
      params: new URLSearchParams(req.url.split('?').slice(1).join('?')),
      headers: readHeaders(req),
      readBody: (limits) => readBody(req, limits),
      openBody: (limits) => openBody(req, limits),
    });
  } catch (error) {
    return refuse({ error, reference: requestId(req), log });
  }
}

function refuse(options: { error: unknown; reference: string; log: Log }): LrsAnswer {
  const { error, reference, log } = options;
  const known = isAppError(error) ? error : new AppError('server.fault', { status: 500 });
  if (known.status >= 500) log.error({ err: error, reference }, 'an LRS request failed');
  else log.debug({ code: known.code, reference }, 'an LRS request was refused');
  const words = wordsFor('en');
  return {
    status: known.status,
    headers: { 'Content-Type': 'application/json', ...known.headers },
    body: JSON.stringify({
      error: {
        code: known.code,
        title: words(`errors:${known.code}.title`, known.values),
        text: words(`errors:${known.code}.text`, known.values),
        reference,
      },
    }),
  };
}

function readHeaders(req: Request): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(req.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : value,
    ]),
  );
}

async function send(req: Request, res: Response, answer: LrsAnswer): Promise<void> {
  const { status, headers = {}, body } = answer;
  res.statusCode = status;
  res.setHeader('Cache-Control', 'no-store');
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  if (body === undefined) return void res.end();
  if (typeof body !== 'string' && !Buffer.isBuffer(body)) {
    if (req.method === 'HEAD') return void res.end();
    return pipeline(Readable.from(body), res);
  }
  res.setHeader('Content-Length', Buffer.byteLength(body));
  res.end(req.method === 'HEAD' ? undefined : body);
}
