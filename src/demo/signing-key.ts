// The platform's RSA key: made once (asynchronously), kept in the data folder with mode 0600,
// published as a JWK whose kid is its RFC 7638 thumbprint. It is not encrypted: a demo's key.
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
} from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import jwt from 'jsonwebtoken';
import { z } from 'zod';
import type { DemoLog } from './demo-log.js';

const KEY_FILE = 'demo-lms-key.pem';
const KEY_BITS = 2048;

export interface SigningKey {
  /** The public key as it stands in the key set. */
  jwk: Record<string, string>;
  /** `kid` names another key than the one that signs: for what has to be refused. */
  sign(claims: object, kid?: string): string;
  /** Bytes derived from the private key, for what only this LMS has to recognise. */
  deriveSecret(purpose: string): Buffer;
}

export async function openSigningKey({
  dataFolder,
  log,
}: {
  dataFolder: string | null;
  log: DemoLog;
}): Promise<SigningKey> {
  if (dataFolder === null) return describeKey(await generateKey());

  const file = join(dataFolder, KEY_FILE);
  const stored = await readKey(file, log);
  if (stored) return describeKey(stored);

  const made = await generateKey();
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  await writeFile(file, pemOf(made), { mode: 0o600, flag: 'wx' });
  return describeKey(made);
}

async function generateKey(): Promise<KeyObject> {
  const pair = await promisify(generateKeyPair)('rsa', { modulusLength: KEY_BITS });
  return pair.privateKey;
}

async function readKey(file: string, log: DemoLog): Promise<KeyObject | null> {
  const pem = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  });
  if (pem === null) return null;

  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType !== 'rsa') throw new Error('not an RSA key');
    return key;
  } catch {
    const aside = `${file}.broken-${Date.now()}`;
    await rename(file, aside);
    log.warn({ file: aside }, 'the key of the demo LMS was unreadable; a new one is made');
    return null;
  }
}

const rsaJwkSchema = z.object({ kty: z.literal('RSA'), n: z.string(), e: z.string() });

function describeKey(key: KeyObject): SigningKey {
  const { kty, n, e } = rsaJwkSchema.parse(createPublicKey(key).export({ format: 'jwk' }));
  const kid = createHash('sha256').update(JSON.stringify({ e, kty, n })).digest('base64url');

  return {
    jwk: { kty, n, e, kid, alg: 'RS256', use: 'sig' },
    sign: (claims, named = kid) => jwt.sign(claims, key, { algorithm: 'RS256', keyid: named }),
    deriveSecret: (purpose) =>
      createHash('sha256')
        .update(`${purpose}\n${pemOf(key)}`)
        .digest(),
  };
}

function pemOf(key: KeyObject): string | Buffer {
  return key.export({ type: 'pkcs8', format: 'pem' });
}
