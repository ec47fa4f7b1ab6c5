// Headers of every answer, and the address people have to use: a page asked for under another
// name of this machine is sent to the configured one, because to the browser 127.0.0.1 and
// localhost are two sites and the demo is only real while the tool is on the other.
import type { RequestHandler } from 'express';
import { DemoError } from './demo-errors.js';
import type { DemoTools } from './demo-tools.js';

export function pageHeaders({ tools }: { tools: DemoTools }): RequestHandler {
  return (_req, res, next) => {
    const known = tools
      .list()
      .flatMap(({ loginUrl, redirectUris, origin }) => [loginUrl, ...redirectUris, origin]);
    res.set({
      'Content-Security-Policy': policyFor(known),
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'SAMEORIGIN',
      'Referrer-Policy': 'strict-origin-when-cross-origin',
      'Cache-Control': 'no-store',
    });
    next();
  };
}

/** Frames and forms may go to these addresses' sites and to our own. */
export function policyFor(addresses: readonly string[]): string {
  const origins = [...new Set(addresses.map((address) => new URL(address).origin))].join(' ');
  return [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "img-src 'self'",
    `frame-src 'self' ${origins}`,
    `form-action 'self' ${origins}`,
    "frame-ancestors 'self'",
    "base-uri 'none'",
  ].join('; ');
}

export function ownAddressOnly({ url }: { url: string }): RequestHandler {
  const { host } = new URL(url);

  return (req, res, next) => {
    if (req.get('host') === host) return next();
    if (req.method === 'GET') return res.redirect(302, new URL(req.originalUrl, url).href);
    throw new DemoError({
      status: 400,
      code: 'invalid_request',
      message: `The demo LMS is at ${url}.`,
    });
  };
}

/** Guards the forms of the LMS itself: a browser says where a post comes from. */
export function ownFormsOnly({ url }: { url: string }): RequestHandler {
  const { origin } = new URL(url);

  return (req, _res, next) => {
    const from = req.get('origin');
    if (req.method !== 'POST' || from === undefined || from === origin) return next();
    throw new DemoError({
      status: 403,
      code: 'access_denied',
      message: 'This form was sent from another site.',
    });
  };
}
