import { expect } from 'chai';
import { wordsFor } from '../../src/http/catalogue.js';
import { chooseAcceptedLanguage, chooseLanguage, directionOf } from '../../src/http/language.js';

describe('chooseLanguage', () => {
  for (const { wanted, chosen } of [
    { wanted: 'en', chosen: 'en' },
    { wanted: 'en-gb', chosen: 'en-GB' },
    { wanted: 'es', chosen: 'es' },
    { wanted: 'es-mx', chosen: 'es-MX' },
    { wanted: 'fr-CA', chosen: 'en' },
    { wanted: '', chosen: 'en' },
    { wanted: '../../etc', chosen: 'en' },
    { wanted: 'x'.repeat(10_000), chosen: 'en' },
  ])
    it(`gives a page in ${chosen} to who asks for ${wanted.slice(0, 20) || 'nothing'}`, () => {
      expect(chooseLanguage(wanted)).to.equal(chosen);
    });
});

describe('chooseAcceptedLanguage', () => {
  for (const { title, header, chosen } of [
    { title: 'is English without a header', header: undefined, chosen: 'en' },
    { title: 'is the first that we have', header: 'fr-FR, en-US;q=0.8', chosen: 'en-US' },
    {
      title: 'takes Spanish where it comes first',
      header: 'fr, es-AR;q=0.9, en;q=0.8',
      chosen: 'es-AR',
    },
    { title: 'follows the weights', header: 'en-AU;q=0.3, en-GB;q=0.9', chosen: 'en-GB' },
    { title: 'leaves out what is refused', header: 'en-GB;q=0, fr', chosen: 'en' },
    { title: 'survives a broken header', header: ';;q=x,,=,*;q=2', chosen: 'en' },
    { title: 'survives a very long one', header: 'xx,'.repeat(5_000), chosen: 'en' },
  ])
    it(title, () => {
      expect(chooseAcceptedLanguage(header)).to.equal(chosen);
    });
});

describe('directionOf', () => {
  it('runs from right to left for Arabic and Hebrew, whatever the region', () => {
    expect(['ar', 'ar-EG', 'he-IL'].map(directionOf)).to.deep.equal(['rtl', 'rtl', 'rtl']);
  });
  it('runs from left to right otherwise', () => {
    expect(['en', 'es-MX', 'de'].map(directionOf)).to.deep.equal(['ltr', 'ltr', 'ltr']);
  });
});

describe('wordsFor', () => {
  it('says in English what a language does not have', () => {
    expect(wordsFor('fr')('page:skip')).to.equal(wordsFor('en')('page:skip'));
  });
});
