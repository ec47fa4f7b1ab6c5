import { expect } from 'chai';
import { wordsFor } from '../../src/http/catalogue.js';
import {
  describeDemand,
  describeNeed,
  describeProgress,
  type ItemProgress,
} from '../../src/attainment/progress-words.js';

const words = wordsFor('en');
const base: ItemProgress = {
  status: 'open',
  n: 0,
  m: 9,
  required: 2,
  assessedRequired: 0,
  assessedDone: 0,
  selfReported: false,
  missing: { more: 2, assessed: 0 },
  achievedAt: null,
  withdrawnAt: null,
  beingCounted: 0,
};

const sentences: { title: string; progress: Partial<ItemProgress>; says: string }[] = [
  { title: 'an empty M', progress: { m: 0 }, says: 'Nothing to do here yet' },
  { title: 'nothing done', progress: {}, says: 'Not started' },
  {
    title: 'part of any',
    progress: { status: 'progress', n: 1, missing: { more: 1, assessed: 0 } },
    says: '1 of any 2 done · still needed: 1 more',
  },
  {
    title: 'all but the score',
    progress: { status: 'progress', n: 3, assessedRequired: 1, missing: { more: 0, assessed: 1 } },
    says: '2 of any 2 done · still needed: 1 with a score',
  },
  {
    title: 'one that must be the score',
    progress: { status: 'progress', n: 1, assessedRequired: 1, missing: { more: 1, assessed: 1 } },
    says: '1 of any 2 done · still needed: 1 with a score',
  },
  {
    title: 'more, some of them scored',
    progress: {
      status: 'progress',
      n: 1,
      required: 5,
      assessedRequired: 1,
      missing: { more: 4, assessed: 1 },
    },
    says: '1 of any 5 done · still needed: 4 more, 1 of them with a score',
  },
  {
    title: 'all of a small M',
    progress: { status: 'progress', n: 1, m: 2, missing: { more: 1, assessed: 0 } },
    says: '1 of all 2 done · still needed: 1 more',
  },
  {
    title: 'achieved by self-report',
    progress: {
      status: 'achieved',
      n: 2,
      achievedAt: new Date('2026-05-03T10:00:00Z'),
      selfReported: true,
    },
    says: 'Achieved May 3, 2026 · completed by self-report',
  },
  {
    title: 'a withdrawal',
    progress: {
      status: 'progress',
      n: 1,
      missing: { more: 1, assessed: 0 },
      withdrawnAt: new Date('2026-05-04T10:00:00Z'),
    },
    says: '1 of any 2 done · still needed: 1 more · no longer achieved since May 4, 2026, because evidence was taken back',
  },
  {
    title: 'what is being counted',
    progress: { beingCounted: 1 },
    says: 'Not started · 1 completion being counted',
  },
];

describe('describeProgress', () => {
  for (const { title, progress, says } of sentences) {
    it(`says ${title}`, () => {
      expect(
        describeProgress({ progress: { ...base, ...progress }, words, language: 'en' }),
      ).to.equal(says);
    });
  }
});

describe('describeDemand', () => {
  it('says what counts, and how many with a score', () => {
    expect(describeDemand({ progress: { ...base, assessedRequired: 1 }, words })).to.equal(
      'Complete any 2 of the 9 resources and activities that count. 1 of them must have a score: a question set passed, or a graded activity.',
    );
    expect(describeDemand({ progress: { ...base, m: 2 }, words })).to.equal(
      'Complete all 2 resources and activities that count.',
    );
  });
});

describe('describeNeed', () => {
  it('says what is missing, and nothing of what is achieved', () => {
    expect(describeNeed({ progress: base, words })).to.equal('Still needed: 2 more.');
    expect(describeNeed({ progress: { ...base, status: 'achieved' }, words })).to.equal(null);
  });
});
