// Statement ids that follow from the event: UUIDv5 (RFC 9562, 5.5) of what happened, in a secret namespace. The same event
// told again is the same statement; without the namespace nobody can guess who is behind an id.
import { deriveUuid } from '../uuid-v5.js';
import { isUuid } from './formats.js';

/** `parts` are the business event (kind, user, object, attempt), never the clock. A JSON array keeps them apart. */
export function deriveStatementId(options: {
  /** A UUID that is kept secret. */
  namespace: string;
  parts: (string | number)[];
}): string {
  const { namespace, parts } = options;
  if (!isUuid(namespace)) throw new Error('the namespace of statement ids is not a UUID');
  return deriveUuid({ namespace, parts });
}
