import { expect } from 'chai';
import {
  isInFilter,
  readStanding,
  type AttainmentFacts,
} from '../../src/reports/learner-status.js';
import {
  buildItemTable,
  buildLearnerRecord,
  buildLearnersTable,
} from '../../src/reports/learner-tables.js';

const at = new Date('2026-05-01T08:00:00Z');

function attainment(overrides: Partial<AttainmentFacts> = {}): AttainmentFacts {
  return {
    user: 'u1',
    item: 'a',
    status: 'open',
    attempted: false,
    achievedAt: null,
    n: 0,
    required: 2,
    selfReported: false,
    contributing: [],
    achievedBy: [],
    excluded: [],
    ...overrides,
  };
}

function statement(statementId: string, kind: 'declared' | 'assessed', day: number) {
  return {
    statementId,
    kind,
    objectId: 'o',
    objectKind: 'resource' as const,
    title: statementId,
    at: new Date(Date.UTC(2026, 4, day)),
  };
}

describe('readStanding', () => {
  const cases = [
    { title: 'no attainment at all', facts: undefined, status: 'open' },
    { title: 'an opening alone', facts: attainment(), status: 'open' },
    { title: 'a failed attempt', facts: attainment({ attempted: true }), status: 'attempted' },
    {
      title: 'some of it done',
      facts: attainment({ attempted: true, status: 'progress' }),
      status: 'progress',
    },
    {
      title: 'achieved with proof',
      facts: attainment({ attempted: true, status: 'achieved' }),
      status: 'achieved',
    },
    {
      title: 'achieved by declarations',
      facts: attainment({ attempted: true, status: 'achieved', selfReported: true }),
      status: 'selfReport',
    },
  ];
  for (const { title, facts, status } of cases) {
    it(`reads ${title} as ${status}`, () => {
      expect(readStanding(facts).status).to.equal(status);
    });
  }

  it('lists each statement once, oldest first, also those that counted only when it was achieved', () => {
    const old = statement('old', 'declared', 1);
    const both = statement('both', 'assessed', 2);

    const standing = readStanding(
      attainment({
        status: 'achieved',
        attempted: true,
        achievedAt: at,
        contributing: [both],
        achievedBy: [both, old],
        excluded: [
          { statementId: 'both', objectId: 'o', reason: 'same-object' },
          { statementId: 'x', objectId: 'o', reason: 'withdrawn' },
        ],
      }),
    );

    expect(standing.statements.map(({ statementId }) => statementId)).to.deep.equal([
      'old',
      'both',
    ]);
    expect(standing.kinds).to.deep.equal(['declared', 'assessed']);
    expect(standing.notCounted.map(({ statementId }) => statementId)).to.deep.equal(['x']);
  });
});

describe('isInFilter', () => {
  it('puts everybody who is not open among those who attempted', () => {
    const statuses = ['achieved', 'selfReport', 'progress', 'attempted', 'open'] as const;

    expect(statuses.filter((status) => isInFilter(status, 'attempted'))).to.deep.equal(
      statuses.slice(0, 4),
    );
    expect(statuses.filter((status) => isInFilter(status, 'achieved'))).to.deep.equal(
      statuses.slice(0, 2),
    );
    expect(statuses.filter((status) => isInFilter(status, 'all'))).to.deep.equal([...statuses]);
  });
});

describe('buildItemTable', () => {
  it('leaves out attainments of people who are not in the cohort', () => {
    const table = buildItemTable({
      learners: [{ user: 'u1', label: 'One' }],
      attainments: [attainment({ user: 'staff', status: 'achieved', attempted: true })],
      filter: 'all',
    });

    expect(table.counts).to.deep.equal({ attempted: 0, achieved: 0, selfReport: 0 });
    expect(table.rows.map(({ user }) => user)).to.deep.equal(['u1']);
  });

  it('is empty without learners', () => {
    expect(buildItemTable({ learners: [], attainments: [], filter: 'all' })).to.deep.equal({
      rows: [],
      learners: 0,
      counts: { attempted: 0, achieved: 0, selfReport: 0 },
    });
  });
});

describe('buildLearnersTable', () => {
  it('sums what each learner attempted and achieved', () => {
    const { rows, total } = buildLearnersTable({
      learners: [
        { user: 'u1', label: 'One' },
        { user: 'u2', label: 'Two' },
      ],
      attainments: [
        attainment({ status: 'achieved', attempted: true }),
        attainment({ item: 'b', status: 'achieved', attempted: true, selfReported: true }),
        attainment({ item: 'c', attempted: true }),
      ],
    });

    expect(
      rows.map(({ attempted, achieved, selfReport }) => [attempted, achieved, selfReport]),
    ).to.deep.equal([
      [3, 2, 1],
      [0, 0, 0],
    ]);
    expect(total).to.deep.equal({ attempted: 3, achieved: 2, selfReport: 1 });
  });
});

describe('buildLearnerRecord', () => {
  it('keeps the reading order of the framework and leaves out what was never attempted', () => {
    const competencies = ['c', 'a', 'b'].map((identifier) => ({
      identifier,
      fullStatement: identifier,
      path: ['Data'],
    }));

    const { rows } = buildLearnerRecord({
      competencies,
      attainments: [
        attainment({ attempted: true, status: 'progress' }),
        attainment({ item: 'b' }),
        attainment({ item: 'c', attempted: true }),
      ],
    });

    expect(rows.map(({ item }) => item)).to.deep.equal(['c', 'a']);
  });
});
