// Our signing keys: made on first need (RSA 2048, off the event loop), private parts sealed at rest, the public key set for
// platforms. The first key's id comes from the secret, so that two processes that start at once agree on one key.
import { generateKeyPair, createHash, type JsonWebKey } from 'node:crypto';
import { promisify } from 'node:util';
import { openSealedText, sealText, secretFingerprint } from '../secrets.js';
import { insertToolKey, listOfferedToolKeys, type ToolKeyRecord } from './tool-key.model.js';

const MODULUS_BITS = 2_048;
const PURPOSE = 'tool-key';
const MAX_AGE_MS = 60_000;
const KID_CHARACTERS = 16;

interface SigningKey {
  kid: string;
  privateKeyPem: string;
}

export interface ToolKeys {
  /** The newest active key; makes the first one where there is none. */
  signingKey(): Promise<SigningKey>;
  /** What platforms fetch (RFC 7517): public members only. */
  publicKeySet(): Promise<{ keys: JsonWebKey[] }>;
}

export function createToolKeys(options: { secret: string; now: () => Date }): ToolKeys {
  const { secret, now } = options;
  let cached: { keys: Promise<ToolKeyRecord[]>; readAt: number } | null = null;
  const opened = new Map<string, SigningKey>();

  function offeredKeys(): Promise<ToolKeyRecord[]> {
    const time = now().getTime();
    if (cached && Math.abs(time - cached.readAt) < MAX_AGE_MS) return cached.keys;
    const keys = loadOrMakeKeys({ secret, now: now() });
    cached = { keys, readAt: time };
    keys.catch(() => (cached = null));
    return keys;
  }

  return {
    async signingKey() {
      const active = (await offeredKeys()).filter((key) => key.state === 'active').at(-1);
      if (!active) throw new Error('no key of ours is active');
      const known = opened.get(active._id);
      if (known) return known;
      const sealed = active.sealedPrivateKey;
      const key = {
        kid: active._id,
        privateKeyPem: openSealedText({ secret, purpose: PURPOSE, sealed }),
      };
      opened.set(active._id, key);
      return key;
    },
    async publicKeySet() {
      const keys = await offeredKeys();
      return {
        keys: keys.map(({ _id, n, e }) => ({
          kty: 'RSA',
          alg: 'RS256',
          use: 'sig',
          kid: _id,
          n,
          e,
        })),
      };
    },
  };
}

async function loadOrMakeKeys(options: { secret: string; now: Date }): Promise<ToolKeyRecord[]> {
  const found = await listOfferedToolKeys();
  if (found.some((key) => key.state === 'active')) return found;
  await insertToolKey(await makeToolKey(options));
  return listOfferedToolKeys();
}

async function makeToolKey(options: { secret: string; now: Date }): Promise<ToolKeyRecord> {
  const { secret, now } = options;
  const pair = await promisify(generateKeyPair)('rsa', { modulusLength: MODULUS_BITS });
  const { n = '', e = '' } = pair.publicKey.export({ format: 'jwk' });
  const pem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return {
    _id: firstKid(secret),
    state: 'active',
    n,
    e,
    sealedPrivateKey: sealText({ secret, purpose: PURPOSE, text: pem }),
    createdAt: now,
  };
}

function firstKid(secret: string): string {
  const hash = createHash('sha256')
    .update(`first key ${secretFingerprint(secret)}`)
    .digest('hex');
  return `tool-${hash.slice(0, KID_CHARACTERS)}`;
}
