// Changes of our signing keys: the ones that are due (a job), one ahead of its time, and the replacement at once of keys
// that may have become known. A key's id follows from the keys before it, so that of two processes one makes it.
import { createHash, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { sealText, secretFingerprint } from '../secrets.js';
import { pickSigningKey, planToolKeys, type KeyAges } from './plan-tool-keys.js';
import {
  activateToolKey,
  deleteToolKey,
  insertToolKey,
  listToolKeys,
  retireToolKey,
  withdrawToolKeys,
  type ToolKeyRecord,
} from './tool-key.model.js';

export const TOOL_KEY_PURPOSE = 'tool-key';
const MODULUS_BITS = 2_048;
const KID_CHARACTERS = 16;

export interface KeyChanges {
  made: string | null;
  activated: string | null;
  retired: string[];
  removed: string[];
}

/** Does what is due by the keys' ages. Idempotent; a stop in the middle is continued by the next run. */
export async function rotateToolKeys(options: {
  secret: string;
  ages: KeyAges;
  now: Date;
}): Promise<KeyChanges> {
  const { secret, ages, now } = options;
  const keys = await ensureToolKey({ secret, now });
  const plan = planToolKeys({ keys, ages, now });
  const made = plan.makesNext ? await offerNext({ keys, secret, now }) : null;
  if (plan.activate !== null) await activateToolKey({ kid: plan.activate, now });
  for (const kid of plan.retire) await retireToolKey({ kid, now });
  for (const { _id: kid, state } of plan.remove) await deleteToolKey({ kid, state });
  return {
    made,
    activated: plan.activate,
    retired: plan.retire,
    removed: plan.remove.map(({ _id }) => _id),
  };
}

/** Offers a key to come ahead of its time; where one is offered already, that one. Answers its id. */
export async function offerNextToolKey(options: { secret: string; now: Date }): Promise<string> {
  const keys = await ensureToolKey(options);
  const next = keys.find(({ state }) => state === 'next');
  return next?._id ?? offerNext({ keys, ...options });
}

/**
 * For keys that may have become known: a new one signs from now on, and all others are withdrawn at once, their private
 * parts deleted. The new key is there before the old ones go.
 */
export async function replaceToolKeys(options: {
  secret: string;
  now: Date;
}): Promise<{ kid: string; withdrawn: number }> {
  const { secret, now } = options;
  const before = await ensureToolKey(options);
  const kids = before.map(({ _id }) => _id);
  const kid = kidOf(`instead of ${kids.toSorted().join(' ')}`);
  await insertToolKey(await makeToolKey({ kid, state: 'active', secret, now }));
  return { kid, withdrawn: await withdrawToolKeys({ kids, now }) };
}

/** All keys; the first one is made where none signs. */
export async function ensureToolKey(options: {
  secret: string;
  now: Date;
}): Promise<ToolKeyRecord[]> {
  const { secret, now } = options;
  const found = await listToolKeys();
  if (pickSigningKey(found)) return found;
  const before = found.map(({ _id }) => _id).toSorted();
  const kid = kidOf(`first key ${[secretFingerprint(secret), ...before].join(' ')}`);
  await insertToolKey(await makeToolKey({ kid, state: 'active', secret, now }));
  return listToolKeys();
}

async function offerNext(options: {
  keys: readonly ToolKeyRecord[];
  secret: string;
  now: Date;
}): Promise<string> {
  const { keys, secret, now } = options;
  const kid = kidOf(`after ${pickSigningKey(keys)?._id ?? ''}`);
  await insertToolKey(await makeToolKey({ kid, state: 'next', secret, now }));
  return kid;
}

async function makeToolKey(options: {
  kid: string;
  state: 'next' | 'active';
  secret: string;
  now: Date;
}): Promise<ToolKeyRecord> {
  const { kid, state, secret, now } = options;
  const pair = await promisify(generateKeyPair)('rsa', { modulusLength: MODULUS_BITS });
  const { n = '', e = '' } = pair.publicKey.export({ format: 'jwk' });
  const text = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return {
    _id: kid,
    state,
    n,
    e,
    sealedPrivateKey: sealText({ secret, purpose: TOOL_KEY_PURPOSE, text }),
    createdAt: now,
    activatedAt: state === 'active' ? now : null,
    endedAt: null,
  };
}

function kidOf(text: string): string {
  return `tool-${createHash('sha256').update(text).digest('hex').slice(0, KID_CHARACTERS)}`;
}
