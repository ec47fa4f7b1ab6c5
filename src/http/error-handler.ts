// The only place that turns errors into answers: our own in their words, every other one as a reference number.
// Pages for people, JSON for programs (Accept), never a stack trace.
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import type { Log } from '../logger.js';
import { hasWords, wordsFor } from './catalogue.js';
import { AppError, isAppError } from './errors.js';
import { pageShell } from './page-shell.js';
import { requestId } from './request-log.js';
import { setPolicy } from './security.js';
import { renderPage } from './views.js';

/** Where somebody without a session came from, as far as it is known. */
export interface WayBack {
  courseTitle: string | null;
  href: string | null;
}

type FindWayBack = (req: Request) => WayBack | null;

const NEEDS_WAY_BACK = ['session.missing', 'session.ended'];

/** Answers a path that no route knows. */
export const notFound: RequestHandler = (req, _res, next) => {
  next(new AppError('page.not-found', { status: 404, values: { path: req.path } }));
};

/** Mount last. Unknown errors are logged whole; the person gets the request's id to quote. */
export function errorHandler(options: {
  log: Log;
  findWayBack?: FindWayBack;
}): ErrorRequestHandler {
  const { findWayBack = () => null } = options;
  return (error: unknown, req, res, next) => {
    if (res.headersSent) return next(error);
    const known = toAppError(error);
    const reference = requestId(req);
    if (known.status >= 500)
      options.log.error({ err: error, reference, code: known.code }, 'request failed');
    else options.log.info({ reference, code: known.code, status: known.status }, 'request refused');
    for (const [name, value] of Object.entries(known.headers)) res.setHeader(name, value);
    res.setHeader('Cache-Control', 'no-store');
    if (wantsJson(req)) return sendJson(req, res, known, reference);
    const wayBack = NEEDS_WAY_BACK.includes(known.code) ? findWayBack(req) : null;
    sendPage(req, res, { error: known, reference, wayBack });
  };
}

/** What the body parsers and express itself throw, in our words. */
function toAppError(error: unknown): AppError {
  if (isAppError(error)) return error;
  if (typeof error !== 'object' || error === null)
    return new AppError('server.fault', { status: 500 });
  const status = 'status' in error && typeof error.status === 'number' ? error.status : 500;
  const cause = { cause: error };
  if (status === 413) return new AppError('input.too-large', { status, ...cause });
  if (status === 415) return new AppError('input.media-type', { status, ...cause });
  if (status >= 400 && status < 500) return new AppError('input.malformed', { status, ...cause });
  return new AppError('server.fault', { status: 500, ...cause });
}

function wantsJson(req: Request): boolean {
  return req.accepts(['html', 'json']) === 'json' || req.path.endsWith('.json');
}

function sendJson(req: Request, res: Response, error: AppError, reference: string): void {
  const words = describe(req, error);
  res.status(error.status).json({
    error: {
      code: error.code,
      title: words.title,
      text: words.text,
      fields: error.fields,
      reference,
    },
  });
}

function sendPage(
  req: Request,
  res: Response,
  options: { error: AppError; reference: string; wayBack: WayBack | null },
): void {
  const { error, reference, wayBack } = options;
  const words = describe(req, error);
  // Nobody is signed in, so the page holds no form and no data but this browser's own: it must be readable in any platform's frame.
  if (pageShell(req).personName === null) setPolicy(res, { frameAncestors: ['*'] });
  renderPage(req, res, {
    view: 'errors/error',
    title: words.title,
    status: error.status,
    data: {
      text: words.text,
      fields: Object.entries(error.fields),
      typed: Object.entries(error.typed),
      reference,
      code: error.code,
      wayBack,
    },
  });
}

function describe(req: Request, error: AppError): { title: string; text: string } {
  const words = wordsFor(pageShell(req).language);
  const key = hasWords(`errors:${error.code}.title`) ? error.code : fallbackCode(error.status);
  return {
    title: words(`errors:${key}.title`, error.values),
    text: words(`errors:${key}.text`, error.values),
  };
}

function fallbackCode(status: number): string {
  if (status >= 500) return 'server.fault';
  return status === 404 ? 'page.not-found' : 'input.malformed';
}
