import { expect } from 'chai';
import { chooseScore, stampScore, wouldLower } from '../../src/activities/choose-score.js';

const at = (second: number) => new Date(Date.UTC(2026, 0, 5, 8, 0, second));
const score = (scoreGiven: number, second: number) => ({
  scoreGiven,
  scoreMaximum: 100,
  at: at(second),
});

describe('chooseScore', () => {
  const low = score(40, 1);
  const high = score(90, 2);
  const late = score(70, 3);

  it('takes the highest of several, the earlier one among equals', () => {
    const equal = score(90, 4);

    expect(
      chooseScore({ scores: [low, high, late, equal], taken: null, keep: 'highest' }),
    ).to.equal(high);
  });

  it('compares shares, not points', () => {
    const ofTen = { scoreGiven: 8, scoreMaximum: 10, at: at(1) };

    expect(chooseScore({ scores: [ofTen, late], taken: null, keep: 'highest' })).to.equal(ofTen);
  });

  it('sends none that is not higher than what was taken', () => {
    expect(chooseScore({ scores: [low, late], taken: high, keep: 'highest' })).to.equal(null);
    expect(chooseScore({ scores: [high], taken: high, keep: 'highest' })).to.equal(null);
  });

  it('takes the latest where a column keeps that, also a lower one', () => {
    expect(chooseScore({ scores: [high, late], taken: null, keep: 'latest' })).to.equal(late);
    expect(chooseScore({ scores: [low], taken: late, keep: 'latest' })).to.equal(null);
  });
});

describe('stampScore', () => {
  it('says when the score was reached', () => {
    expect(stampScore({ at: at(5), last: null })).to.deep.equal(at(5));
    expect(stampScore({ at: at(5), last: at(3) })).to.deep.equal(at(5));
  });

  it('moves on to the next whole second where the last stamp is in the same one or later', () => {
    const last = new Date(at(5).getTime() + 300);

    expect(stampScore({ at: new Date(at(5).getTime() + 900), last })).to.deep.equal(at(6));
    expect(stampScore({ at: at(2), last })).to.deep.equal(at(6));
  });
});

describe('wouldLower', () => {
  const given = score(66, 1);

  it('holds against a better grade only', () => {
    expect(wouldLower({ score: given, held: { score: 7, maximum: 10 } })).to.equal(true);
    expect(wouldLower({ score: given, held: { score: 6, maximum: 10 } })).to.equal(false);
    expect(wouldLower({ score: given, held: { score: null, maximum: 10 } })).to.equal(false);
  });

  it('takes what Moodle rounds to five decimals for the same', () => {
    const third = { scoreGiven: 1, scoreMaximum: 3, at: at(1) };

    expect(wouldLower({ score: third, held: { score: 6.66667, maximum: 20 } })).to.equal(false);
  });
});
