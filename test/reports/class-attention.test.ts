import { expect } from 'chai';
import type { Unachieved } from '../../src/attainment/attainment.model.js';
import { findReady, findStuck } from '../../src/reports/class-attention.js';

const NOW = new Date('2026-05-30T08:00:00Z');
const daysAgo = (days: number) => new Date(NOW.getTime() - days * 86_400_000);

function unachieved(overrides: Partial<Unachieved> = {}): Unachieved {
  return {
    user: 'ana',
    item: 'i1',
    n: 1,
    required: 2,
    missing: { more: 1, assessed: 0 },
    withdrawnAt: null,
    failed: 0,
    ...overrides,
  };
}

function stuck(one: Partial<Unachieved>, last: Date = daysAgo(1)) {
  const found = findStuck({
    users: ['ana', 'bo'],
    unachieved: [unachieved(one)],
    open: new Map([['ana', 1]]),
    latest: new Map([['ana', last]]),
    now: NOW,
  });
  return found.flatMap(({ reasons }) => reasons);
}

describe('findStuck', () => {
  it('names attempts without success where nothing counts', () => {
    expect(stuck({ n: 0, failed: 1 })).to.deep.equal([
      { kind: 'no-success', item: 'i1', failed: 1 },
    ]);
  });

  it('leaves out a failed attempt beside something that counts', () => {
    expect(stuck({ n: 1, failed: 1 })).to.deep.equal([]);
  });

  it('names three attempts also beside something that counts', () => {
    expect(stuck({ n: 1, failed: 3 })).to.deep.equal([
      { kind: 'many-attempts', item: 'i1', failed: 3 },
    ]);
  });

  it('names what was achieved and taken back', () => {
    const since = daysAgo(2);

    expect(stuck({ withdrawnAt: since })).to.deep.equal([{ kind: 'withdrawn', item: 'i1', since }]);
  });

  it('names whoever began and did nothing new for fourteen days, not for thirteen', () => {
    expect(stuck({}, daysAgo(14))).to.deep.equal([{ kind: 'quiet', days: 14, open: 1 }]);
    expect(stuck({}, daysAgo(13))).to.deep.equal([]);
  });

  it('leaves out people who are no learners of the course any more', () => {
    expect(stuck({ user: 'gone', failed: 5 })).to.deep.equal([]);
  });
});

describe('findReady', () => {
  const ready = (one: Partial<Unachieved>) =>
    findReady({ users: ['ana'], unachieved: [unachieved(one)] }).flatMap(({ steps }) => steps);

  it('names whoever needs one thing more', () => {
    expect(ready({})).to.deep.equal([{ item: 'i1', needs: 'one-more' }]);
  });

  it('says where that one needs a score', () => {
    expect(ready({ missing: { more: 0, assessed: 1 } })).to.deep.equal([
      { item: 'i1', needs: 'one-scored' },
    ]);
  });

  it('leaves out who needs two, and who has nothing yet', () => {
    expect(ready({ missing: { more: 2, assessed: 0 } })).to.deep.equal([]);
    expect(ready({ n: 0 })).to.deep.equal([]);
  });
});
