// Which change of a document may be made (Communication 3.1): If-Match and If-None-Match against what is there, and, where
// the resource asks for one of them, a refusal to overwrite blindly. Pure.
import { AppError } from '../http/errors.js';
import type { XapiVersion } from '../xapi/statement.js';

export interface Preconditions {
  ifMatch: string[] | null;
  ifNoneMatch: string[] | null;
}

const ANY = '*';

export function readPreconditions(headers: Record<string, string | undefined>): Preconditions {
  return {
    ifMatch: readTags(headers['if-match']),
    ifNoneMatch: readTags(headers['if-none-match']),
  };
}

/** Throws `lrs.precondition` (412) where a condition of the request does not hold. */
export function checkPreconditions(options: {
  conditions: Preconditions;
  current: { etag: string } | null;
}): void {
  const { conditions, current } = options;
  const { ifMatch, ifNoneMatch } = conditions;
  const isMet =
    (ifMatch === null || names(ifMatch, current)) &&
    (ifNoneMatch === null || !names(ifNoneMatch, current));
  if (!isMet) throw new AppError('lrs.precondition', { status: 412 });
}

/**
 * Throws `lrs.blind-change` (409) for a document that would be overwritten by somebody who may not have seen it. 1.0.3 asks
 * for a condition also where nothing is there yet: `lrs.no-condition` (400).
 */
export function refuseBlindChange(options: {
  conditions: Preconditions;
  current: { etag: string } | null;
  version: XapiVersion;
}): void {
  const { conditions, current, version } = options;
  if (conditions.ifMatch !== null || conditions.ifNoneMatch !== null) return;
  if (current) throw new AppError('lrs.blind-change', { status: 409 });
  if (version === '1.0.3') throw new AppError('lrs.no-condition', { status: 400 });
}

function names(tags: string[], current: { etag: string } | null): boolean {
  return current !== null && (tags.includes(ANY) || tags.includes(current.etag));
}

/** Tags without their quotation marks; weak ones count as strong, since content is compared byte for byte here. */
function readTags(header: string | undefined): string[] | null {
  if (header === undefined) return null;
  return header.split(',').map((tag) =>
    tag
      .trim()
      .replace(/^W\//, '')
      .replace(/^"(.*)"$/, '$1'),
  );
}
