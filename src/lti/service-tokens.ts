// Access tokens for a platform's services (Security Framework 1.1, section 4): client credentials with a signed assertion.
// Kept by platform and sorted scopes until a minute before their end, in memory and sealed in the database; one request at a time.
import { createHash, randomUUID } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { z } from 'zod';
import { AppError, isAppError } from '../http/errors.js';
import type { OutgoingClient, OutgoingResponse } from '../outgoing/outgoing-client.js';
import { sealText, tryToOpenSealedText } from '../secrets.js';
import type { AccessToken } from './ltijs-adapter.js';
import type { Platform } from './platform.model.js';
import { deleteServiceToken, findServiceToken, recordServiceToken } from './service-token.model.js';
import type { ToolKeys } from './tool-keys.js';

const SECONDS_MS = 1_000;
const MARGIN_MS = 60 * SECONDS_MS;
const ASSERTION_LIFE_S = 240;
const TIMEOUT_MS = 10 * SECONDS_MS;
const MAX_BYTES = 64 * 1024;
const MAX_CACHED = 5_000;
const PASSING_STATUSES = [500, 502, 504];
const PASSING_FAILURES = ['outgoing.unreachable', 'outgoing.timeout'];
const PURPOSE = 'service-token';
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

const TokenAnswer = z.object({
  access_token: z.string().min(1).max(16_384),
  token_type: z.string().optional(),
  expires_in: z.number().positive().max(1e9).optional(),
  scope: z.string().optional(),
});

export interface ServiceTokens {
  /** Throws `lti.service-token` (502) when the platform gives none. */
  get(options: { platform: Platform; scopes: string[] }): Promise<AccessToken>;
  /** After a 401: the next get asks the platform again. */
  forget(options: { platform: Platform; scopes: string[] }): Promise<void>;
}

interface Held {
  token: string;
  expiresAt: Date;
}

export function createServiceTokens(options: {
  outgoing: OutgoingClient;
  keys: ToolKeys;
  secret: string;
  now: () => Date;
}): ServiceTokens {
  const { outgoing, keys, secret, now } = options;
  const cache = new Map<string, Held>();
  const underWay = new Map<string, Promise<Held>>();

  async function load(key: string, platform: Platform, scopes: string[]): Promise<Held> {
    const validUntil = new Date(now().getTime() + MARGIN_MS);
    const stored = await findServiceToken({ key, validUntil });
    // One that was sealed under a secret which is not set any more is as good as none.
    const token =
      stored && tryToOpenSealedText({ secret, purpose: PURPOSE, sealed: stored.sealedToken });
    if (stored && token !== null) return { token, expiresAt: stored.expiresAt };
    const held = await askForToken({ platform, scopes, outgoing, keys, now: now() });
    const sealedToken = sealText({ secret, purpose: PURPOSE, text: held.token });
    await recordServiceToken({ key, sealedToken, expiresAt: held.expiresAt });
    return held;
  }

  return {
    async get({ platform, scopes }) {
      const key = cacheKey(platform, scopes);
      const known = cache.get(key);
      if (known && known.expiresAt.getTime() - MARGIN_MS > now().getTime()) return asToken(known);
      const running = underWay.get(key) ?? load(key, platform, scopes);
      underWay.set(key, running);
      try {
        const held = await running;
        if (cache.size >= MAX_CACHED) cache.clear();
        cache.set(key, held);
        return asToken(held);
      } finally {
        underWay.delete(key);
      }
    },
    async forget({ platform, scopes }) {
      const key = cacheKey(platform, scopes);
      cache.delete(key);
      await deleteServiceToken({ key });
    },
  };
}

function asToken(held: Held): AccessToken {
  return { token_type: 'Bearer', access_token: held.token };
}

function cacheKey(platform: Platform, scopes: string[]): string {
  const hash = createHash('sha256')
    .update([...scopes].sort().join(' '))
    .digest('hex');
  return `${platform._id} ${hash.slice(0, 32)}`;
}

interface Asking {
  platform: Platform;
  scopes: string[];
  outgoing: OutgoingClient;
  keys: ToolKeys;
  now: Date;
}

async function askForToken(asking: Asking): Promise<Held> {
  const { scopes, now } = asking;
  const answer = await postForToken(asking);
  if (answer.status !== 200) throw refused(`status ${answer.status}${readErrorCode(answer.text)}`);
  const parsed = TokenAnswer.safeParse(parseJson(answer.text));
  if (!parsed.success) throw refused('its answer holds no usable token');
  const { access_token: token, expires_in: lifeS = 0, scope } = parsed.data;
  // Moodle drops scopes without a word where it knows another; no scope in the answer means all of them (RFC 6749, 5.1).
  const granted = scope === undefined || scope === '' ? scopes : scope.split(' ');
  if (!scopes.every((one) => granted.includes(one))) throw refused('it grants less than asked for');
  return { token, expiresAt: new Date(now.getTime() + lifeS * SECONDS_MS) };
}

/** Asks twice where the first answer may pass, each time with an assertion of its own: platforms remember their ids. */
async function postForToken(asking: Asking): Promise<OutgoingResponse> {
  try {
    const first = await postOnce(asking);
    return PASSING_STATUSES.includes(first.status) ? await postOnce(asking) : first;
  } catch (error) {
    if (!isAppError(error) || !PASSING_FAILURES.includes(error.code)) throw error;
    return postOnce(asking);
  }
}

async function postOnce({ platform, scopes, outgoing, keys, now }: Asking) {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: ASSERTION_TYPE,
    client_assertion: await signAssertion({ platform, keys, now }),
    scope: [...scopes].sort().join(' '),
  });
  return outgoing.request({
    url: platform.tokenUrl,
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      Accept: 'application/json',
    },
    body: form.toString(),
    timeoutMs: TIMEOUT_MS,
    maxBytes: MAX_BYTES,
  });
}

async function signAssertion(options: {
  platform: Platform;
  keys: ToolKeys;
  now: Date;
}): Promise<string> {
  const { platform, keys, now } = options;
  const { kid, privateKeyPem } = await keys.signingKey();
  const iat = Math.floor(now.getTime() / SECONDS_MS);
  const claims = {
    iss: platform.clientId,
    sub: platform.clientId,
    aud: platform.authorizationServer ?? platform.tokenUrl,
    iat,
    exp: iat + ASSERTION_LIFE_S,
    jti: randomUUID(),
  };
  return jwt.sign(claims, privateKeyPem, { algorithm: 'RS256', keyid: kid });
}

/** OAuth's own error code, where there is one: ours to show, unlike the rest of the answer. */
function readErrorCode(text: string): string {
  const parsed = z.object({ error: z.string().regex(/^[a-z_]{1,60}$/) }).safeParse(parseJson(text));
  return parsed.success ? `, ${parsed.data.error}` : '';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // Moodle answers an HTML page when it cannot read our key set.
  }
}

function refused(reason: string): AppError {
  return new AppError('lti.service-token', { status: 502, values: { reason } });
}
