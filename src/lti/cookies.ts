// The door's cookies. All are `__Host-` (this host, whole path), Secure, HttpOnly, SameSite=None and Partitioned, so that they
// work in a platform's frame, and there only. On http://localhost browsers take them as well, Safari excepted.
import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';
import { takeRandomBytes } from './random-bytes.js';

const SESSION_COOKIE = '__Host-crosswalk';
const WAY_BACK_COOKIE = '__Host-crosswalk-back';
const LOGIN_COOKIE = '__Host-crosswalk-login-';
const ATTRIBUTES = 'Path=/; Secure; HttpOnly; SameSite=None; Partitioned';
const SECRET_BYTES = 32;
const SECRET = /^[A-Za-z0-9_-]{43}$/;
const NEW_MARK = 'new';

/** 32 random bytes as 43 characters that are safe in cookies, addresses and forms. */
export function makeSecret(): string {
  return takeRandomBytes(SECRET_BYTES).toString('base64url');
}

export function isSecret(text: string): boolean {
  return SECRET.test(text);
}

/** What of a secret is stored. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** What the browser presented; nothing is proved by it yet. `fresh` is a cookie of a login that no launch followed yet. */
export interface PresentedSession {
  session: string;
  tokenHash: string;
  fresh: boolean;
}

export function readSessionCookie(req: Request): PresentedSession | null {
  const [name = '', token = '', ...more] = (readCookies(req).get(SESSION_COOKIE) ?? '').split('.');
  if (!isSecret(name) || more.length > 0 || !(token === NEW_MARK || isSecret(token))) return null;
  return { session: hashSecret(name), tokenHash: hashSecret(token), fresh: token === NEW_MARK };
}

/** A name for the session to come, so that two first launches at once meet in one session. Opens nothing. */
export function setFreshSessionCookie(res: Response): void {
  appendCookie(res, `${SESSION_COOKIE}=${makeSecret()}.${NEW_MARK}; ${ATTRIBUTES}`);
}

/** `name` is the unhashed session name; with each launch the token is new. */
export function setSessionCookie(res: Response, options: { name: string; token: string }): void {
  appendCookie(res, `${SESSION_COOKIE}=${options.name}.${options.token}; ${ATTRIBUTES}`);
}

/** The unhashed name the browser presented, to keep it while the token changes. */
export function presentedSessionName(req: Request): string | null {
  const name = (readCookies(req).get(SESSION_COOKIE) ?? '').split('.')[0] ?? '';
  return isSecret(name) ? name : null;
}

export function clearSessionCookie(res: Response): void {
  appendCookie(res, `${SESSION_COOKIE}=; Max-Age=0; ${ATTRIBUTES}`);
}

/** One cookie a login, so that logins in two tabs do not overwrite each other. `mark` is ours, never from input. */
export function setLoginCookie(
  res: Response,
  options: { mark: string; secret: string; maxAgeS: number },
): void {
  const { mark, secret, maxAgeS } = options;
  appendCookie(res, `${LOGIN_COOKIE}${mark}=${secret}; Max-Age=${maxAgeS}; ${ATTRIBUTES}`);
}

export function readLoginCookie(req: Request, mark: string): string | null {
  const secret = readCookies(req).get(`${LOGIN_COOKIE}${mark}`) ?? '';
  return isSecret(secret) ? secret : null;
}

export function clearLoginCookie(res: Response, mark: string): void {
  appendCookie(res, `${LOGIN_COOKIE}${mark}=; Max-Age=0; ${ATTRIBUTES}`);
}

/** Sealed (way-back.ts); nothing is proved by it. */
export function readWayBackCookie(req: Request): string | null {
  return readCookies(req).get(WAY_BACK_COOKIE) ?? null;
}

export function setWayBackCookie(
  res: Response,
  options: { sealed: string; maxAgeS: number },
): void {
  const { sealed, maxAgeS } = options;
  appendCookie(res, `${WAY_BACK_COOKIE}=${sealed}; Max-Age=${maxAgeS}; ${ATTRIBUTES}`);
}

export function clearWayBackCookie(res: Response): void {
  appendCookie(res, `${WAY_BACK_COOKIE}=; Max-Age=0; ${ATTRIBUTES}`);
}

function readCookies(req: Request): Map<string, string> {
  const cookies = new Map<string, string>();
  for (const part of (req.headers.cookie ?? '').split(';')) {
    const equals = part.indexOf('=');
    const name = part.slice(0, Math.max(equals, 0)).trim();
    if (name !== '' && !cookies.has(name)) cookies.set(name, part.slice(equals + 1).trim());
  }
  return cookies;
}

function appendCookie(res: Response, cookie: string): void {
  res.append('Set-Cookie', cookie);
}
