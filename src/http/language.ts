// Which of our languages a page is in. Whoever asks for one that we do not have gets English words, English dates and
// `lang="en"`: a page is in one language, never half in another. A region that fits is kept, for dates and numbers. Pure but
// for the names of the folders in config/locales/, which are read once.
import { FALLBACK_LANGUAGE, hasLanguage } from './catalogue.js';

const MOST_PREFERENCES = 20;
/** Languages written from right to left, for catalogues that others may add. */
const RIGHT_TO_LEFT = ['ar', 'dv', 'fa', 'he', 'ku', 'ps', 'sd', 'ug', 'ur', 'yi'];

/** The language of a page for a BCP 47 tag: the tag itself where we have its language (`es-MX`), else English. */
export function chooseLanguage(wanted: string): string {
  return findLanguage(wanted) ?? FALLBACK_LANGUAGE;
}

/** The first of the languages that a browser accepts, in its order (RFC 9110, 12.5.4), that we have; else English. */
export function chooseAcceptedLanguage(header: string | undefined): string {
  const preferences = (header ?? '')
    .split(',', MOST_PREFERENCES)
    .map((part) => readPreference(part))
    .filter(({ quality }) => quality > 0)
    .sort((one, other) => other.quality - one.quality);
  for (const { tag } of preferences) {
    const found = findLanguage(tag);
    if (found !== null) return found;
  }
  return FALLBACK_LANGUAGE;
}

/** How text of this language runs, for the `dir` attribute. */
export function directionOf(language: string): 'ltr' | 'rtl' {
  const [base = ''] = language.toLowerCase().split('-');
  return RIGHT_TO_LEFT.includes(base) ? 'rtl' : 'ltr';
}

function findLanguage(wanted: string): string | null {
  const [tag] = canonicalLocales(wanted);
  if (tag === undefined) return null;
  const [base = ''] = tag.split('-');
  return hasLanguage(tag) || hasLanguage(base) ? tag : null;
}

/** Empty for what is no language tag. */
function canonicalLocales(wanted: string): string[] {
  try {
    return Intl.getCanonicalLocales(wanted);
  } catch {
    return []; // A RangeError is the answer to a tag that is none.
  }
}

function readPreference(part: string): { tag: string; quality: number } {
  const [tag = '', ...parameters] = part.split(';').map((one) => one.trim());
  const quality = parameters.find((one) => one.startsWith('q='))?.slice(2);
  if (quality === undefined) return { tag, quality: 1 };
  const value = Number(quality);
  return { tag, quality: Number.isFinite(value) ? value : 0 };
}
