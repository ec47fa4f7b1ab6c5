// The bearer tokens of the demo LMS's services: opaque, kept in memory for an hour, each with
// the scopes it was given. A restart forgets them, as a platform may at any time.
import type { Request, RequestHandler } from 'express';
import { DemoError } from './demo-errors.js';
import { createExpiringStore, randomKey } from './expiring-store.js';

const TOKEN_LIFETIME_S = 3600;

const AGS = 'https://purl.imsglobal.org/spec/lti-ags/scope/';

export const SCOPES = {
  lineItem: `${AGS}lineitem`,
  lineItemReadonly: `${AGS}lineitem.readonly`,
  resultReadonly: `${AGS}result.readonly`,
  score: `${AGS}score`,
  memberships: 'https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly',
} as const;

export const GRADE_SCOPES: readonly string[] = [
  SCOPES.lineItem,
  SCOPES.lineItemReadonly,
  SCOPES.resultReadonly,
  SCOPES.score,
];

export const KNOWN_SCOPES: readonly string[] = [...GRADE_SCOPES, SCOPES.memberships];

interface TokenGrant {
  clientId: string;
  scopes: string[];
}

interface TokenAnswer {
  access_token: string;
  token_type: 'Bearer';
  expires_in: number;
  scope: string;
}

export interface AccessTokens {
  /** A new token as the token endpoint answers it (RFC 6749, 5.1). */
  issue(grant: TokenGrant): TokenAnswer;
  /** The client that the request's bearer was given to; empty where there is none. */
  clientOf(req: Request): string;
  scopesOf(req: Request): readonly string[];
  /** Guards a service: a bearer with one of these scopes, else 401 or 403. */
  requireScope(anyOf: readonly string[]): RequestHandler;
}

export function createAccessTokens({ now }: { now: () => Date }): AccessTokens {
  const store = createExpiringStore<TokenGrant>({ lifetimeMs: TOKEN_LIFETIME_S * 1000, now });

  const find = (req: Request): TokenGrant | null => {
    const token = readBearer(req);
    return token === null ? null : store.peek(token);
  };

  return {
    issue(grant) {
      const token = randomKey();
      store.put(token, grant);
      return {
        access_token: token,
        token_type: 'Bearer',
        expires_in: TOKEN_LIFETIME_S,
        scope: grant.scopes.join(' '),
      };
    },
    clientOf: (req) => find(req)?.clientId ?? '',
    scopesOf: (req) => find(req)?.scopes ?? [],
    requireScope(anyOf) {
      return (req, res, next) => {
        const grant = find(req);
        if (grant === null) {
          res.set('WWW-Authenticate', 'Bearer error="invalid_token"');
          throw new DemoError({
            status: 401,
            code: 'invalid_token',
            message: 'A bearer token of this platform is needed, and it must not have expired.',
          });
        }
        if (!grant.scopes.some((scope) => anyOf.includes(scope))) {
          throw new DemoError({
            status: 403,
            code: 'insufficient_scope',
            message: `This service needs one of these scopes: ${anyOf.join(' ')}`,
          });
        }
        next();
      };
    },
  };
}

export function readBearer(req: Request): string | null {
  return /^bearer ([\w.~+/=-]+)$/i.exec(req.get('authorization') ?? '')?.[1] ?? null;
}
