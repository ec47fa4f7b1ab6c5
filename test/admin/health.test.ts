import { expect } from 'chai';
import { buildHealth, type HealthFacts } from '../../src/admin/health.js';
import { wordsFor } from '../../src/http/catalogue.js';

const well: HealthFacts = {
  platforms: { count: 2, paused: 0 },
  waitingDeployments: 0,
  backlog: { count: 0, oldestMs: null, stopped: 0 },
  parked: 0,
  failedScores: 0,
  refusedLaunches: 0,
  frameworks: 1,
  emptyings: { courses: 0, eraseAt: null, path: '/admin/deployments/d1/retention' },
};
const page = { words: wordsFor('en'), language: 'en' };

function find(facts: Partial<HealthFacts>, label: string) {
  return buildHealth({ ...well, ...facts }, page).find((row) => row.label === label);
}

describe('buildHealth', () => {
  it('has nothing to do where all is well', () => {
    const rows = buildHealth(well, page);

    expect(rows.map((row) => row.state)).to.deep.equal(rows.map(() => 'good'));
    expect(rows.map((row) => row.path)).to.deep.equal(rows.map(() => null));
  });

  const cases: {
    title: string;
    facts: Partial<HealthFacts>;
    label: string;
    state: string;
    text: string;
    path: string | null;
  }[] = [
    {
      title: 'no platform at all',
      facts: { platforms: { count: 0, paused: 0 } },
      label: 'Platforms',
      state: 'bad',
      text: 'No platform is registered',
      path: '/admin/platforms',
    },
    {
      title: 'paused platforms',
      facts: { platforms: { count: 3, paused: 1 } },
      label: 'Platforms',
      state: 'good',
      text: '3 platforms are registered, 1 of them paused',
      path: null,
    },
    {
      title: 'courses that are emptied soon',
      facts: {
        emptyings: {
          courses: 2,
          eraseAt: new Date('2026-06-02T08:00:00Z'),
          path: '/admin/deployments/d1/retention',
        },
      },
      label: "Keeping of learners' data",
      state: 'attention',
      text: '2 courses are emptied of what learners did, the first on Jun 2, 2026',
      path: '/admin/deployments/d1/retention',
    },
    {
      title: 'deployments that wait',
      facts: { waitingDeployments: 2 },
      label: 'Deployments',
      state: 'attention',
      text: '2 deployments wait',
      path: '/admin/deployments',
    },
    {
      title: 'statements on their way for seconds',
      facts: { backlog: { count: 3, oldestMs: 4_200, stopped: 0 } },
      label: 'Statements on their way',
      state: 'good',
      text: 'waited 4 seconds',
      path: null,
    },
    {
      title: 'statements that are late',
      facts: { backlog: { count: 1, oldestMs: 3 * 3_600_000, stopped: 0 } },
      label: 'Statements on their way',
      state: 'bad',
      text: '1 statement is on its way; the oldest has waited 3 hours',
      path: '/admin/destinations',
    },
    {
      title: 'a record store that is stopped',
      facts: { backlog: { count: 0, oldestMs: null, stopped: 1 } },
      label: 'Statements on their way',
      state: 'bad',
      text: '1 record store is stopped',
      path: '/admin/destinations',
    },
    {
      title: 'parked statements',
      facts: { parked: 1 },
      label: 'Parked statements',
      state: 'attention',
      text: '1 statement was refused',
      path: '/admin/statements',
    },
    {
      title: 'refused launches',
      facts: { refusedLaunches: 4 },
      label: 'Refused launches',
      state: 'attention',
      text: '4 launches, logins or registrations',
      path: '/admin/launches',
    },
    {
      title: 'no framework',
      facts: { frameworks: 0 },
      label: 'Frameworks',
      state: 'bad',
      text: 'crosswalk framework import',
      path: '/admin/frameworks',
    },
  ];
  for (const { title, facts, label, state, text, path } of cases) {
    it(`says what to do about ${title}`, () => {
      const row = find(facts, label);

      expect(row).to.include({ state, path });
      expect(row?.text).to.contain(text);
    });
  }

  it('puts what is broken first', () => {
    const rows = buildHealth({ ...well, parked: 3, frameworks: 0 }, page);

    expect(rows.slice(0, 2).map((row) => row.label)).to.deep.equal([
      'Frameworks',
      'Parked statements',
    ]);
  });

  it('leaves out what an administrator of one deployment does not see', () => {
    const rows = buildHealth(
      { ...well, platforms: null, waitingDeployments: null, refusedLaunches: null },
      page,
    );

    expect(rows.map((row) => row.label)).to.have.members([
      'Deployments',
      'Statements on their way',
      'Parked statements',
      'Scores for gradebooks',
      'Frameworks',
      "Keeping of learners' data",
    ]);
  });
});
