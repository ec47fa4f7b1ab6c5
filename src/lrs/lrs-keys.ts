// Making, listing, changing, rotating and revoking the keys of the LRS. A secret is shown once, when it is made.
import { randomBytes } from 'node:crypto';
import { AppError } from '../http/errors.js';
import type { Agent } from '../xapi/statement.js';
import {
  findLrsKeyRecord,
  insertLrsKey,
  listLrsKeyRecords,
  markLrsKeyRevoked,
  replaceLrsKeySecret,
  replaceLrsKeyTerms,
  type LrsKeyRecord,
  type LrsKeyTerms,
} from './lrs-key.model.js';
import { OWN_KEY_NAME } from './lrs-key-terms.js';
import { LRS_SCOPES, type LrsScope } from './lrs-request.js';
import { hashSecret } from './secret-hash.js';

const KEY_BYTES = 9;
const SECRET_BYTES = 32;
const HOUR_MS = 3_600_000;
const NO_TERMS: LrsKeyTerms = {
  origins: [],
  expiresAt: null,
  requestsPerMinute: null,
  statementsPerDay: null,
};

export interface LrsKey extends Omit<LrsKeyRecord, 'secretHash' | 'previous'> {
  /** Until when the secret before the last rotation is good; null where none is. */
  previousUntil: Date | null;
}

/** A new key with its secret, which is nowhere to be read again. Throws `lrs.scope` (400) for an unknown scope. */
export async function addLrsKey(options: {
  name: string;
  scopes: readonly string[];
  terms?: LrsKeyTerms;
  now: Date;
}): Promise<{ key: string; secret: string }> {
  const { name, scopes, terms = NO_TERMS, now } = options;
  const key = `lrs_${randomBytes(KEY_BYTES).toString('base64url')}`;
  const secret = makeSecret();
  await insertLrsKey({
    ...terms,
    key,
    name,
    scopes: scopes.map((scope) => readScope(scope)),
    secretHash: await hashSecret(secret),
    createdAt: now,
  });
  return { key, secret };
}

/** Those of these authorities (agentKey) whose keys may say what an activity or agent is (Communication 4.3). */
export async function findDefiners(options: {
  authorities: readonly string[];
}): Promise<Set<string>> {
  if (options.authorities.length === 0) return new Set();
  const records = await listLrsKeyRecords();
  const mayDefine = new Set(
    records
      .filter(({ scopes }) => scopes.includes('all') || scopes.includes('define'))
      .map(({ key }) => key),
  );
  return new Set(options.authorities.filter((one) => mayDefine.has(accountNameOf(one))));
}

/** An authority of ours is an account whose name is its key. */
function accountNameOf(authority: string): string {
  const parts: unknown = JSON.parse(authority);
  const name: unknown = Array.isArray(parts) ? parts.at(-1) : null;
  return typeof name === 'string' ? name : '';
}

export async function listLrsKeys(): Promise<LrsKey[]> {
  const records = await listLrsKeyRecords();
  return records.map((record) => toKey(record));
}

/** Throws `lrs.no-such-key` (404). */
export async function getLrsKey(options: { key: string }): Promise<LrsKey> {
  const record = await findLrsKeyRecord(options);
  if (!record) throw noSuchKey(options.key);
  return toKey(record);
}

/**
 * Other origins, end and limits; they count within seconds. Throws `lrs.no-such-key` (404), `lrs.key-revoked` (409) and, for
 * our own outbox's key, `lrs.own-key` (409).
 */
export async function changeLrsKey(options: { key: string; terms: LrsKeyTerms }): Promise<void> {
  await getChangeable(options.key);
  if (!(await replaceLrsKeyTerms(options))) throw revoked(options.key);
}

/**
 * Another secret; the one before stays good for some hours, so that every program can be told in its own time. A secret that
 * was before that one ends at once. Throws as changeLrsKey does, and `lrs.key-overtaken` (409) when somebody rotates it too.
 */
export async function rotateLrsKey(options: {
  key: string;
  overlapHours: number;
  now: Date;
}): Promise<{ key: string; secret: string; previousUntil: Date | null }> {
  const { key, overlapHours, now } = options;
  const { secretHash: seenHash } = await getChangeable(key);
  const secret = makeSecret();
  const previousUntil =
    overlapHours === 0 ? null : new Date(now.getTime() + overlapHours * HOUR_MS);
  const isReplaced = await replaceLrsKeySecret({
    key,
    seenHash,
    secretHash: await hashSecret(secret),
    previous: previousUntil && { secretHash: seenHash, until: previousUntil },
    now,
  });
  if (!isReplaced) throw new AppError('lrs.key-overtaken', { status: 409, values: { key } });
  return { key, secret, previousUntil };
}

/** The key is refused within seconds: a proven secret is remembered that long. Throws `lrs.no-such-key` (404). */
export async function revokeLrsKey(options: { key: string; now: Date }): Promise<void> {
  const { key } = options;
  if (!(await markLrsKeyRevoked(options))) throw noSuchKey(key);
}

/** The agent that vouches for what a key stores (Data 2.4.9). `url`: our public base address. */
export function lrsKeyAuthority(options: { url: string; key: string; name: string }): Agent {
  const { url, key, name } = options;
  return { objectType: 'Agent', name, account: { homePage: `${url}/xapi`, name: key } };
}

function toKey({ secretHash: _hidden, previous, ...rest }: LrsKeyRecord): LrsKey {
  return { ...rest, previousUntil: previous?.until ?? null };
}

/** Not our own outbox's key: it is made anew by itself, and a limit would hold back every statement of ours. */
async function getChangeable(key: string): Promise<LrsKeyRecord> {
  const record = await findLrsKeyRecord({ key });
  if (!record) throw noSuchKey(key);
  if (record.revokedAt !== null) throw revoked(key);
  if (record.name === OWN_KEY_NAME) throw new AppError('lrs.own-key', { status: 409 });
  return record;
}

function makeSecret(): string {
  // A secret that begins with a dash would be read as an option where somebody hands it to a program.
  return `s${randomBytes(SECRET_BYTES).toString('base64url')}`;
}

function noSuchKey(key: string): AppError {
  return new AppError('lrs.no-such-key', { status: 404, values: { key } });
}

function revoked(key: string): AppError {
  return new AppError('lrs.key-revoked', { status: 409, values: { key } });
}

function readScope(scope: string): LrsScope {
  const known = LRS_SCOPES.find((one) => one === scope);
  if (known) return known;
  throw new AppError('lrs.scope', {
    status: 400,
    values: { scope, scopes: LRS_SCOPES.join(', ') },
  });
}
