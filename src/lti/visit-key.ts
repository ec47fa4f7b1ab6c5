// The key under which a session signs its links to new tabs (visit-pass.ts), one a person and course. Pure. It stays on the
// server: pages hold signatures made with it.
import { createHmac } from 'node:crypto';

export function visitKey(options: {
  session: { _id: string; csrfSecret: string };
  launch: { user: string; course: string | null };
}): string {
  const { session, launch } = options;
  const text = JSON.stringify(['visit', launch.user, launch.course]);
  return `${session._id}.${createHmac('sha256', session.csrfSecret).update(text).digest('base64url')}`;
}
