// How Moodle's services answer what they refuse: media types matched as whole strings, the reason in the status line, and
// bodies that say little.
import type { Request, Response } from 'express';
import { SCOPES } from './access-tokens.js';
import type { Demo } from './demo.js';

/** The Accept header as Moodle reads it: absent means anything. */
export function acceptOf(req: Request): string {
  return req.get('accept') ?? '*/*';
}

/** The Content-Type without a charset, which Moodle tolerates when a body is sent. */
export function contentTypeOf(req: Request): string {
  return (req.get('content-type') ?? '').split(';')[0]?.trim() ?? '';
}

export function refuseService(
  res: Response,
  { status, reason, body }: { status: number; reason: string; body?: string },
): void {
  res.status(status);
  // The status line takes Latin letters only.
  res.statusMessage = reason.replace(/[^\x20-\x7e]/g, '?');
  res
    .type('application/json')
    .send(body ?? JSON.stringify({ status, reason, request: { method: res.req.method } }));
}

/** False, with 401 answered, unless the request's bearer has one of the scopes. */
export function hasScope(options: {
  demo: Demo;
  req: Request;
  res: Response;
  anyOf: readonly (keyof typeof SCOPES)[];
}): boolean {
  const { demo, req, res, anyOf } = options;
  const scopes = demo.accessTokens.scopesOf(req);
  if (anyOf.some((name) => scopes.includes(SCOPES[name]))) return true;
  refuseService(res, { status: 401, reason: 'Unauthorized' });
  return false;
}
