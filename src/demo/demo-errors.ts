// The demo LMS's one error class and the middleware that answers it: JSON for services,
// a small page for people. What nobody foresaw is logged under a reference and told as 500.
import { randomUUID } from 'node:crypto';
import type { ErrorRequestHandler, Request, RequestHandler } from 'express';
import { z } from 'zod';
import type { DemoLog } from './demo-log.js';
import type { DemoViews } from './demo-views.js';

export class DemoError extends Error {
  readonly status: number;
  readonly code: string;

  constructor({ status, code, message }: { status: number; code: string; message: string }) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Last of all middleware: every error of the demo LMS is answered here. */
export function answerErrors({
  log,
  views,
}: {
  log: DemoLog;
  views: DemoViews;
}): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    if (res.headersSent) return next(error);

    const told = foreseen(error) ?? unforeseen(error, log);
    res.status(told.status).set('Cache-Control', 'no-store');
    if (isService(req)) {
      res.json({ error: told.code, error_description: told.message });
      return;
    }
    res.type('html').send(views.render('error', { title: titleOf(told.status), ...told }));
  };
}

export const answerNotFound: RequestHandler = (req) => {
  throw new DemoError({
    status: 404,
    code: 'not_found',
    message: isService(req) ? 'No such service.' : 'There is no page at this address.',
  });
};

/** Put behind the handlers of a path: other methods are told which ones there are. */
export function allowOnly(methods: string): RequestHandler {
  return (_req, res) => {
    res.set('Allow', methods);
    throw new DemoError({
      status: 405,
      code: 'method_not_allowed',
      message: `This address answers ${methods} only.`,
    });
  };
}

/** Reads untrusted input by its schema, or refuses it with 400 naming the fields. */
export function readInput<S extends z.ZodType>(schema: S, input: unknown): z.infer<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;

  const faults = parsed.error.issues.map(
    (issue) => `${issue.path.join('.') || 'request'}: ${issue.message}`,
  );
  throw new DemoError({ status: 400, code: 'invalid_request', message: faults.join('; ') });
}

interface ToldError {
  status: number;
  code: string;
  message: string;
}

/** Express and its body parsers throw errors that carry a 4xx status. */
const httpErrorSchema = z.object({ status: z.number().int().min(400).max(499) });

const httpErrorMessages = new Map([
  [413, 'The request is larger than this address accepts.'],
  [415, 'The request is in an encoding that this address does not read.'],
]);

function foreseen(error: unknown): ToldError | null {
  if (error instanceof DemoError) {
    return { status: error.status, code: error.code, message: error.message };
  }

  const http = httpErrorSchema.safeParse(error);
  if (!http.success) return null;
  const { status } = http.data;
  const message = httpErrorMessages.get(status) ?? 'The request could not be read.';
  return { status, code: 'invalid_request', message };
}

function unforeseen(error: unknown, log: DemoLog): ToldError {
  const reference = randomUUID().slice(0, 8);
  log.warn({ err: error, reference }, 'the demo LMS met an unexpected error');
  const message = `Something went wrong in the demo LMS itself. Reference ${reference}.`;
  return { status: 500, code: 'server_error', message };
}

function isService(req: Request): boolean {
  return /^\/(services\/|lti\/(token|jwks|openid-configuration|register)|mod\/lti\/(services|token))/.test(
    req.path,
  );
}

function titleOf(status: number): string {
  if (status === 401) return 'Sign in first';
  if (status === 403) return 'Not for you';
  if (status === 404) return 'Not found';
  return status < 500 ? 'This request cannot be answered' : 'Something went wrong';
}
