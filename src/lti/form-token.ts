// The token every form carries against forgery (pure): an HMAC of the launch it was drawn for, under the session's own secret.
import { createHmac, timingSafeEqual } from 'node:crypto';

export function formToken(options: { session: { csrfSecret: string }; launch: string }): string {
  const { session, launch } = options;
  return createHmac('sha256', session.csrfSecret).update(`form ${launch}`).digest('base64url');
}

export function isFormToken(options: {
  session: { csrfSecret: string };
  launch: string;
  token: string;
}): boolean {
  const expected = Buffer.from(formToken(options));
  const given = Buffer.from(options.token);
  return expected.length === given.length && timingSafeEqual(expected, given);
}
