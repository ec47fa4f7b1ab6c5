// The secret namespace that statement ids and pseudonyms are derived in: made once, kept encrypted, never rotated, because
// another one would tell every event a second time and give every learner another name.
import { randomUUID } from 'node:crypto';
import { shareReads } from '../db/shared-reads.js';
import { openSealedText, sealText } from '../secrets.js';
import { findSealedNamespace, keepSealedNamespace } from './statement-namespace.model.js';

const PURPOSE = 'statement-namespace';

/**
 * A UUID, read once in two seconds: a restore may put another one in its place. Throws UnsealError when the instance's
 * secret is not the one it was kept under.
 */
export const statementNamespace = shareReads({
  about: () => PURPOSE,
  read: (options: { secret: string }) => readNamespace(options),
});

/** The same, from the database each time. */
export async function readNamespace(options: { secret: string }): Promise<string> {
  const { secret } = options;
  const sealed =
    (await findSealedNamespace()) ??
    (await keepSealedNamespace({
      sealed: sealText({ secret, purpose: PURPOSE, text: randomUUID() }),
    }));
  return openSealedText({ secret, purpose: PURPOSE, sealed });
}
