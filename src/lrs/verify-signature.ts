// Signed statements (Data 2.6): the signature is a compact JWS by RS256, RS384 or RS512 whose payload is the statement before
// it was signed. Where the header brings certificates, the first one's key must confirm it and each must be signed by the
// next. Who the signer is, is for readers to judge. Pure.
import { X509Certificate } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { z } from 'zod';
import { isSameStatement } from '../xapi/same-statement.js';
import type { Statement } from '../xapi/statement.js';
import { findStatementFaults } from '../xapi/statement-rules.js';
import { SIGNATURE_USAGE_TYPE } from '../xapi/vocabulary.js';

const ALGORITHMS = ['RS256', 'RS384', 'RS512'] as const;
const MOST_CERTIFICATES = 10;

const Header = z.object({
  alg: z.enum(ALGORITHMS),
  x5c: z.array(z.string()).min(1).max(MOST_CERTIFICATES).optional(),
});

/** Why this is no good signature of the statement, as the end of a sentence; null for a good one. */
export function findSignatureFault(options: { jws: string; statement: Statement }): string | null {
  const { statement } = options;
  const jws = options.jws.trim();
  const [head = '', payload = '', signature = '', ...rest] = jws.split('.');
  if (signature === '' || rest.length > 0) return 'is not a compact JWS';
  const header = Header.safeParse(readPart(head));
  if (!header.success) return `is not signed by ${ALGORITHMS.join(', ')}`;
  const { alg, x5c } = header.data;
  if (x5c && !isConfirmed({ jws, alg, x5c })) return 'is not confirmed by its certificates';
  const signed = readPart(payload);
  const version = statement.version?.startsWith('2.') === true ? '2.0.0' : '1.0.3';
  if (findStatementFaults(signed, { version }).length > 0) return 'signs no statement';
  // Every rule of the standard holds, as just checked.
  return isSameStatement(unsigned(signed as Statement), unsigned(statement))
    ? null
    : 'signs another statement';
}

/** Without its signatures; without any attachment left, without the list. */
function unsigned(statement: Statement): Statement {
  const { attachments, ...rest } = statement;
  const others = (attachments ?? []).filter(({ usageType }) => usageType !== SIGNATURE_USAGE_TYPE);
  return others.length > 0 ? { ...rest, attachments: others } : rest;
}

function isConfirmed(options: { jws: string; alg: (typeof ALGORITHMS)[number]; x5c: string[] }) {
  const { jws, alg, x5c } = options;
  try {
    const chain = x5c.map((one) => new X509Certificate(Buffer.from(one, 'base64')));
    const [leaf] = chain;
    if (!leaf) return false;
    const isChain = chain.every((certificate, index) => {
      const issuer = chain[index + 1];
      return issuer === undefined || certificate.verify(issuer.publicKey);
    });
    const key = leaf.publicKey.export({ type: 'spki', format: 'pem' });
    jwt.verify(jws, key, { algorithms: [alg], ignoreExpiration: true, ignoreNotBefore: true });
    return isChain;
  } catch {
    return false; // Certificates or signatures that cannot be read confirm nothing.
  }
}

function readPart(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return null; // No JSON: the schema and the rules say so.
  }
}
