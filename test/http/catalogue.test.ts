// Every language says the same: the keys of the English catalogue with the plurals that the language has, and in each text
// the same values. A text that is missing would be English in the middle of a page.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { packageRoot } from '../../src/package-root.js';

const LOCALES = join(packageRoot(), 'config', 'locales');
const PLURAL = /_(zero|one|two|few|many|other)$/;

type Texts = Map<string, string>;

function readTexts(language: string, file: string): Texts {
  const texts: Texts = new Map();
  const gather = (value: unknown, path: string) => {
    if (typeof value === 'string') return void texts.set(path, value);
    if (typeof value !== 'object' || value === null) throw new Error(`${file}: ${path} is no text`);
    for (const [key, inner] of Object.entries(value))
      gather(inner, path === '' ? key : `${path}.${key}`);
  };
  gather(JSON.parse(readFileSync(join(LOCALES, language, file), 'utf8')), '');
  return texts;
}

/** Keys without their plural endings. */
function baseKeys(texts: Texts): string[] {
  return [...new Set([...texts.keys()].map((key) => key.replace(PLURAL, '')))].sort();
}

/** Names of the values that all forms of a key use together. */
function valuesOf(texts: Texts, base: string): string[] {
  const forms = [...texts].filter(([key]) => key.replace(PLURAL, '') === base);
  const names = forms.flatMap(([, text]) => [...text.matchAll(/\{\{\s*-?\s*([\w.]+)[^}]*\}\}/g)]);
  return [...new Set(names.map(([, name = '']) => name))].sort();
}

const files = readdirSync(join(LOCALES, 'en'));
const languages = readdirSync(LOCALES).filter((name) => name !== 'en');

for (const language of languages)
  describe(`the catalogue of ${language}`, () => {
    it('has the files of the English one', () => {
      expect(readdirSync(join(LOCALES, language)).sort()).to.deep.equal([...files].sort());
    });

    for (const file of files) {
      it(`says in ${file} what the English one says, with the same values`, () => {
        const english = readTexts('en', file);
        const texts = readTexts(language, file);

        expect(baseKeys(texts)).to.deep.equal(baseKeys(english));
        for (const base of baseKeys(english))
          expect(valuesOf(texts, base), base).to.deep.equal(valuesOf(english, base));
        for (const [key, text] of texts) expect(text.trim(), key).to.not.equal('');
      });

      it(`has in ${file} every plural that the language knows of whole numbers below a million`, () => {
        const texts = readTexts(language, file);
        const rules = new Intl.PluralRules(language);
        const forms = new Set(Array.from({ length: 1_000 }, (_, count) => rules.select(count)));
        const plurals = baseKeys(texts).filter((base) => texts.has(`${base}_other`));

        for (const base of plurals)
          for (const form of forms) expect([...texts.keys()]).to.include(`${base}_${form}`);
      });
    }
  });
