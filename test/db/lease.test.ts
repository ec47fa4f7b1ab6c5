import { expect } from 'chai';
import { withLease } from '../../src/db/lease.js';
import { testDatabase } from '../support/engine.js';
import { createGate } from '../support/gate.js';

const start = new Date('2026-03-01T08:00:00Z');
const at = (ms: number) => () => new Date(start.getTime() + ms);

describe('withLease', () => {
  it('does the work of one holder at a time, and tells the other so', async () => {
    const inside = createGate();
    const leave = createGate();
    const first = withLease({ name: 'count', holder: 'a', ttlMs: 60_000, now: at(0) }, async () => {
      inside.open();
      await leave.opened;
      return 'done';
    });
    await inside.opened;

    const second = await withLease({ name: 'count', holder: 'b', ttlMs: 60_000, now: at(1) }, () =>
      Promise.resolve('never'),
    );
    leave.open();

    expect(second).to.deep.equal({ held: false });
    expect(await first).to.deep.equal({ held: true, result: 'done' });
  });

  it('is free again after the work, also after work that failed', async () => {
    const failing = withLease({ name: 'count', holder: 'a', ttlMs: 60_000, now: at(0) }, () =>
      Promise.reject(new Error('no')),
    );
    const failure: unknown = await failing.catch((error: unknown) => error);

    const next = await withLease({ name: 'count', holder: 'b', ttlMs: 60_000, now: at(1) }, () =>
      Promise.resolve(1),
    );

    expect(failure).to.have.property('message', 'no');
    expect(next).to.deep.equal({ held: true, result: 1 });
  });

  it('passes to another when the holder was killed and the time is over', async () => {
    await holdForever('dead', 1_000);

    const early = await withLease({ name: 'count', holder: 'b', ttlMs: 1_000, now: at(999) }, () =>
      Promise.resolve(1),
    );
    const late = await withLease({ name: 'count', holder: 'b', ttlMs: 1_000, now: at(1_000) }, () =>
      Promise.resolve(2),
    );

    expect(early).to.deep.equal({ held: false });
    expect(late).to.deep.equal({ held: true, result: 2 });
  });

  it('goes to one of many who ask at once', async () => {
    const leave = createGate();
    let refusals = 0;
    const ask = async (holder: string) => {
      const options = { name: 'count', holder, ttlMs: 60_000, now: at(0) };
      const outcome = await withLease(options, () => leave.opened);
      if (!outcome.held) refusals += 1;
      if (refusals === 7) leave.open();
      return outcome;
    };

    const outcomes = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map(ask));

    expect(outcomes.filter(({ held }) => held)).to.have.length(1);
  });

  it('is renewed while the work goes on', async () => {
    const leases = testDatabase().collection('leases');
    const now = () => new Date();

    const outcome = await withLease(
      { name: 'count', holder: 'a', ttlMs: 60, now },
      async (signal) => {
        const first = await leases.findOne({});
        for (;;) {
          const seen = await leases.findOne({});
          if (Number(seen?.expiresAt) > Number(first?.expiresAt)) return signal.aborted;
        }
      },
    );

    expect(outcome).to.deep.equal({ held: true, result: false });
  });

  it('tells the work when another took it over', async () => {
    const leases = testDatabase().collection('leases');

    const outcome = await withLease(
      { name: 'count', holder: 'a', ttlMs: 30, now: () => new Date() },
      async (signal) => {
        await leases.updateOne({}, { $set: { token: 'somebody else' } });
        if (!signal.aborted)
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
        return signal.aborted;
      },
    );

    expect(outcome).to.deep.equal({ held: true, result: true });
    expect(await leases.countDocuments({ token: 'somebody else' })).to.equal(1);
  });
});

async function holdForever(holder: string, ttlMs: number): Promise<void> {
  await testDatabase()
    .collection<{ _id: string; holder: string; token: string; expiresAt: Date }>('leases')
    .insertOne({ _id: 'count', holder, token: 'x', expiresAt: at(ttlMs)() });
}
