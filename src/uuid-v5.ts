// Name-based UUIDs (RFC 9562, section 5.5), so that the same thing gets the same identifier wherever it is imported.
import { createHash } from 'node:crypto';

/** UUIDv5 of the parts, as a JSON array, in the namespace. */
export function deriveUuid(options: {
  namespace: string;
  parts: readonly (string | number)[];
}): string {
  const namespace = Buffer.from(options.namespace.replaceAll('-', ''), 'hex');
  const bytes = createHash('sha1')
    .update(namespace)
    .update(JSON.stringify(options.parts), 'utf8')
    .digest()
    .subarray(0, 16);
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
