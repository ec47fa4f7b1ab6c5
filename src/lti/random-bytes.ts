// Random bytes from a pool: a launch asks for a handful of secrets, and one call to the system serves a hundred of them.
import { randomBytes } from 'node:crypto';

const POOL_BYTES = 4_096;

let pool = Buffer.alloc(0);
let taken = 0;

/** `count` bytes (at most 64) that nobody else gets. Encode them at once: they are a view of the pool. */
export function takeRandomBytes(count: number): Buffer {
  if (taken + count > pool.length) {
    pool = randomBytes(POOL_BYTES);
    taken = 0;
  }
  taken += count;
  return pool.subarray(taken - count, taken);
}
