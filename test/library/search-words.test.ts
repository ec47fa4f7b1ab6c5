import { expect } from 'chai';
import fc from 'fast-check';
import { countErrors, isNearWord, readWords, trigramsOf } from '../../src/library/search-words.js';

const word = fc.stringMatching(/^[a-e]{0,9}$/);

describe('readWords', () => {
  it('gives distinct words without accents, fillers and single letters', () => {
    expect(readWords('The Résumé and the résumé of a coder: ICD-10-CM, 2nd part')).to.deep.equal([
      'resume',
      'coder',
      'icd',
      '10',
      'cm',
      '2nd',
      'part',
    ]);
  });

  it('is stable: the words of the words are the words', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const words = readWords(text);

        expect(readWords(words.join(' '))).to.deep.equal(words);
      }),
    );
  });
});

describe('trigramsOf', () => {
  it('marks the borders of the word', () => {
    expect(trigramsOf('code')).to.deep.equal([' co', 'cod', 'ode', 'de ']);
  });
});

describe('countErrors', () => {
  const cases = [
    { a: 'statistics', b: 'statistics', errors: 0 },
    { a: 'statstics', b: 'statistics', errors: 1 },
    { a: 'statisitcs', b: 'statistics', errors: 1 },
    { a: 'codding', b: 'coding', errors: 1 },
    { a: 'privasy', b: 'privacy', errors: 1 },
    { a: 'billing', b: 'filing', errors: 2 },
  ];
  for (const { a, b, errors } of cases) {
    it(`counts ${errors} between ${a} and ${b}`, () => {
      expect(countErrors({ a, b, limit: 5 })).to.equal(errors);
    });
  }

  it('is symmetric, and zero for the same word only', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        const errors = countErrors({ a, b, limit: 20 });

        expect(errors).to.equal(countErrors({ a: b, b: a, limit: 20 }));
        expect(errors === 0).to.equal(a === b);
      }),
    );
  });

  it('says more than the limit as soon as that is sure', () => {
    fc.assert(
      fc.property(word, word, fc.integer({ min: 0, max: 3 }), (a, b, limit) => {
        const exact = countErrors({ a, b, limit: 20 });

        expect(countErrors({ a, b, limit }) > limit).to.equal(exact > limit);
      }),
    );
  });
});

describe('isNearWord', () => {
  it('forgives nothing up to three letters, one up to seven, two in longer words', () => {
    expect(isNearWord('icd', 'ice')).to.equal(false);
    expect(isNearWord('codnig', 'coding')).to.equal(true);
    expect(isNearWord('cdnig', 'coding')).to.equal(false);
    expect(isNearWord('reimbursment', 'reimbursement')).to.equal(true);
    expect(isNearWord('reimbursmnet', 'reimbursement')).to.equal(true);
  });
});
