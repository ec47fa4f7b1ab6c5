// Verifies what the tool signs (client assertions, deep linking responses) against the key set
// the tool publishes. The set is cached and read again when a kid is unknown, at most every few
// seconds. Claims other than signature, audience, issuer and time are the caller's to check.
import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { z } from 'zod';
import type { DemoLog } from './demo-log.js';

const CACHE_LIFETIME_MS = 10 * 60 * 1000;
const COOL_DOWN_MS = 5 * 1000;
const FETCH_TIMEOUT_MS = 5 * 1000;
const CLOCK_TOLERANCE_S = 10;
const MAX_TOKEN_CHARACTERS = 64 * 1024;

const keySetSchema = z.object({
  keys: z.array(
    z.looseObject({ kty: z.string(), kid: z.string().optional(), use: z.string().optional() }),
  ),
});

type ToolTokenCheck =
  | { outcome: 'valid'; claims: unknown }
  | { outcome: 'refused'; reason: string }
  | { outcome: 'unavailable'; reason: string };

interface Expected {
  issuer: string;
  audience: string[] | null;
}

export interface ToolKeys {
  /** `audience` null leaves it unchecked, as Moodle does at its token endpoint. */
  verify(token: string, expected: Expected): Promise<ToolTokenCheck>;
}

export function createToolKeys({
  url,
  log,
  now,
}: {
  url: string;
  log: DemoLog;
  now: () => Date;
}): ToolKeys {
  let keys = new Map<string, KeyObject>();
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let underWay: Promise<void> | null = null;

  async function refresh(): Promise<void> {
    keys = await fetchKeys(url);
    fetchedAt = now().getTime();
  }

  async function findKey(kid: string): Promise<KeyObject | null> {
    const age = now().getTime() - fetchedAt;
    const known = keys.get(kid);
    if (known && age < CACHE_LIFETIME_MS) return known;
    if (!known && age < COOL_DOWN_MS) return null;

    underWay ??= refresh().finally(() => {
      underWay = null;
    });
    await underWay;
    return keys.get(kid) ?? null;
  }

  return {
    async verify(token, expected) {
      const kid = readKid(token);
      if (kid === null) return { outcome: 'refused', reason: 'not an RS256 token with a kid' };

      let key: KeyObject | null;
      try {
        key = await findKey(kid);
      } catch (error) {
        log.warn({ err: error, url }, 'the demo LMS could not read the key set of the tool');
        return { outcome: 'unavailable', reason: `the key set at ${url} could not be read` };
      }
      if (!key) return { outcome: 'refused', reason: 'its kid is not in the key set of the tool' };
      return verifyWith({ token, key, expected, now: now() });
    },
  };
}

function readKid(token: string): string | null {
  if (token.length > MAX_TOKEN_CHARACTERS) return null;
  const header = decodeHeader(token);
  const parsed = z.object({ alg: z.literal('RS256'), kid: z.string() }).safeParse(header);
  return parsed.success ? parsed.data.kid : null;
}

function decodeHeader(token: string): unknown {
  try {
    return jwt.decode(token, { complete: true })?.header;
  } catch {
    return null; // not JSON inside: refused like any other token without a kid
  }
}

/** The issuer that a token names, nothing of it verified; null where it names none. */
export function readIssuer(token: string): string | null {
  if (token.length > MAX_TOKEN_CHARACTERS) return null;
  try {
    const payload = z.object({ iss: z.string() }).safeParse(jwt.decode(token));
    return payload.success ? payload.data.iss : null;
  } catch {
    return null; // not JSON inside: no issuer either
  }
}

async function fetchKeys(url: string): Promise<Map<string, KeyObject>> {
  const response = await fetch(url, {
    headers: { Accept: 'application/json', 'User-Agent': 'demo-lms' },
    redirect: 'error',
    signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`the tool answered ${response.status} for its key set`);

  const { keys } = keySetSchema.parse(await response.json());
  const usable = keys.filter(({ kty, use }) => kty === 'RSA' && (use ?? 'sig') === 'sig');
  return new Map(
    usable.flatMap((jwk) =>
      // The schema saw an object with kty; createPublicKey checks the numbers themselves.
      jwk.kid ? [[jwk.kid, createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' })]] : [],
    ),
  );
}

function verifyWith({
  token,
  key,
  expected,
  now,
}: {
  token: string;
  key: KeyObject;
  expected: Expected;
  now: Date;
}): ToolTokenCheck {
  const [first, ...others] = expected.audience ?? [];
  if (first === undefined && expected.audience !== null)
    return { outcome: 'refused', reason: 'no audience is expected' };

  try {
    const claims: unknown = jwt.verify(token, key, {
      algorithms: ['RS256'],
      issuer: expected.issuer,
      ...(first === undefined ? {} : { audience: [first, ...others] }),
      clockTimestamp: Math.floor(now.getTime() / 1000),
      clockTolerance: CLOCK_TOLERANCE_S,
    });
    return { outcome: 'valid', claims };
  } catch (error) {
    return { outcome: 'refused', reason: error instanceof Error ? error.message : 'unreadable' };
  }
}
