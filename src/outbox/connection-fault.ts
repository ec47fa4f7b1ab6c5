// What is wrong with a connection to an LRS, told exactly: from the error of a request that had no answer, or from the answer
// itself. Pure. Each code has its words in the catalogue (destinations:test.CODE).

export type ConnectionFault =
  | 'address'
  | 'private'
  | 'name'
  | 'refused'
  | 'unroutable'
  | 'certificate'
  | 'tls'
  | 'broken'
  | 'timeout'
  | 'redirect'
  | 'encoding'
  | 'too-large'
  | 'unreachable';

const BY_OUTGOING: Record<string, ConnectionFault> = {
  'outgoing.address': 'address',
  'outgoing.private-address': 'private',
  'outgoing.redirect': 'redirect',
  'outgoing.encoding': 'encoding',
  'outgoing.too-large': 'too-large',
  'outgoing.timeout': 'timeout',
};
const BY_SYSTEM: Record<string, ConnectionFault> = {
  ENOTFOUND: 'name',
  EAI_AGAIN: 'name',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'unroutable',
  ENETUNREACH: 'unroutable',
  ECONNRESET: 'broken',
  EPIPE: 'broken',
  UND_ERR_SOCKET: 'broken',
  HPE_INVALID_CONSTANT: 'broken',
  EPROTO: 'tls',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate',
};
/** OpenSSL's verdicts on a certificate (X509_V_ERR_…, as Node names them). */
const CERTIFICATE = /CERT|SIGNATURE|ISSUER|CRL/;
const DEEPEST = 5;

/** `code` is that of an `outgoing.*` error; `cause` what it was made of. The system's own code comes with it, where there is one. */
export function readConnectionFault(error: { code: string; cause?: unknown }): {
  fault: ConnectionFault;
  system: string;
} {
  const known = BY_OUTGOING[error.code];
  const systems = listSystemCodes(error.cause);
  const system = systems.at(-1) ?? '';
  if (known) return { fault: known, system };
  for (const code of systems.toReversed()) {
    const found = BY_SYSTEM[code];
    if (found) return { fault: found, system: code };
    if (/^ERR_SSL_/.test(code)) return { fault: 'tls', system: code };
    if (CERTIFICATE.test(code)) return { fault: 'certificate', system: code };
  }
  return { fault: 'unreachable', system };
}

/** Codes of an error and its causes, the outermost first. */
function listSystemCodes(error: unknown): string[] {
  const codes: string[] = [];
  let current: unknown = error;
  for (let depth = 0; depth < DEEPEST && current instanceof Error; depth += 1) {
    if ('code' in current && typeof current.code === 'string') codes.push(current.code);
    current = current instanceof AggregateError ? current.errors[0] : current.cause;
  }
  return codes;
}
