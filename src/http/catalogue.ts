// The one catalogue of words: config/locales/LANGUAGE/NAMESPACE.json, read once through i18next.
// Another language is another folder; a text that is missing there falls back to English.
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import i18next, { type i18n } from 'i18next';
import { packageRoot } from '../package-root.js';

export type Words = (key: string, values?: Record<string, unknown>) => string;

export const FALLBACK_LANGUAGE = 'en';
/** Bounds of what is remembered: languages and keys may come from outside. */
const MOST_LANGUAGES = 50;
const MOST_TEXTS = 10_000;
const wordsByLanguage = new Map<string, Words>();
let instance: i18n | undefined;

/** Words of one language (`en`, `es`, …; unknown ones read as English). Keys are `namespace:key`. */
export function wordsFor(language: string): Words {
  const found = wordsByLanguage.get(language);
  if (found) return found;
  const words = rememberTexts(catalogue().getFixedT(language));
  if (wordsByLanguage.size < MOST_LANGUAGES) wordsByLanguage.set(language, words);
  return words;
}

/**
 * Texts without values, or with nothing but numbers, are made once: a page says the same few hundreds of them again and
 * again. Others may hold names, which are not kept.
 */
function rememberTexts(
  translate: (key: string, values: Record<string, unknown>) => unknown,
): Words {
  const texts = new Map<string, string>();
  return (key, values) => {
    const name = nameOf(key, values);
    if (name === null) return String(translate(key, values ?? {}));
    const known = texts.get(name);
    if (known !== undefined) return known;
    const text = String(translate(key, values ?? {}));
    if (texts.size < MOST_TEXTS) texts.set(name, text);
    return text;
  };
}

/** Names a text with its numbers; null for one with other values. */
function nameOf(key: string, values: Record<string, unknown> | undefined): string | null {
  let name = key;
  for (const value in values) {
    const given = values[value];
    if (typeof given !== 'number') return null;
    name += ` ${value}=${String(given)}`;
  }
  return name;
}

/** True when the catalogue holds the key in English. */
export function hasWords(key: string): boolean {
  return catalogue().exists(key, { lng: FALLBACK_LANGUAGE });
}

/** True for a language that has a catalogue, by its tag as a folder writes it (`es`, `pt-BR`). */
export function hasLanguage(language: string): boolean {
  return catalogue().hasResourceBundle(language, 'page');
}

/** Adds a language beside those of the folders; `namespaces` has the shape of a folder's files. Returns what takes it away. */
export function addLanguage(options: {
  language: string;
  namespaces: Record<string, Record<string, unknown>>;
}): () => void {
  const { language, namespaces } = options;
  for (const [namespace, texts] of Object.entries(namespaces))
    catalogue().addResourceBundle(language, namespace, texts);
  wordsByLanguage.clear();
  return () => {
    for (const namespace of Object.keys(namespaces))
      catalogue().removeResourceBundle(language, namespace);
    wordsByLanguage.clear();
  };
}

/** The languages that have a folder, English first. */
function listLanguages(): string[] {
  const found = readdirSync(localesFolder()).filter((name) => /^[a-z]{2}(-[A-Z]{2})?$/.test(name));
  return [FALLBACK_LANGUAGE, ...found.filter((name) => name !== FALLBACK_LANGUAGE).sort()];
}

function catalogue(): i18n {
  if (instance) return instance;
  const resources: Record<string, Record<string, Record<string, unknown>>> = {};
  for (const language of listLanguages()) resources[language] = readNamespaces(language);
  instance = i18next.createInstance();
  void instance.init({
    lng: FALLBACK_LANGUAGE,
    fallbackLng: FALLBACK_LANGUAGE,
    defaultNS: 'page',
    resources,
    initAsync: false,
    returnNull: false,
    interpolation: { escapeValue: false },
  });
  return instance;
}

function readNamespaces(language: string): Record<string, Record<string, unknown>> {
  const folder = join(localesFolder(), language);
  const namespaces: Record<string, Record<string, unknown>> = {};
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
    const parsed: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    if (typeof parsed !== 'object' || parsed === null)
      throw new Error(`${file} of ${language} is not an object`);
    namespaces[basename(file, '.json')] = Object.fromEntries(Object.entries(parsed));
  }
  return namespaces;
}

function localesFolder(): string {
  return join(packageRoot(), 'config', 'locales');
}
