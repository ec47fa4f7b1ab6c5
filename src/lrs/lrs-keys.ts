// Making, listing and revoking the keys of the LRS. A secret is shown once, when it is made.
import { randomBytes } from 'node:crypto';
import { AppError } from '../http/errors.js';
import type { Agent } from '../xapi/statement.js';
import {
  insertLrsKey,
  listLrsKeyRecords,
  markLrsKeyRevoked,
  type LrsKeyRecord,
} from './lrs-key.model.js';
import { LRS_SCOPES, type LrsScope } from './lrs-request.js';
import { hashSecret } from './secret-hash.js';

const KEY_BYTES = 9;
const SECRET_BYTES = 32;

export type LrsKey = Omit<LrsKeyRecord, 'secretHash'>;

/** A new key with its secret, which is nowhere to be read again. Throws `lrs.scope` (400) for an unknown scope. */
export async function addLrsKey(options: {
  name: string;
  scopes: readonly string[];
  now: Date;
}): Promise<{ key: string; secret: string }> {
  const { name, scopes, now } = options;
  const key = `lrs_${randomBytes(KEY_BYTES).toString('base64url')}`;
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  await insertLrsKey({
    key,
    name,
    scopes: scopes.map((scope) => readScope(scope)),
    secretHash: await hashSecret(secret),
    createdAt: now,
    revokedAt: null,
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
  return records.map(({ secretHash: _hidden, ...key }) => key);
}

/** The key is refused within seconds: a proven secret is remembered that long. Throws `lrs.no-such-key` (404). */
export async function revokeLrsKey(options: { key: string; now: Date }): Promise<void> {
  const { key } = options;
  if (!(await markLrsKeyRevoked(options)))
    throw new AppError('lrs.no-such-key', { status: 404, values: { key } });
}

/** The agent that vouches for what a key stores (Data 2.4.9). `url`: our public base address. */
export function lrsKeyAuthority(options: { url: string; key: string; name: string }): Agent {
  const { url, key, name } = options;
  return { objectType: 'Agent', name, account: { homePage: `${url}/xapi`, name: key } };
}

function readScope(scope: string): LrsScope {
  const known = LRS_SCOPES.find((one) => one === scope);
  if (known) return known;
  throw new AppError('lrs.scope', {
    status: 400,
    values: { scope, scopes: LRS_SCOPES.join(', ') },
  });
}
