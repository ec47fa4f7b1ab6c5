import { expect } from 'chai';
import fc from 'fast-check';
import { planColumnValues } from '../../src/attainment/plan-column-values.js';
import type { ColumnValue } from '../../src/attainment/column-value.model.js';

const NOW = new Date('2026-03-02T10:00:00Z');
const LATER = new Date('2026-03-02T10:02:00Z');
const MINUTES_MS = 120_000;

describe('planColumnValues', () => {
  const value = (more: Partial<ColumnValue> = {}): ColumnValue => ({
    user: 'ana',
    lineItemUrl: 'https://lms.test/7',
    score: 50,
    revision: 1,
    lower: null,
    ...more,
  });
  const plan = (options: Partial<Parameters<typeof planColumnValues>[0]>) =>
    planColumnValues({
      content: { kind: 'share' },
      lineItemUrl: 'https://lms.test/7',
      users: ['ana'],
      achieved: new Map(),
      total: 3,
      known: [],
      generation: 1,
      lookAgainMs: MINUTES_MS,
      now: NOW,
      ...options,
    });
  const lower = { score: 33.33, generation: 1, since: NOW };
  const one = new Map([['ana', 1]]);

  it('gives the percentage with two decimals', () => {
    expect(plan({ achieved: one }).sent).to.deep.equal([value({ score: 33.33 })]);
  });

  it('gives all or nothing for one competency', () => {
    expect(
      plan({ content: { kind: 'item', item: 'i' }, achieved: one, total: 1 }).sent,
    ).to.deep.equal([value({ score: 100 })]);
  });

  it('gives nothing to whoever has achieved nothing, and nothing without competencies', () => {
    expect(plan({}).sent).to.deep.equal([]);
    expect(plan({ achieved: one, total: 0, known: [value()] }).sent).to.deep.equal([]);
  });

  it('gives what rose at once, and what is the same never again', () => {
    expect(plan({ achieved: new Map([['ana', 2]]), known: [value()] }).sent).to.deep.equal([
      value({ score: 66.67, revision: 2 }),
    ]);
    const same = plan({ achieved: one, known: [value({ score: 33.33 })] });
    expect(same).to.deep.equal({ sent: [], waiting: [] });
  });

  it('gives what fell only at a second look, some time later', () => {
    const first = plan({ achieved: one, known: [value()] });
    expect(first).to.deep.equal({ sent: [], waiting: [value({ lower })] });
    const tooSoon = plan({ achieved: one, known: [value({ lower })] });
    expect(tooSoon).to.deep.equal({ sent: [], waiting: [] });
    const second = plan({ achieved: one, known: [value({ lower })], now: LATER });
    expect(second.sent).to.deep.equal([value({ score: 33.33, revision: 2 })]);
  });

  it('looks twice again after a rebuild, and forgets what was only low for a moment', () => {
    const rebuilt = plan({ achieved: one, known: [value({ lower })], generation: 2, now: LATER });
    expect(rebuilt.sent).to.deep.equal([]);
    expect(rebuilt.waiting[0]?.lower?.generation).to.equal(2);
    const back = plan({
      achieved: one,
      known: [value({ score: 33.33, lower: { ...lower, score: 0 } })],
    });
    expect(back.waiting).to.deep.equal([value({ score: 33.33 })]);
  });

  it('goes down to nothing where all was taken back', () => {
    const known = [value({ lower: { ...lower, score: 0 } })];
    expect(plan({ known, now: LATER }).sent).to.deep.equal([value({ score: 0, revision: 2 })]);
  });

  it('gives everything again to a column that was made anew', () => {
    const known = [value({ score: 33.33, lineItemUrl: 'https://lms.test/6' })];
    expect(plan({ achieved: one, known }).sent).to.deep.equal([
      value({ score: 33.33, revision: 2 }),
    ]);
  });

  it('leaves out whoever does not count', () => {
    expect(plan({ users: [], achieved: one, known: [value()] })).to.deep.equal({
      sent: [],
      waiting: [],
    });
  });

  it('never lowers at the first look, whatever is known', () => {
    const achieved = fc.integer({ min: 0, max: 20 });
    fc.assert(
      fc.property(achieved, fc.integer({ min: 20, max: 40 }), achieved, (before, total, after) => {
        const score = (before / total) * 100;
        const { sent } = plan({
          achieved: new Map([['ana', after]]),
          total,
          known: [value({ score })],
        });
        for (const given of sent) expect(given.score).to.be.greaterThan(score - 0.01);
      }),
    );
  });
});
