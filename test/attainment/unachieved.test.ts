import { expect } from 'chai';
import { compareAttainment } from '../../src/attainment/attainment-change.js';
import type { Attainment } from '../../src/attainment/attainment-row.model.js';
import { listUnachieved } from '../../src/attainment/attainment.model.js';
import { computeAttainment } from '../../src/attainment/compute-attainment.js';
import { writeAttainments } from '../../src/attainment/projected-attainment.model.js';
import { buildInput, day } from './attainment-factories.js';

const scope = { kind: 'course' as const, id: 'c1' };
const failed = { statementId: 's1', objectId: 'o1', reason: 'not-passed' as const };
const hidden = { statementId: 's2', objectId: 'o2', reason: 'hidden' as const };

describe('what is begun and not achieved', () => {
  it('is told where it says something, and counted by learner in any case', async () => {
    await store([
      { item: 'failed', excluded: [failed, hidden, failed] },
      { item: 'taken back', withdrawnAt: day(3) },
      { item: 'one more', n: 1, missing: { more: 1, assessed: 0 } },
      { item: 'two more', n: 1, missing: { more: 2, assessed: 1 } },
      { item: 'none yet', n: 0, missing: { more: 1, assessed: 0 } },
      { item: 'achieved', status: 'achieved', excluded: [failed] },
      { item: 'only opened', attempted: false },
      { item: 'of another framework', framework: 'other' },
      { item: 'of another course', scope: { kind: 'course', id: 'c2' } },
      { item: 'two more', user: 'u2', n: 1, missing: { more: 2, assessed: 0 } },
    ]);

    const found = await listUnachieved({ deployment: 'd1', scope, framework: 'him', limit: 100 });

    expect(found.open).to.deep.equal(
      new Map([
        ['u1', 5],
        ['u2', 1],
      ]),
    );
    expect(
      found.telling.map(({ user, item, failed: times }) => [user, item, times]),
    ).to.have.deep.members([
      ['u1', 'failed', 2],
      ['u1', 'taken back', 0],
      ['u1', 'one more', 0],
    ]);
  });
});

async function store(records: Partial<Attainment>[]): Promise<void> {
  const { rule, ...nothing } = computeAttainment(buildInput());
  const changes = records.flatMap((record) => {
    const one: Attainment = {
      ...nothing,
      user: 'u1',
      deployment: 'd1',
      scope,
      framework: 'him',
      item: '',
      attempted: true,
      ruleSource: rule.source,
      ruleRevision: rule.revision,
      ...record,
    };
    return compareAttainment(one, null) ?? [];
  });
  await writeAttainments({ deployment: 'd1', changes });
}
