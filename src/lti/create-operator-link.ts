// Makes a one-time link into the administration pages, for whoever holds the command line.
import { hashSecret, makeSecret } from './cookies.js';
import { insertOperatorLink } from './operator-link.model.js';

/** The address opens once, before it expires. The write is the fact; the token itself is kept nowhere. */
export async function createOperatorLink(options: {
  url: string;
  ttlMs: number;
  now: Date;
}): Promise<{ token: string; address: string; expiresAt: Date }> {
  const { url, ttlMs, now } = options;
  const token = makeSecret();
  const expiresAt = new Date(now.getTime() + ttlMs);
  await insertOperatorLink({ tokenHash: hashSecret(token), expiresAt });
  return { token, address: `${url}/operator/${token}`, expiresAt };
}
