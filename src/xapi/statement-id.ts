// Statement ids that follow from the event: UUIDv5 (RFC 9562, 5.5) of what happened, in a secret namespace. The same event
// told again is the same statement; without the namespace nobody can guess who is behind an id.
import { createHash } from 'node:crypto';

/** `parts` are the business event (kind, user, object, attempt), never the clock. A JSON array keeps them apart. */
export function deriveStatementId(options: {
  /** A UUID that is kept secret. */
  namespace: string;
  parts: (string | number)[];
}): string {
  const namespace = Buffer.from(options.namespace.replaceAll('-', ''), 'hex');
  if (namespace.length !== 16) throw new Error('the namespace of statement ids is not a UUID');
  const hash = createHash('sha1').update(namespace).update(JSON.stringify(options.parts)).digest();
  const bytes = hash.subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}
