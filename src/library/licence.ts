// How freely a resource may be used, told from the licence's words. Pure.

/** `open`: may be copied and changed; `conditions`: with limits, or other terms; `unknown`: not stated. */
type LicenceTerms = 'open' | 'conditions' | 'unknown';

const LIMITS = /\b(NC|ND|copyright|mixed|varies|all rights reserved)\b/i;
const OPEN =
  /(public domain|\bCC0\b|\bCC[ -]BY\b|\bGPL|\bLGPL|\bGFDL|\bApache\b|\bMIT\b|\bBSD\b|PostgreSQL|\bMPL\b)/i;

/** Reads a licence's name; what is neither clearly open nor absent counts as conditions. */
export function licenceTerms(licence: string | null): LicenceTerms {
  if (licence === null) return 'unknown';
  return OPEN.test(licence) && !LIMITS.test(licence) ? 'open' : 'conditions';
}
