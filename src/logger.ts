// Structured log with request ids. Redacts by name: no token, cookie, name or e-mail address of a person may reach it.
import { pino, type Logger } from 'pino';

export type Log = Pick<Logger, 'info' | 'warn' | 'error' | 'debug' | 'fatal'>;

/** The whole logger, for the composition and the request log. */
export type AppLog = Logger;

const PRIVATE_FIELDS = [
  'name',
  'email',
  'given_name',
  'family_name',
  'picture',
  'id_token',
  'access_token',
  'client_assertion',
  'state',
  'nonce',
  'login_hint',
  'lti_message_hint',
  'authorization',
  'cookie',
  'password',
  'secret',
  'token',
  'JWT',
];
const REDACTED_PATHS = [
  ...PRIVATE_FIELDS,
  ...PRIVATE_FIELDS.map((field) => `*.${field}`),
  ...PRIVATE_FIELDS.map((field) => `*.*.${field}`),
  'req.headers',
  'res.headers',
  'req.query',
  'req.body',
];

/** `level` is a pino level or `silent`; lines are JSON on standard error, so that standard output stays for people. */
export function createLogger(options: { level: string }): Logger {
  return pino(
    { level: options.level, redact: { paths: REDACTED_PATHS, censor: '[redacted]' }, base: null },
    pino.destination({ fd: 2, sync: false }),
  );
}
