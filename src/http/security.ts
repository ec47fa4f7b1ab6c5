// Headers every answer carries: a strict Content-Security-Policy without inline script or style, no sniffing, no caching of
// personal pages. Who may frame a page is decided where the launch is known (allowFraming); the default is nobody.
import type { RequestHandler, Response } from 'express';
import helmet from 'helmet';
import { AppError } from './errors.js';

const SELF = "'self'";
const NONE = "'none'";

/** `secureOrigin`: our public base is https, so browsers are told to stay on it. */
export function securityHeaders(options: { secureOrigin: boolean }): RequestHandler {
  return helmet({
    contentSecurityPolicy: false,
    crossOriginEmbedderPolicy: false,
    crossOriginOpenerPolicy: false,
    crossOriginResourcePolicy: { policy: 'same-origin' },
    referrerPolicy: { policy: 'same-origin' },
    strictTransportSecurity: options.secureOrigin,
    xFrameOptions: false,
  });
}

/** Sets the policy that stands until a route widens it. Mount after securityHeaders. */
export const defaultPolicy: RequestHandler = (_req, res, next) => {
  setPolicy(res, {});
  next();
};

export interface PolicyOptions {
  /** Origins that may frame the page; `*` only for pages without session, data and acting form. */
  frameAncestors?: string[];
  /** Further origins a form of this page may post to (a platform's authorization or deep linking address). */
  formAction?: string[];
}

/** Writes the page's Content-Security-Policy anew. Origins must come from verified records, never from a request. */
export function setPolicy(res: Response, options: PolicyOptions): void {
  const directives = [
    `default-src ${NONE}`,
    `script-src ${SELF}`,
    `style-src ${SELF}`,
    `img-src ${SELF} data:`,
    `font-src ${SELF}`,
    `connect-src ${SELF}`,
    `manifest-src ${SELF}`,
    `base-uri ${NONE}`,
    `form-action ${[SELF, ...(options.formAction ?? [])].join(' ')}`,
    `frame-ancestors ${frameAncestors(options.frameAncestors)}`,
  ];
  res.setHeader('Content-Security-Policy', directives.join('; '));
}

function frameAncestors(origins: string[] | undefined): string {
  if (!origins || origins.length === 0) return NONE;
  if (origins.includes('*')) return '*';
  return [SELF, ...origins].join(' ');
}

/** Refuses an address whose percent-encoding cannot be read, before any route guesses at it. Throws `input.malformed` (400). */
export const refuseMalformedAddress: RequestHandler = (req, _res, next) => {
  try {
    decodeURIComponent(req.url.replaceAll('+', ' '));
    next();
  } catch (cause) {
    next(new AppError('input.malformed', { status: 400, cause }));
  }
};
