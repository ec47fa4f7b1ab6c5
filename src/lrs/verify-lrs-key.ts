// Who a Basic authentication header says it is. A secret that proved right is remembered by its digest for some seconds,
// so that a request costs neither scrypt nor a query; a revocation counts at the latest when that time is over.
import { createHash } from 'node:crypto';
import { AppError } from '../http/errors.js';
import { agentKey } from '../xapi/actor.js';
import { findLrsKeyRecord, noteLrsKeyUsed, type LrsKeyRecord } from './lrs-key.model.js';
import { lrsKeyAuthority } from './lrs-keys.js';
import type { LrsCaller } from './lrs-request.js';
import { isSecret } from './secret-hash.js';

const REMEMBERED_MS = 5_000;
const MOST_REMEMBERED = 1_000;
const DAY_CHARACTERS = '2026-05-04'.length;
/** Compared with where there is no such key, so that the time an answer takes does not say which keys there are. */
const NOBODY = 'scrypt$16384$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';

export interface LrsKeyVerifier {
  /** Throws `lrs.unauthorised` (401) for a header that is missing, malformed or wrong, `lrs.expired` (401) for a key at its end. */
  verify(authorization: string | undefined): Promise<LrsCaller>;
}

/** One instance a process. `url`: our public base address, the home of the authorities. */
export function createLrsKeyVerifier(options: { url: string; now: () => Date }): LrsKeyVerifier {
  const { url, now } = options;
  const proven = new Map<string, { caller: LrsCaller; secretHash: string; until: number }>();
  const running = new Map<string, Promise<LrsCaller>>();

  const check = async (digest: string, given: Credentials): Promise<LrsCaller> => {
    const time = now();
    const record = await findLrsKeyRecord({ key: given.key });
    const hashes = record ? goodHashes(record, time) : [NOBODY];
    const before = proven.get(digest);
    const isProven = before !== undefined && hashes.includes(before.secretHash);
    const secretHash = isProven ? before.secretHash : await findHash(given.secret, hashes);
    if (secretHash === null || !record || record.revokedAt !== null) {
      proven.delete(digest);
      throw refuse('lrs.unauthorised');
    }
    if (record.expiresAt !== null && record.expiresAt <= time) throw refuse('lrs.expired');
    const day = time.toISOString().slice(0, DAY_CHARACTERS);
    if (record.lastUsedDay !== day) await noteLrsKeyUsed({ key: record.key, day });
    const caller = toCaller(record, url);
    if (proven.size >= MOST_REMEMBERED) proven.clear();
    const until = Math.min(
      time.getTime() + REMEMBERED_MS,
      record.expiresAt?.getTime() ?? Infinity,
      secretHash === record.secretHash ? Infinity : (record.previous?.until.getTime() ?? 0),
    );
    proven.set(digest, { caller, secretHash, until });
    return caller;
  };

  return {
    async verify(authorization) {
      const given = readBasic(authorization);
      const digest = createHash('sha256').update(`${given.key}:${given.secret}`).digest('base64');
      const known = proven.get(digest);
      if (known && known.until > now().getTime()) return known.caller;
      const checking =
        running.get(digest) ?? check(digest, given).finally(() => running.delete(digest));
      running.set(digest, checking);
      return checking;
    },
  };
}

/** The secret, and for a while the one before the last rotation. */
function goodHashes({ secretHash, previous }: LrsKeyRecord, now: Date): string[] {
  return previous && previous.until > now ? [secretHash, previous.secretHash] : [secretHash];
}

async function findHash(secret: string, hashes: string[]): Promise<string | null> {
  const isRight = await Promise.all(hashes.map((hash) => isSecret({ secret, hash })));
  return hashes.find((_hash, index) => isRight[index]) ?? null;
}

interface Credentials {
  key: string;
  secret: string;
}

function readBasic(authorization: string | undefined): Credentials {
  const encoded = /^Basic +([A-Za-z0-9+/_-]+={0,2}) *$/i.exec(authorization ?? '')?.[1];
  const text = encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) throw refuse('lrs.unauthorised');
  return { key: text.slice(0, colon), secret: text.slice(colon + 1) };
}

function toCaller(record: LrsKeyRecord, url: string): LrsCaller {
  const { key, name, scopes, origins, requestsPerMinute, statementsPerDay } = record;
  const authority = lrsKeyAuthority({ url, key, name });
  return {
    key,
    scopes,
    authority,
    authorityKey: agentKey(authority),
    origins,
    requestsPerMinute,
    statementsPerDay,
  };
}

function refuse(code: 'lrs.unauthorised' | 'lrs.expired'): AppError {
  return new AppError(code, {
    status: 401,
    headers: { 'WWW-Authenticate': 'Basic realm="xAPI", charset="UTF-8"' },
  });
}
