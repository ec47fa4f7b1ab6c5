// Rules that several parts of a statement share (Data 4.0): identifiers, language maps, extensions.
import { isIri, isLanguageTag, isUuid } from './formats.js';
import { isMoment } from './moment.js';
import { anything, anyText, mapOf, text, type Rule } from './shape.js';

export const iri: Rule = text(isIri, 'an absolute IRI');
export const uuid: Rule = text(isUuid, 'a UUID');
export const moment: Rule = text(isMoment, 'an ISO 8601 moment with its zone');
export const languageTag: Rule = text(isLanguageTag, 'a language tag of RFC 5646');
export const languageMap: Rule = mapOf(isLanguageTag, 'a language tag of RFC 5646', anyText);
export const extensions: Rule = mapOf(isIri, 'an absolute IRI', anything);
