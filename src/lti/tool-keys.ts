// Our signing keys as the door uses them: the one that signs, opened, and the public key set for platforms. Kept in memory
// for seconds, so that what another process rotated or withdrew is followed soon. Changes: rotate-tool-keys.ts.
import type { JsonWebKey } from 'node:crypto';
import { openSealedText } from '../secrets.js';
import { pickSigningKey } from './plan-tool-keys.js';
import { ensureToolKey, TOOL_KEY_PURPOSE } from './rotate-tool-keys.js';
import type { ToolKeyRecord } from './tool-key.model.js';

const MAX_AGE_MS = 10_000;

interface SigningKey {
  kid: string;
  privateKeyPem: string;
}

export interface ToolKeys {
  /** The newest active key; makes the first one where there is none. */
  signingKey(): Promise<SigningKey>;
  /** What platforms fetch (RFC 7517): public members only. */
  publicKeySet(): Promise<{ keys: JsonWebKey[] }>;
  /** After a change by this process: what is in memory is read anew. */
  forget(): void;
}

export function createToolKeys(options: { secret: string; now: () => Date }): ToolKeys {
  const { secret, now } = options;
  let cached: { keys: Promise<ToolKeyRecord[]>; readAt: number } | null = null;
  let opened: SigningKey | null = null;

  function listKeys(): Promise<ToolKeyRecord[]> {
    const time = now().getTime();
    if (cached && Math.abs(time - cached.readAt) < MAX_AGE_MS) return cached.keys;
    const keys = ensureToolKey({ secret, now: now() });
    cached = { keys, readAt: time };
    keys.catch(() => (cached = null));
    return keys;
  }

  return {
    async signingKey() {
      const active = pickSigningKey(await listKeys());
      if (!active) throw new Error('no key of ours is active');
      if (opened?.kid === active._id) return opened;
      opened = { kid: active._id, privateKeyPem: openPrivateKey({ key: active, secret }) };
      return opened;
    },
    async publicKeySet() {
      const offered = (await listKeys()).filter(({ state }) => state !== 'withdrawn');
      return { keys: offered.map((key) => toPublicJwk(key)) };
    },
    forget() {
      cached = null;
      opened = null;
    },
  };
}

function openPrivateKey(options: { key: ToolKeyRecord; secret: string }): string {
  const { key, secret } = options;
  const sealed = key.sealedPrivateKey ?? '';
  return openSealedText({ secret, purpose: TOOL_KEY_PURPOSE, sealed });
}

function toPublicJwk({ _id, n, e }: ToolKeyRecord): JsonWebKey {
  return { kty: 'RSA', alg: 'RS256', use: 'sig', kid: _id, n, e };
}
