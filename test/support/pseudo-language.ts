// Languages for tests, made from the English catalogue: one whose words are half as long again and marked, as German or
// Finnish may be, and one that runs from right to left. What is not marked on a page does not come from the catalogue.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addLanguage } from '../../src/http/catalogue.js';
import { packageRoot } from '../../src/package-root.js';

const MARKED: Record<string, string> = {
  a: 'á',
  e: 'é',
  i: 'í',
  o: 'ó',
  u: 'ú',
  c: 'ç',
  n: 'ñ',
  s: 'š',
  y: 'ý',
  z: 'ž',
  A: 'Á',
  E: 'É',
  I: 'Í',
  O: 'Ó',
  U: 'Ú',
  C: 'Ç',
  N: 'Ñ',
  S: 'Š',
  Y: 'Ý',
  Z: 'Ž',
};
const VALUE = /(\{\{[^}]*\}\})/;

/** Adds it under this tag, which must have no folder; call what it returns when the tests are done. */
export function addPseudoLanguage(options: { language: string; growth: number }): () => void {
  const { language, growth } = options;
  const folder = join(packageRoot(), 'config', 'locales', 'en');
  const namespaces = readdirSync(folder).map((file) => {
    const texts: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    return [file.replace(/\.json$/, ''), change(texts, growth)] as const;
  });
  return addLanguage({ language, namespaces: Object.fromEntries(namespaces) as Namespaces });
}

type Namespaces = Record<string, Record<string, unknown>>;

function change(texts: unknown, growth: number): unknown {
  if (typeof texts === 'string') return changeText(texts, growth);
  if (typeof texts !== 'object' || texts === null) return texts;
  return Object.fromEntries(
    Object.entries(texts).map(([key, inner]) => [key, change(inner, growth)]),
  );
}

/** Values are left; each long word grows by repeating its middle. */
function changeText(text: string, growth: number): string {
  return text
    .split(VALUE)
    .map((part) =>
      VALUE.test(part) ? part : part.replace(/\p{L}+/gu, (word) => mark(word, growth)),
    )
    .join('');
}

function mark(word: string, growth: number): string {
  const half = Math.ceil(word.length / 2);
  const more = Math.round(word.length * growth);
  const grown = `${word.slice(0, half)}${word.slice(half - more, half)}${word.slice(half)}`;
  return [...grown].map((letter) => MARKED[letter] ?? letter).join('');
}
