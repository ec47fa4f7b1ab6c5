import { expect } from 'chai';
import fc from 'fast-check';
import {
  average,
  decayingAverage,
  highest,
  latest,
  meetsPoints,
  nMastery,
  weightedAverage,
} from '../../src/attainment/mastery-methods.js';

const scores = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), {
  minLength: 1,
  maxLength: 12,
});
const TOLERANCE = 1e-9;

describe('mastery methods', () => {
  it('agrees with worked examples of each formula', () => {
    const s = [4, 2, 3];
    expect([highest(s), latest(s), average(s)]).to.deep.equal([4, 3, 3]);
    expect(weightedAverage(s, { percent: 65 })).to.be.closeTo(3, TOLERANCE);
    expect(decayingAverage(s, { percent: 65 })).to.be.closeTo(
      (4 * 0.35 + 2 * 0.65) * 0.35 + 3 * 0.65,
      TOLERANCE,
    );
    expect(nMastery(s, { count: 2, masteryPoints: 3 })).to.equal(3.5);
    expect(nMastery(s, { count: 3, masteryPoints: 3 })).to.equal(null);
  });

  it('has no result without scores', () => {
    const none = [
      highest([]),
      latest([]),
      average([]),
      weightedAverage([], { percent: 65 }),
      decayingAverage([], { percent: 65 }),
      nMastery([], { count: 1, masteryPoints: 3 }),
    ];
    expect(none).to.deep.equal([null, null, null, null, null, null]);
  });

  it('stays between the lowest and the highest score', () => {
    fc.assert(
      fc.property(scores, fc.integer({ min: 1, max: 99 }), (s, percent) => {
        const low = Math.min(...s) - TOLERANCE;
        const high = Math.max(...s) + TOLERANCE;
        return [average(s), weightedAverage(s, { percent }), decayingAverage(s, { percent })].every(
          (value) => value !== null && value >= low && value <= high,
        );
      }),
    );
  });

  it('weighs two scores alike in both averages that favour the newest', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 100, noNaN: true }),
        fc.double({ min: 0, max: 100, noNaN: true }),
        (a, b) => {
          const weighted = weightedAverage([a, b], { percent: 65 }) ?? NaN;
          const decayed = decayingAverage([a, b], { percent: 65 }) ?? NaN;
          return Math.abs(weighted - decayed) < TOLERANCE * 1_000;
        },
      ),
    );
  });

  it('is never below mastery where n-mastery has a result', () => {
    fc.assert(
      fc.property(scores, fc.integer({ min: 1, max: 5 }), (s, count) => {
        const value = nMastery(s, { count, masteryPoints: 60 });
        return value === null || value >= 60 - TOLERANCE;
      }),
    );
  });
});

describe('meetsPoints', () => {
  it('wants every required member and enough points', () => {
    const members = [
      { proficient: true, points: 2, required: true },
      { proficient: true, points: 1, required: false },
      { proficient: false, points: 5, required: false },
    ];
    expect(meetsPoints(members, { base: 3 })).to.equal(true);
    expect(meetsPoints(members, { base: 4 })).to.equal(false);
    expect(
      meetsPoints([...members, { proficient: false, points: 0, required: true }], { base: 3 }),
    ).to.equal(false);
  });
});
