// Proves an id_token (Security Framework 1.1, 5.1.2 and 5.1.3): RS256 by a key of the registered platform, our client id,
// required times within skew, the nonce of this login. Stricter than the standard where it leaves a choice.
import jwt from 'jsonwebtoken';
import type { JwksCache, PlatformKey } from './jwks-cache.js';
import { hashSecret } from './cookies.js';
import type { Platform } from './platform.model.js';
import { isRecord } from './read-claims.js';
import { refuseParameter, refuseToken } from './refuse.js';

const SECONDS_MS = 1_000;
const SKEW_S = 60;
const LONGEST_LIFE_S = 24 * 60 * 60;
const MAX_ID_CHARACTERS = 255;
const PART = /^[A-Za-z0-9_-]+$/;

export interface UncheckedToken {
  header: Record<string, unknown>;
  payload: Record<string, unknown>;
}

/** Reads the three parts without believing them. Throws `lti.parameter` (400) for what is no JWT. */
export function readUncheckedToken(token: string): UncheckedToken {
  const parts = token.split('.');
  const [header = '', payload = '', signature = ''] = parts;
  // An empty signature is well-formed (RFC 7519, section 6): its algorithm or the key refuses it.
  const isSigned = signature === '' || PART.test(signature);
  if (parts.length !== 3 || !PART.test(header) || !PART.test(payload) || !isSigned)
    throw refuseParameter('id_token', 'not a signed token');
  const read = { header: readPart(header), payload: readPart(payload) };
  if (!read.header || !read.payload) throw refuseParameter('id_token', 'not a signed token');
  return { header: read.header, payload: read.payload };
}

/**
 * Returns the claims, and the key that proved them. Throws `lti.token` (401) with the fault, or `lti.keys-unreachable`.
 */
export async function verifyIdToken(options: {
  token: string;
  unchecked: UncheckedToken;
  platform: Platform;
  nonceHash: string;
  jwks: JwksCache;
  launchMaxAgeMs: number;
  now: Date;
}): Promise<{ claims: Record<string, unknown>; key: PlatformKey }> {
  const { token, unchecked, platform, nonceHash, jwks, launchMaxAgeMs, now } = options;
  const kid = checkHeader(unchecked.header);
  checkIssuerAndAudience(unchecked.payload, platform);
  const key = await jwks.find({ url: platform.jwksUrl, kid });
  if (!key) throw refuseToken('kid-unknown', kid);
  try {
    // Times are checked below, with our clock and skew.
    jwt.verify(token, key.key, {
      algorithms: ['RS256'],
      ignoreExpiration: true,
      ignoreNotBefore: true,
    });
  } catch {
    throw refuseToken('signature'); // The library's words name nothing that helps an administrator.
  }
  const claims = unchecked.payload;
  checkTimes(claims, { nowS: now.getTime() / SECONDS_MS, launchMaxAgeMs });
  checkNonce(claims['nonce'], nonceHash);
  checkSubject(claims['sub']);
  return { claims, key };
}

function readPart(part: string | undefined): Record<string, unknown> | null {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8'));
    return isRecord(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

/** `jku`, `x5u` and `jwk` are not read at all: keys come from the registration. */
function checkHeader(header: Record<string, unknown>): string {
  if (header['alg'] !== 'RS256') throw refuseToken('algorithm', header['alg']);
  if (header['crit'] !== undefined) throw refuseToken('crit');
  const kid = header['kid'];
  if (typeof kid !== 'string' || kid === '') throw refuseToken('kid-missing');
  if (kid.length > MAX_ID_CHARACTERS) throw refuseToken('kid-unknown');
  return kid;
}

function checkIssuerAndAudience(claims: Record<string, unknown>, platform: Platform): void {
  if (claims['iss'] !== platform.issuer) throw refuseToken('issuer', claims['iss']);
  const audience = claims['aud'];
  const audiences: unknown[] = Array.isArray(audience) ? audience : [audience];
  if (audiences.length !== 1 || audiences[0] !== platform.clientId)
    throw refuseToken('audience', audiences.slice(0, 3).join(' '));
  if (claims['azp'] !== undefined && claims['azp'] !== platform.clientId)
    throw refuseToken('authorized-party', claims['azp']);
}

function checkTimes(
  claims: Record<string, unknown>,
  options: { nowS: number; launchMaxAgeMs: number },
): void {
  const { nowS, launchMaxAgeMs } = options;
  const expires = readSeconds(claims['exp'], 'exp-missing');
  const issued = readSeconds(claims['iat'], 'iat-missing');
  if (expires <= nowS - SKEW_S) throw refuseToken('expired');
  if (issued > nowS + SKEW_S) throw refuseToken('issued-in-future');
  if (issued < nowS - launchMaxAgeMs / SECONDS_MS - SKEW_S) throw refuseToken('too-old');
  if (expires > issued + LONGEST_LIFE_S) throw refuseToken('lives-too-long');
  if (claims['nbf'] === undefined) return;
  if (readSeconds(claims['nbf'], 'nbf') > nowS + SKEW_S) throw refuseToken('not-valid-yet');
}

function readSeconds(value: unknown, fault: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0 || value > 1e11)
    throw refuseToken(fault);
  return value;
}

function checkNonce(nonce: unknown, nonceHash: string): void {
  if (typeof nonce !== 'string' || nonce === '') throw refuseToken('nonce-missing');
  if (hashSecret(nonce) !== nonceHash) throw refuseToken('nonce');
}

function checkSubject(sub: unknown): void {
  if (typeof sub !== 'string' || sub.trim() === '') throw refuseToken('sub-missing');
  if (sub.length > MAX_ID_CHARACTERS) throw refuseToken('sub-too-long');
}
