// Common calls for what many append at once: everybody's order, everybody's own answer.
import { expect } from 'chai';
import { createGroupedAppend } from '../../src/lrs/group-appends.js';

interface Entry {
  id: string;
}

/** A database whose calls end when the test says so. */
function createSlowStore(already: string[] = []) {
  const calls: { ids: string[]; finish: () => void; fail: (error: Error) => void }[] = [];
  const append = createGroupedAppend<Entry>(
    (entries) =>
      new Promise((resolve, reject) => {
        calls.push({
          ids: entries.map(({ id }) => id),
          finish: () => resolve(entries.filter(({ id }) => already.includes(id))),
          fail: reject,
        });
      }),
  );
  return { calls, append };
}

const entries = (...ids: string[]) => ids.map((id) => ({ id }));

describe('createGroupedAppend', () => {
  it('calls at once for the first three, and once for all who came meanwhile', async () => {
    const { calls, append } = createSlowStore();

    const all = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => append(entries(id)));
    expect(calls.map(({ ids }) => ids)).to.deep.equal([['a'], ['b'], ['c']]);
    calls[0]?.finish();
    await all[0];

    expect(calls[3]?.ids).to.deep.equal(['d', 'e', 'f']);
    for (const { finish } of calls) finish();
    await Promise.all(all);
    expect(calls).to.have.lengthOf(4);
  });

  it('tells each caller which of its own were there already', async () => {
    const { calls, append } = createSlowStore(['x', 'z']);
    const blockers = ['1', '2', '3'].map((id) => append(entries(id)));

    const [first, second, third] = [
      append(entries('x', 'y')),
      append(entries('w')),
      append(entries('z')),
    ];
    for (const { finish } of calls) finish();
    await Promise.all(blockers);
    calls[3]?.finish();

    expect(await first).to.deep.equal(entries('x'));
    expect(await second).to.deep.equal([]);
    expect(await third).to.deep.equal(entries('z'));
  });

  it('fails those who were in the failed call, and serves the others', async () => {
    const { calls, append } = createSlowStore();
    const blockers = ['1', '2', '3'].map((id) => append(entries(id)));
    const failing = append(entries('a')).catch((error: unknown) => error);
    calls[0]?.finish();
    await blockers[0];

    calls[3]?.fail(new Error('gone'));
    expect(await failing).to.be.an('error');
    const later = append(entries('b'));
    for (const { finish } of calls) finish();

    expect(await later).to.deep.equal([]);
    await Promise.all(blockers);
  });

  it('never splits a request, and makes no call above 200 of several', async () => {
    const { calls, append } = createSlowStore();
    const blockers = ['1', '2', '3'].map((id) => append(entries(id)));
    const large = Array.from({ length: 300 }, (_, index) => String(index));

    const rest = [
      append(entries(...large)),
      append(entries(...large.slice(0, 150))),
      append(entries(...large.slice(0, 60))),
    ];
    for (const { finish } of calls) finish();
    await Promise.all(blockers);

    expect(calls.slice(3).map(({ ids }) => ids.length)).to.deep.equal([300, 150, 60]);
    for (const { finish } of calls) finish();
    await Promise.all(rest);
  });
});
