import { expect } from 'chai';
import { wordsFor } from '../../src/http/catalogue.js';
import {
  buildAttainmentReport,
  type CoveringActivity,
  type ItemCount,
} from '../../src/reports/attainment-report.js';
import { buildAttainmentView, writeSummary } from '../../src/reports/attainment-view.js';

const words = wordsFor('en');
const quiz: CoveringActivity = { activity: 'quiz', title: 'Quiz', stage: 'introduced' };

function build(options: {
  covered?: string[];
  counts?: ItemCount[];
  learners: number;
  /** How many of them launched, where a roster tells of the others. */
  opened?: number;
}) {
  const competency = (identifier: string, domain: string) => ({
    identifier,
    fullStatement: identifier,
    humanCodingScheme: null,
    path: [domain],
  });
  return buildAttainmentReport({
    course: { id: 'c', title: 'Health Data 101' },
    framework: { id: 'him', title: 'HIM Competency Framework' },
    competencies: [competency('a', 'Data'), competency('b', 'Data'), competency('c', 'Privacy')],
    coverage: new Map((options.covered ?? []).map((item) => [item, [quiz]])),
    counts: options.counts ?? [],
    learners: options.learners,
    opened: options.opened ?? options.learners,
    rosterAt: options.opened === undefined ? null : new Date('2026-05-03T07:00:00Z'),
    asOf: new Date('2026-05-03T08:00:00Z'),
  });
}

describe('writeSummary', () => {
  const cases = [
    {
      title: 'a course in which nothing happened',
      report: build({ learners: 0 }),
      text: 'Health Data 101 does not yet cover any of the 3 competencies of the HIM Competency Framework: no activity is aligned to one. No learner has opened the course in Crosswalk yet. These numbers are of May 3, 2026.',
    },
    {
      title: 'a covered course without achievements',
      report: build({ learners: 1, covered: ['a'] }),
      text: 'Health Data 101 covers 1 of the 3 competencies of the HIM Competency Framework, by 1 activity. 1 learner has opened the course in Crosswalk. For the 1 competency that the course covers or that learners worked on, 0 of 1 possible achievements (competencies times learners) were reached. 0 competencies were achieved by at least one learner. These numbers are of May 3, 2026.',
    },
    {
      title: 'a course whose roster is known, with learners who never came',
      report: build({ learners: 12, opened: 9 }),
      text: 'Health Data 101 does not yet cover any of the 3 competencies of the HIM Competency Framework: no activity is aligned to one. 9 of 12 enrolled learners have opened the course in Crosswalk. These numbers are of May 3, 2026.',
    },
    {
      title: 'achievements, some by self-report',
      report: build({
        learners: 10,
        covered: ['a', 'b'],
        counts: [{ item: 'a', attempted: 8, achieved: 7, achievedBySelfReport: 2 }],
      }),
      text: 'Health Data 101 covers 2 of the 3 competencies of the HIM Competency Framework, by 1 activity. 10 learners have opened the course in Crosswalk. For the 2 competencies that the course covers or that learners worked on, 7 of 20 possible achievements (competencies times learners) were reached, 2 of them by self-report alone. 1 competency was achieved by at least one learner. These numbers are of May 3, 2026.',
    },
  ];
  for (const { title, report, text } of cases) {
    it(`tells of ${title}`, () => {
      expect(writeSummary({ report, words, language: 'en' })).to.equal(text);
    });
  }

  it('says so where all is by self-report, and where none is', () => {
    const count = (achievedBySelfReport: number) =>
      build({
        learners: 2,
        counts: [{ item: 'a', attempted: 2, achieved: 2, achievedBySelfReport }],
      });

    expect(writeSummary({ report: count(2), words, language: 'en' })).to.contain(
      '2 of them by self-report alone',
    );
    expect(writeSummary({ report: count(0), words, language: 'en' })).to.contain(
      'none of them by self-report alone',
    );
  });
});

describe('buildAttainmentView', () => {
  it('draws a bar a domain that could be achieved at all, self-report apart', () => {
    const report = build({
      learners: 5,
      covered: ['a', 'b'],
      counts: [{ item: 'a', attempted: 5, achieved: 4, achievedBySelfReport: 1 }],
    });

    const { bars } = buildAttainmentView({ report, shown: 'counted', words, language: 'en' });

    expect(bars).to.deep.equal([
      { domain: 'Data', proven: 30, selfReport: 10, label: '4 of 10, 1 by self-report' },
    ]);
  });

  it('counts in each choice what it would show', () => {
    const report = build({
      learners: 2,
      covered: ['a'],
      counts: [{ item: 'c', attempted: 2, achieved: 1, achievedBySelfReport: 0 }],
    });

    const { choices, groups } = buildAttainmentView({
      report,
      shown: 'covered',
      words,
      language: 'en',
    });

    expect(choices.map(({ label }) => label)).to.deep.equal([
      'Covered or worked on (2)',
      'All competencies (3)',
      'Covered (1)',
      'Achieved by someone (1)',
    ]);
    expect(groups.map(({ domain }) => domain)).to.deep.equal(['Data']);
  });
});
