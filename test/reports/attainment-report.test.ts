import { expect } from 'chai';
import {
  buildAttainmentReport,
  isCounted,
  narrowReport,
  type CoveringActivity,
  type ItemCount,
} from '../../src/reports/attainment-report.js';

const asOf = new Date('2026-05-03T08:00:00Z');
const quiz: CoveringActivity = { activity: 'quiz', title: 'Quiz 1', stage: 'reinforced' };
const essay: CoveringActivity = { activity: 'essay', title: 'Essay', stage: 'mastered' };

function build(options: {
  coverage?: [string, CoveringActivity[]][];
  counts?: ItemCount[];
  learners?: number;
}) {
  return buildAttainmentReport({
    course: { id: 'c1', title: 'Health Data 101' },
    framework: { id: 'him', title: 'HIM' },
    competencies: [
      { identifier: 'a', fullStatement: 'A', humanCodingScheme: null, path: ['Data', 'Structure'] },
      { identifier: 'b', fullStatement: 'B', humanCodingScheme: null, path: ['Privacy', 'Access'] },
      { identifier: 'c', fullStatement: 'C', humanCodingScheme: 'C.1', path: ['Data', 'Quality'] },
    ],
    coverage: new Map(options.coverage ?? []),
    counts: options.counts ?? [],
    learners: options.learners ?? 0,
    opened: 0,
    rosterAt: null,
    asOf,
  });
}

describe('buildAttainmentReport', () => {
  const cases: {
    title: string;
    input: Parameters<typeof build>[0];
    totals: Partial<ReturnType<typeof build>['totals']>;
  }[] = [
    {
      title: 'an untouched course: nothing counted, nothing possible',
      input: {},
      totals: {
        competencies: 3,
        covered: 0,
        untouched: 3,
        counted: 0,
        possible: 0,
        achievements: 0,
      },
    },
    {
      title: 'zero learners: covered competencies without any possible achievement',
      input: { coverage: [['a', [quiz]]] },
      totals: { covered: 1, counted: 1, learners: 0, possible: 0, achievements: 0, activities: 1 },
    },
    {
      title: 'attempted without coverage: counted, but not covered',
      input: {
        learners: 4,
        counts: [{ item: 'b', attempted: 3, achieved: 1, achievedBySelfReport: 0 }],
      },
      totals: { covered: 0, counted: 1, possible: 4, attempts: 3, achievements: 1, untouched: 2 },
    },
    {
      title: 'all self-report: achieved and self-reported are the same number',
      input: {
        learners: 2,
        coverage: [['a', [quiz]]],
        counts: [{ item: 'a', attempted: 2, achieved: 2, achievedBySelfReport: 2 }],
      },
      totals: { achievements: 2, achievementsBySelfReport: 2, achievedBySomeone: 1, possible: 2 },
    },
    {
      title: 'an activity that covers two competencies is one activity',
      input: {
        learners: 3,
        coverage: [
          ['a', [quiz]],
          ['c', [quiz, essay]],
        ],
      },
      totals: { activities: 2, covered: 2, counted: 2, possible: 6 },
    },
  ];
  for (const { title, input, totals } of cases) {
    it(`totals ${title}`, () => {
      const report = build(input);

      expect(report.totals).to.include(totals);
    });
  }

  it('keeps a domain whose heading comes twice as one group, in reading order', () => {
    const report = build({});

    expect(report.groups.map((group) => group.domain)).to.deep.equal(['Data', 'Privacy']);
    expect(report.groups[0]?.subdomains.map(({ subdomain }) => subdomain)).to.deep.equal([
      'Structure',
      'Quality',
    ]);
  });

  it('puts the denominator beside every count', () => {
    const report = build({
      learners: 7,
      counts: [{ item: 'c', attempted: 5, achieved: 2, achievedBySelfReport: 1 }],
    });

    expect(report.rows.map((row) => row.learners)).to.deep.equal([7, 7, 7]);
    expect(report.rows[2]).to.include({ attempted: 5, achieved: 2, achievedBySelfReport: 1 });
  });

  it('leaves counts of competencies that are not in the framework out', () => {
    const report = build({
      learners: 1,
      counts: [{ item: 'elsewhere', attempted: 1, achieved: 1, achievedBySelfReport: 0 }],
    });

    expect(report.totals.achievements).to.equal(0);
  });
});

describe('narrowReport', () => {
  it('shows fewer rows and keeps the totals of the whole', () => {
    const report = build({ learners: 2, coverage: [['c', [essay]]] });

    const narrowed = narrowReport(report, isCounted);

    expect(narrowed.rows.map((row) => row.item)).to.deep.equal(['c']);
    expect(narrowed.totals).to.deep.equal(report.totals);
    expect(narrowed.groups.map((group) => group.domain)).to.deep.equal(['Data']);
  });
});
