// The key under which a session signs its links to new tabs (visit-pass.ts), one a person and course, with what each page
// adds: when it was drawn, and a random number, so that every drawing of a link is another one. The key itself stays on
// the server: pages hold signatures made with it.
import { createHmac } from 'node:crypto';
import { takeRandomBytes } from './random-bytes.js';

const NONCE_BYTES = 12;

export interface VisitKey {
  /** Id of the session. */
  session: string;
  key: string;
  drawnAt: Date;
  nonce: string;
}

/** For one page. */
export function createVisitKey(options: {
  session: { _id: string; csrfSecret: string };
  launch: { user: string; course: string | null };
  now: Date;
}): VisitKey {
  const { session, now } = options;
  const nonce = takeRandomBytes(NONCE_BYTES).toString('base64url');
  return { session: session._id, key: deriveVisitKey(options), drawnAt: now, nonce };
}

/** Pure. */
export function deriveVisitKey(options: {
  session: { csrfSecret: string };
  launch: { user: string; course: string | null };
}): string {
  const { session, launch } = options;
  const text = JSON.stringify(['visit', launch.user, launch.course]);
  return createHmac('sha256', session.csrfSecret).update(text).digest('base64url');
}
