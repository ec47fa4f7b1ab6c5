// Platforms' public keys, kept as their Cache-Control says, within bounds. An unknown kid causes one refetch, at most every
// 30 seconds; requests at once share one fetch; a known key is served stale for a day when the platform does not answer,
// which is then asked every 30 seconds only, so that launches do not wait for it one by one.
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
/** A longer one would only cost: checking a signature takes the square of its length. */
const LONGEST_MODULUS_BITS = 8_192;

export interface PlatformKey {
  kid: string;
  key: KeyObject;
  jwk: JsonWebKey;
}

interface KeySet {
  keys: PlatformKey[];
  fetchedAt: number;
  freshUntil: number;
}

/** What this process remembers of a platform's key set. */
export interface KeySetState {
  keys: number;
  fetchedAt: Date;
  /** Until then it is not asked for again, but for a key that is not in it. */
  freshUntil: Date;
  /** Since the last success. */
  failedAt: Date | null;
}

export interface JwksCache {
  /**
   * The platform's RS256 key of this kid, or null when its key set has none or an ambiguous one.
   * Throws `lti.keys-unreachable` (502 or 504) when there is no key set at all.
   */
  find(options: { url: string; kid: string }): Promise<PlatformKey | null>;
  /** Null where the set was not fetched since the process started, or was forgotten. */
  describe(options: { url: string }): KeySetState | null;
}

export function createJwksCache(options: { outgoing: OutgoingClient; now: () => Date }): JwksCache {
  const { outgoing, now } = options;
  const sets = new Map<string, KeySet>();
  const underWay = new Map<string, Promise<KeySet>>();
  const forcedAt = new Map<string, number>();
  const failedAt = new Map<string, number>();

  function fetchOnce(url: string): Promise<KeySet> {
    const running = underWay.get(url);
    if (running) return running;
    const started = fetchKeySet({ url, outgoing, now }).then(
      (set) => {
        keep(sets, url, set);
        failedAt.delete(url);
        return set;
      },
      (error: unknown) => {
        keep(failedAt, url, now().getTime());
        throw error;
      },
    );
    underWay.set(url, started);
    const done = () => underWay.delete(url);
    started.then(done, done);
    return started;
  }

  const isWithin = (moments: Map<string, number>, url: string, time: number) =>
    time - (moments.get(url) ?? -COOL_DOWN_MS) < COOL_DOWN_MS;

  return {
    async find({ url, kid }) {
      const time = now().getTime();
      const known = sets.get(url);
      const knownKey = known ? pickKey(known.keys, kid) : null;
      const isFresh = known !== undefined && time < known.freshUntil;
      const isUsable = known !== undefined && time < known.freshUntil + LONGEST_STALE_MS;
      if (isFresh) {
        if (knownKey || isWithin(forcedAt, url, time)) return knownKey;
        keep(forcedAt, url, time);
      } else if (isUsable && knownKey && isWithin(failedAt, url, time)) return knownKey;
      try {
        return pickKey((await fetchOnce(url)).keys, kid);
      } catch (error) {
        if (isUsable && (knownKey || isFresh)) return knownKey;
        throw error;
      }
    },
    describe({ url }) {
      const set = sets.get(url);
      if (!set) return null;
      const failed = failedAt.get(url);
      return {
        keys: set.keys.length,
        fetchedAt: new Date(set.fetchedAt),
        freshUntil: new Date(set.freshUntil),
        failedAt: failed === undefined ? null : new Date(failed),
      };
    },
  };
}

/** Remembers the value as the newest; of too many, the oldest goes. */
function keep<Value>(values: Map<string, Value>, url: string, value: Value): void {
  values.delete(url);
  const [oldest] = values.keys();
  if (values.size >= MAX_PLATFORMS && oldest !== undefined) values.delete(oldest);
  values.set(url, value);
}

/** Several keys of one kid: the one that says RS256, if that is one; a key that is there twice is one. */
function pickKey(keys: PlatformKey[], kid: string): PlatformKey | null {
  const found = keys.filter((key) => key.kid === kid);
  const [first] = found;
  if (first && found.every((key) => key.key.equals(first.key))) return first;
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
    const fetchedAt = now().getTime();
    return { keys, fetchedAt, freshUntil: fetchedAt + readAgeMs(answer.headers['cache-control']) };
  } catch (error) {
    if (isAppError(error) && error.code === 'lti.keys-unreachable') throw error;
    throw unreachable(isAppError(error) && error.status === 504 ? 504 : 502, host, error);
  }
}

function unreachable(status: number, host: string, cause?: unknown): AppError {
  return new AppError('lti.keys-unreachable', { status, values: { host }, cause });
}

/** Usable keys of a JWKS (RFC 7517); null for what is none. Other keys (encryption, EC, short or very long RSA) are left out. */
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
    if (bits < SHORTEST_MODULUS_BITS || bits > LONGEST_MODULUS_BITS) return null;
    return { kid: jwk['kid'], key, jwk: plain };
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
