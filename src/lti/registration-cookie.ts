// The cookie that binds a registration page to the browser it was drawn for. Platforms show the page in a frame: where the
// browser keeps no cookie there, the one-time secret of the form and its origin stand alone (docs/decisions/registration.md).
import type { Request, Response } from 'express';

const COOKIE = '__Host-crosswalk-registration';
const PRESENTED = new RegExp(`(?:^|;\\s*)${COOKIE}=([A-Za-z0-9_-]{43})(?:;|$)`);
const ATTRIBUTES = 'Max-Age=3600; Path=/; Secure; HttpOnly; SameSite=None; Partitioned';

export function readRegistrationCookie(req: Request): string | null {
  return PRESENTED.exec(req.headers.cookie ?? '')?.[1] ?? null;
}

export function setRegistrationCookie(res: Response, secret: string): void {
  res.append('Set-Cookie', `${COOKIE}=${secret}; ${ATTRIBUTES}`);
}
