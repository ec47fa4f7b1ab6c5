// Encryption at rest for keys and passwords of others: AES-256-GCM under a key derived (HKDF) from the instance's secret.
// A sealed text says its version and which secret it needs, so that the secret can be changed: what an accepted previous one
// sealed still opens, and db/reseal.ts seals it anew. Sealing is for the present secret always.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const VERSION = 'v1';
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_ID_CHARACTERS = 8;
const FINGERPRINT_BYTES = 16;
const MAX_DERIVED = 200;

/** Which secrets were the instance's before, by the present one: set once when the settings are read. */
const previousSecrets = new Map<string, readonly string[]>();

/** Derived keys, oldest first: a derivation costs more than sealing a short text, and the login seals one each time. */
const derivedKeys = new Map<string, Buffer>();

/** `purpose` names what is sealed (`tool-key`, `destination-password`): a text sealed for one opens for no other. */
export function sealText(options: { secret: string; purpose: string; text: string }): string {
  const { secret, purpose, text } = options;
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', deriveKey(secret, purpose), iv);
  cipher.setAAD(Buffer.from(`${VERSION}.${purpose}`));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return [VERSION, keyId(secret), iv.toString('base64url'), sealed.toString('base64url')].join('.');
}

/** From now on what `previous` sealed opens under `secret` as well. */
export function acceptPreviousSecrets(options: {
  secret: string;
  previous: readonly string[];
}): void {
  previousSecrets.set(options.secret, options.previous);
}

/** The secret and its accepted predecessors: under each of them something handed out may still be signed or sealed. */
export function listAcceptedSecrets(options: { secret: string }): string[] {
  return [options.secret, ...(previousSecrets.get(options.secret) ?? [])];
}

/** Opens what sealText made, under this secret or an accepted previous one. Throws UnsealError for another secret, another purpose or an altered text. */
export function openSealedText(options: {
  secret: string;
  purpose: string;
  sealed: string;
}): string {
  const { secret, purpose, sealed } = options;
  const [version, id, iv = '', data = ''] = sealed.split('.');
  if (version !== VERSION) throw new UnsealError('unknown version of a sealed text');
  const own = listAcceptedSecrets({ secret }).find((one) => keyId(one) === id);
  if (own === undefined) throw new UnsealError('sealed under another secret');
  const bytes = Buffer.from(data, 'base64url');
  const key = deriveKey(own, purpose);
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64url'), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(`${VERSION}.${purpose}`));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    const text = Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]);
    return text.toString('utf8');
  } catch (error) {
    throw new UnsealError('altered, or sealed for another purpose', error);
  }
}

/** As openSealedText, for what can be done without: null where it throws UnsealError. */
export function tryToOpenSealedText(options: Parameters<typeof openSealedText>[0]): string | null {
  try {
    return openSealedText(options);
  } catch (error) {
    if (error instanceof UnsealError) return null;
    throw error;
  }
}

/** What was sealed as JSON, or null: for what strangers send, whatever is wrong with it. */
export function tryToOpenSealedJson(options: Parameters<typeof openSealedText>[0]): unknown {
  try {
    return JSON.parse(openSealedText(options));
  } catch (error) {
    if (error instanceof UnsealError || error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Whether a text was sealed under this very secret, by what it says itself. */
export function isSealedUnder(options: { secret: string; sealed: string }): boolean {
  const [version, id] = options.sealed.split('.');
  return version === VERSION && id === keyId(options.secret);
}

/** A sealed text that this secret does not open. */
export class UnsealError extends Error {
  constructor(reason: string, cause?: unknown) {
    super(`Cannot decrypt: ${reason}. Was CROSSWALK_SECRET changed?`, { cause });
    this.name = 'UnsealError';
  }
}

/** What the database keeps to recognise the secret; says nothing about it. */
export function secretFingerprint(secret: string): string {
  return derive(secret, 'fingerprint', FINGERPRINT_BYTES).toString('hex');
}

function keyId(secret: string): string {
  return secretFingerprint(secret).slice(0, KEY_ID_CHARACTERS);
}

function deriveKey(secret: string, purpose: string): Buffer {
  return derive(secret, `seal:${purpose}`, KEY_BYTES);
}

function derive(secret: string, info: string, bytes: number): Buffer {
  const name = `${info}\n${secret}`;
  const known = derivedKeys.get(name);
  if (known) return known;
  const made = Buffer.from(hkdfSync('sha256', secret, 'crosswalk', info, bytes));
  if (derivedKeys.size >= MAX_DERIVED) {
    const [oldest = ''] = derivedKeys.keys();
    derivedKeys.delete(oldest);
  }
  derivedKeys.set(name, made);
  return made;
}
