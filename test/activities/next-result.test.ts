import { expect } from 'chai';
import { nextResult } from '../../src/activities/next-result.js';
import type { ResultState } from '../../src/activities/result-state.model.js';

const now = new Date('2026-05-03T08:00:00Z');

function known(changes: Partial<ResultState> = {}): ResultState {
  return {
    deployment: 'd',
    course: 'c',
    activity: 'a',
    user: 'u',
    revision: 3,
    score: 8,
    maximum: 10,
    passed: true,
    at: now,
    statementId: 's3',
    standing: [
      { statementId: 's2', share: 0.5 },
      { statementId: 's3', share: 0.8 },
    ],
    voids: [],
    imported: null,
    ...changes,
  };
}

const next = (
  result: { score: number | null; maximum?: number; at?: Date | null },
  options: { state?: ResultState | null; passShare?: number } = {},
) =>
  nextResult({
    known: options.state === undefined ? known() : options.state,
    result: { maximum: 10, at: null, ...result },
    passShare: options.passShare ?? 0.75,
    now,
  });

describe('nextResult', () => {
  it('is nothing for the same share, whatever the maximum and the rounding', () => {
    expect(next({ score: 8 })).to.equal(null);
    expect(next({ score: 80, maximum: 100 })).to.equal(null);
    expect(next({ score: 8.00001, maximum: 10 })).to.equal(null);
    expect(next({ score: null }, { state: null })).to.equal(null);
    expect(next({ score: 5, maximum: 0 }, { state: null })).to.equal(null);
  });

  it('passes from the pass mark on', () => {
    expect(next({ score: 7.5 })).to.include({ passed: true });
    expect(next({ score: 7.49 })).to.include({ passed: false });
    expect(next({ score: 6 }, { passShare: 0.6 })).to.include({ passed: true });
  });

  it('tells an unchanged result anew where the pass mark was moved across it', () => {
    expect(next({ score: 8 }, { passShare: 0.9 })).to.deep.include({
      revision: 4,
      passed: false,
      voids: ['s3'],
    });
  });

  it('keeps what is below a higher result and takes back what is above a lower one', () => {
    expect(next({ score: 9 })).to.deep.include({ voids: [], standing: known().standing });
    expect(next({ score: 6 })).to.deep.include({
      voids: ['s3'],
      standing: [{ statementId: 's2', share: 0.5 }],
    });
    expect(next({ score: null })).to.deep.include({ share: null, voids: ['s2', 's3'] });
  });

  it('takes the oldest back when there are more than it remembers', () => {
    const standing = Array.from({ length: 25 }, (_, n) => ({
      statementId: `s${n}`,
      share: n / 100,
    }));

    const change = next({ score: 10 }, { state: known({ standing }) });

    expect(change?.standing).to.have.length(20);
    expect(change?.voids).to.deep.equal(['s0', 's1', 's2', 's3', 's4']);
  });

  it('cuts extra points and what is below nothing', () => {
    expect(next({ score: 12 })).to.include({ share: 1 });
    expect(next({ score: -1 })).to.include({ share: 0 });
  });

  it('dates it when it was graded, but never after it was read', () => {
    const before = new Date('2026-05-02T08:00:00Z');
    const after = new Date('2030-01-01T00:00:00Z');

    expect(next({ score: 9, at: before })?.at).to.deep.equal(before);
    expect(next({ score: 9, at: after })?.at).to.deep.equal(now);
  });
});
