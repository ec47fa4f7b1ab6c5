// Platforms' public keys, kept as their Cache-Control says, within bounds. An unknown kid causes one refetch, at most every
// 30 seconds; requests at once share one fetch; a known key is served stale for a day when the platform does not answer.
import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { AppError, isAppError } from '../http/errors.js';
import type { OutgoingClient } from '../outgoing/outgoing-client.js';
import { isRecord } from './read-claims.js';

const SECONDS_MS = 1_000;
const MINUTES_MS = 60 * SECONDS_MS;
const HOURS_MS = 60 * MINUTES_MS;
const SHORTEST_AGE_MS = 60 * SECONDS_MS;
const LONGEST_AGE_MS = 24 * HOURS_MS;
const DEFAULT_AGE_MS = 15 * MINUTES_MS;
const COOL_DOWN_MS = 30 * SECONDS_MS;
const LONGEST_STALE_MS = 24 * HOURS_MS;
const TIMEOUT_MS = 5 * SECONDS_MS;
const MAX_BYTES = 256 * 1024;
const MAX_KEYS = 100;
const MAX_PLATFORMS = 2_000;
const SHORTEST_MODULUS_BITS = 2_048;

export interface PlatformKey {
  kid: string;
  key: KeyObject;
  jwk: JsonWebKey;
}

interface KeySet {
  keys: PlatformKey[];
  freshUntil: number;
}

export interface JwksCache {
  /**
   * The platform's RS256 key of this kid, or null when its key set has none or an ambiguous one.
   * Throws `lti.keys-unreachable` (502 or 504) when there is no key set at all.
   */
  find(options: { url: string; kid: string }): Promise<PlatformKey | null>;
}

export function createJwksCache(options: { outgoing: OutgoingClient; now: () => Date }): JwksCache {
  const { outgoing, now } = options;
  const sets = new Map<string, KeySet>();
  const underWay = new Map<string, Promise<KeySet>>();
  const forcedAt = new Map<string, number>();

  function fetchOnce(url: string): Promise<KeySet> {
    const running = underWay.get(url);
    if (running) return running;
    const started = fetchKeySet({ url, outgoing, now }).then((set) => {
      if (sets.size >= MAX_PLATFORMS) sets.clear();
      sets.set(url, set);
      return set;
    });
    underWay.set(url, started);
    const done = () => underWay.delete(url);
    started.then(done, done);
    return started;
  }

  return {
    async find({ url, kid }) {
      const time = now().getTime();
      const known = sets.get(url);
      const knownKey = known ? pickKey(known.keys, kid) : null;
      if (known && time < known.freshUntil) {
        const isCoolingDown = time - (forcedAt.get(url) ?? -COOL_DOWN_MS) < COOL_DOWN_MS;
        if (knownKey || isCoolingDown) return knownKey;
        forcedAt.set(url, time);
      }
      try {
        return pickKey((await fetchOnce(url)).keys, kid);
      } catch (error) {
        const isUsable = known && time < known.freshUntil + LONGEST_STALE_MS;
        if (isUsable && (knownKey || time < known.freshUntil)) return knownKey;
        throw error;
      }
    },
  };
}

/** Duplicate kids: the one that says RS256, if that is one. */
function pickKey(keys: PlatformKey[], kid: string): PlatformKey | null {
  const found = keys.filter((key) => key.kid === kid);
  if (found.length === 1) return found[0] ?? null;
  const exact = found.filter((key) => key.jwk['alg'] === 'RS256');
  return exact.length === 1 ? (exact[0] ?? null) : null;
}

async function fetchKeySet(options: {
  url: string;
  outgoing: OutgoingClient;
  now: () => Date;
}): Promise<KeySet> {
  const { url, outgoing, now } = options;
  const host = URL.parse(url)?.host ?? '';
  try {
    const answer = await outgoing.request({
      url,
      headers: { accept: 'application/json' },
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_BYTES,
    });
    const keys = answer.status === 200 ? readKeySet(answer.text) : null;
    if (!keys) throw unreachable(502, host);
    return { keys, freshUntil: now().getTime() + readAgeMs(answer.headers['cache-control']) };
  } catch (error) {
    if (isAppError(error) && error.code === 'lti.keys-unreachable') throw error;
    throw unreachable(isAppError(error) && error.status === 504 ? 504 : 502, host, error);
  }
}

function unreachable(status: number, host: string, cause?: unknown): AppError {
  return new AppError('lti.keys-unreachable', { status, values: { host }, cause });
}

/** Usable keys of a JWKS (RFC 7517); null for what is none. Other keys (encryption, EC, short RSA) are left out. */
function readKeySet(text: string): PlatformKey[] | null {
  const parsed = parseJson(text);
  if (!isRecord(parsed) || !Array.isArray(parsed['keys'])) return null;
  return parsed['keys'].slice(0, MAX_KEYS).flatMap((jwk: unknown) => readKey(jwk) ?? []);
}

function readKey(jwk: unknown): PlatformKey | null {
  if (!isRecord(jwk) || jwk['kty'] !== 'RSA' || typeof jwk['kid'] !== 'string') return null;
  if (jwk['use'] !== undefined && jwk['use'] !== 'sig') return null;
  if (jwk['alg'] !== undefined && jwk['alg'] !== 'RS256') return null;
  if (typeof jwk['n'] !== 'string' || typeof jwk['e'] !== 'string') return null;
  const plain = { kty: 'RSA', n: jwk['n'], e: jwk['e'], ...(jwk['alg'] ? { alg: 'RS256' } : {}) };
  try {
    const key = createPublicKey({ key: plain, format: 'jwk' });
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    return bits < SHORTEST_MODULUS_BITS ? null : { kid: jwk['kid'], key, jwk: plain };
  } catch {
    return null; // Not a key: the rest of the set may be good.
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // An HTML error page, most often.
  }
}

function readAgeMs(cacheControl: string | undefined): number {
  const seconds = /(?:^|[\s,])max-age=(\d{1,9})/i.exec(cacheControl ?? '')?.[1];
  if (seconds === undefined) return DEFAULT_AGE_MS;
  return Math.min(Math.max(Number(seconds) * SECONDS_MS, SHORTEST_AGE_MS), LONGEST_AGE_MS);
}
