// The tool and the demo LMS each make an RSA key in a database that has none, as it is at the start of every test: a sixth of a
// second of work. Pairs made before are handed out again, in turn, so that the keys of one test still differ.
import { generateKeyPair, type KeyPairKeyObjectResult } from 'node:crypto';
import { promisify } from 'node:util';

const DIFFERENT = 6;
const USUAL_BITS = 2_048;

const made: Promise<KeyPairKeyObjectResult>[] = [];
let asked = 0;
let isReusing = false;

/** Idempotent; holds until the process ends, for `promisify(generateKeyPair)` alone. */
export function reuseKeyPairs(): void {
  if (isReusing) return;
  isReusing = true;
  const make = promisify(generateKeyPair);
  const reuse = (type: 'rsa', options: { modulusLength: number }) => {
    if (type !== 'rsa' || options.modulusLength !== USUAL_BITS) return make(type, options);
    asked += 1;
    return (made[asked % DIFFERENT] ??= make(type, options));
  };
  Object.defineProperty(generateKeyPair, promisify.custom, { value: reuse });
}
