// The text formats that the standard names (Data 4.0): IRIs, UUIDs, language tags, mail addresses, durations, media types
// and versions. Pure predicates; moments are in moment.ts.

const IRI = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"{}|\\^`\p{Cc}]+$/u;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const MAILTO = /^mailto:[^\s@<>()[\]\\,;:"\p{Cc}]+@[^\s@<>()[\]\\,;:"\p{Cc}]+$/iu;
const SHA1 = /^[0-9a-f]{40}$/i;
/** SHA-224, SHA-256, SHA-384 and SHA-512 in hexadecimal digits. */
const SHA2 = /^(?:[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})$/i;
/** RFC 5646, 2.1: a language, script, region, variants, extensions and private use, or a tag from before these rules. */
const LANGUAGE =
  /^(?:(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4}|[a-z]{5,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?(?:-(?:[a-z\d]{5,8}|\d[a-z\d]{3}))*(?:-[a-wyz\d](?:-[a-z\d]{2,8})+)*(?:-x(?:-[a-z\d]{1,8})+)?|x(?:-[a-z\d]{1,8})+|en-gb-oed|i-[a-z]{2,8}|sgn-be-fr|sgn-be-nl|sgn-ch-de|art-lojban|cel-gaulish|no-bok|no-nyn|zh-guoyu|zh-hakka|zh-min|zh-min-nan|zh-xiang)$/i;
/** ISO 8601:2004, 4.4.3.2: designators in order, a fraction in the smallest only, weeks alone. */
const DURATION =
  /^P(?:\d+(?:[.,]\d+)?W|(?=\d|T\d)(?:\d+(?:[.,]\d+)?Y)?(?:\d+(?:[.,]\d+)?M)?(?:\d+(?:[.,]\d+)?D)?(?:T(?=\d)(?:\d+(?:[.,]\d+)?H)?(?:\d+(?:[.,]\d+)?M)?(?:\d+(?:[.,]\d+)?S)?)?)$/;
const FRACTION_BEFORE_THE_END = /[.,]\d+[YMWDHS](?=.*\d)/;
/** RFC 2045, 5.1. */
const MEDIA_TYPE =
  /^[A-Za-z0-9!#$&^_.+-]+\/[A-Za-z0-9!#$&^_.+-]+(?:\s*;\s*[A-Za-z0-9!#$&^_.+-]+=(?:[A-Za-z0-9!#$&'^_.+-]+|"[^"]*"))*;?$/;

/** An absolute IRI; also what the standard calls IRL and URI. */
export function isIri(text: string): boolean {
  return IRI.test(text);
}

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

export function isMailto(text: string): boolean {
  return MAILTO.test(text);
}

export function isSha1(text: string): boolean {
  return SHA1.test(text);
}

export function isSha2(text: string): boolean {
  return SHA2.test(text);
}

export function isLanguageTag(text: string): boolean {
  return LANGUAGE.test(text);
}

export function isDuration(text: string): boolean {
  return DURATION.test(text) && !FRACTION_BEFORE_THE_END.test(text);
}

export function isMediaType(text: string): boolean {
  return MEDIA_TYPE.test(text);
}

/** What a statement may say of its version: 1.0.x always; 2.0.x only where the request speaks 2.0 (Data 2.4.10). */
export function isStatementVersion(text: string, spoken: '1.0.3' | '2.0.0'): boolean {
  return spoken === '2.0.0'
    ? /^(?:1\.0|2\.0)(?:\.\d+)?$/.test(text)
    : /^1\.0(?:\.\d+)?$/.test(text);
}
