// Hashes of secrets by scrypt, so that a stolen database lets nobody in.
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

const COST = 16_384;
const BLOCK_SIZE = 8;
const PARALLEL = 1;
const HASH_BYTES = 32;
const SALT_BYTES = 16;

/** Settings, salt and hash in one text. */
export async function hashSecret(secret: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(secret, salt, COST);
  return ['scrypt', COST, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

export async function isSecret(options: { secret: string; hash: string }): Promise<boolean> {
  const [, cost = '', salt = '', hash = ''] = options.hash.split('$');
  const expected = Buffer.from(hash, 'base64url');
  const given = await derive(options.secret, Buffer.from(salt, 'base64url'), Number(cost));
  return expected.length === given.length && timingSafeEqual(expected, given);
}

function derive(secret: string, salt: Buffer, cost: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const settings = { N: cost, r: BLOCK_SIZE, p: PARALLEL };
    scrypt(secret, salt, HASH_BYTES, settings, (error, hash) => {
      if (error) reject(error);
      else resolve(hash);
    });
  });
}
