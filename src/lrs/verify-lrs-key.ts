// Who a Basic authentication header says it is. A secret that proved right is remembered by its digest for some seconds,
// so that a request costs neither scrypt nor a query; a revocation counts at the latest when that time is over.
import { createHash } from 'node:crypto';
import { AppError } from '../http/errors.js';
import { agentKey } from '../xapi/actor.js';
import { findLrsKeyRecord, type LrsKeyRecord } from './lrs-key.model.js';
import { lrsKeyAuthority } from './lrs-keys.js';
import type { LrsCaller } from './lrs-request.js';
import { isSecret } from './secret-hash.js';

const REMEMBERED_MS = 5_000;
const MOST_REMEMBERED = 1_000;
/** Compared with where there is no such key, so that the time an answer takes does not say which keys there are. */
const NOBODY = 'scrypt$16384$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';

export interface LrsKeyVerifier {
  /** Throws `lrs.unauthorised` (401) for a header that is missing, malformed or wrong. */
  verify(authorization: string | undefined): Promise<LrsCaller>;
}

/** One instance a process. `url`: our public base address, the home of the authorities. */
export function createLrsKeyVerifier(options: { url: string; now: () => Date }): LrsKeyVerifier {
  const { url, now } = options;
  const proven = new Map<string, { caller: LrsCaller; secretHash: string; until: number }>();
  const running = new Map<string, Promise<LrsCaller>>();

  const check = async (digest: string, given: Credentials): Promise<LrsCaller> => {
    const record = await findLrsKeyRecord({ key: given.key });
    const before = proven.get(digest);
    const isProven = record !== null && before?.secretHash === record.secretHash;
    const isRight =
      isProven || (await isSecret({ secret: given.secret, hash: record?.secretHash ?? NOBODY }));
    if (!isRight || !record || record.revokedAt !== null) {
      proven.delete(digest);
      throw unauthorised();
    }
    const caller = toCaller(record, url);
    if (proven.size >= MOST_REMEMBERED) proven.clear();
    const until = now().getTime() + REMEMBERED_MS;
    proven.set(digest, { caller, secretHash: record.secretHash, until });
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

interface Credentials {
  key: string;
  secret: string;
}

function readBasic(authorization: string | undefined): Credentials {
  const encoded = /^Basic +([A-Za-z0-9+/_-]+={0,2}) *$/i.exec(authorization ?? '')?.[1];
  const text = encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) throw unauthorised();
  return { key: text.slice(0, colon), secret: text.slice(colon + 1) };
}

function toCaller({ key, name, scopes }: LrsKeyRecord, url: string): LrsCaller {
  const authority = lrsKeyAuthority({ url, key, name });
  return { key, scopes, authority, authorityKey: agentKey(authority) };
}

function unauthorised(): AppError {
  return new AppError('lrs.unauthorised', {
    status: 401,
    headers: { 'WWW-Authenticate': 'Basic realm="xAPI", charset="UTF-8"' },
  });
}
