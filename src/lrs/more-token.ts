// Where the next page of a search begins (Communication 2.1.4, `more`): the search itself and the last `stored`, signed,
// so that the server remembers nothing and a page costs the same however far in it is.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { listAcceptedSecrets } from '../secrets.js';

const SIGNATURE_BYTES = 16;

const Token = z.strictObject({
  v: z.literal(1),
  keys: z.array(z.string()),
  afterUs: z.number().nullable(),
  untilUs: z.number().nullable(),
  ascending: z.boolean(),
  limit: z.number().int().min(1),
  format: z.enum(['exact', 'ids', 'canonical']),
  attachments: z.boolean(),
});

export type StatementFormat = z.infer<typeof Token>['format'];

/** A search from some place on: later than `afterUs`, not later than `untilUs`. */
export type MoreSearch = Omit<z.infer<typeof Token>, 'v'>;

export function writeMoreToken(options: { search: MoreSearch; secret: string }): string {
  const { search, secret } = options;
  const text = Buffer.from(JSON.stringify({ v: 1, ...search })).toString('base64url');
  return `${text}.${sign(text, secret).toString('base64url')}`;
}

/** Null for a token that is not ours. One that was signed under an accepted previous secret is. */
export function readMoreToken(options: { token: string; secret: string }): MoreSearch | null {
  const { token, secret } = options;
  const [text = '', signature = ''] = token.split('.');
  const given = Buffer.from(signature, 'base64url');
  const isOurs = listAcceptedSecrets({ secret }).some((one) => isSame(given, sign(text, one)));
  if (!isOurs) return null;
  const read = Token.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  if (!read.success) return null; // ours, from a version that wrote other tokens
  const { v: _version, ...search } = read.data;
  return search;
}

function isSame(given: Buffer, expected: Buffer): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function sign(text: string, secret: string): Buffer {
  return createHmac('sha256', `lrs-more:${secret}`)
    .update(text)
    .digest()
    .subarray(0, SIGNATURE_BYTES);
}
