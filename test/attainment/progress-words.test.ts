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
  mastery: null,
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
    says: '1 of 2 done · still needed: 1 more',
  },
  {
    title: 'all but the score',
    progress: { status: 'progress', n: 3, assessedRequired: 1, missing: { more: 0, assessed: 1 } },
    says: '3 done, none with a score · still needed: 1 with a score',
  },
  {
    title: 'all but one of two scores',
    progress: {
      status: 'progress',
      n: 2,
      assessedRequired: 2,
      assessedDone: 1,
      missing: { more: 0, assessed: 1 },
    },
    says: '2 done, 1 with a score · still needed: 1 more with a score',
  },
  {
    title: 'enough done, all of it declared, and a score missing',
    progress: {
      status: 'progress',
      n: 2,
      assessedRequired: 1,
      selfReported: true,
      missing: { more: 0, assessed: 1 },
    },
    says: '2 done, none with a score · still needed: 1 with a score',
  },
  {
    title: 'part of it declared, without calling that completed',
    progress: { status: 'progress', n: 1, selfReported: true, missing: { more: 1, assessed: 0 } },
    says: '1 of 2 done · still needed: 1 more',
  },
  {
    title: 'an open one whose declared evidence counts no more',
    progress: { selfReported: true },
    says: 'Not started',
  },
  {
    title: 'an achievement with a score',
    progress: { status: 'achieved', n: 2, achievedAt: new Date('2026-05-03T10:00:00Z') },
    says: 'Achieved May 3, 2026',
  },
  {
    title: 'an achievement though more is asked for since',
    progress: {
      status: 'achieved',
      n: 2,
      required: 4,
      missing: { more: 2, assessed: 1 },
      achievedAt: new Date('2026-05-03T10:00:00Z'),
    },
    says: 'Achieved May 3, 2026',
  },
  {
    title: 'one that must be the score',
    progress: { status: 'progress', n: 1, assessedRequired: 1, missing: { more: 1, assessed: 1 } },
    says: '1 of 2 done · still needed: 1 with a score',
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
    says: '1 of 5 done · still needed: 4 more, 1 of them with a score',
  },
  {
    title: 'all of a small M',
    progress: { status: 'progress', n: 1, m: 2, missing: { more: 1, assessed: 0 } },
    says: '1 of 2 done · still needed: 1 more',
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
    says: '1 of 2 done · still needed: 1 more · no longer achieved since May 4, 2026, because evidence was taken back',
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
