import { expect } from 'chai';
import { forgetReads, shareReads } from '../../src/db/shared-reads.js';

describe('shareReads', () => {
  let time = 0;
  let asked: string[] = [];
  const answers = new Map<string, string>();
  const read = shareReads({
    about: ({ course }: { course: string; item?: string }) => `course ${course}`,
    read: async ({ course, item = '' }) => {
      asked.push(course + item);
      await Promise.resolve();
      const answer = answers.get(course);
      if (answer === undefined) throw new Error('not there');
      return answer;
    },
    clock: () => time,
  });
  beforeEach(() => {
    forgetReads();
    asked = [];
    time = 1_000;
    answers.clear();
    answers.set('c1', 'one').set('c2', 'two');
  });

  it('reads once for all who ask within two seconds, also at the same moment', async () => {
    const together = await Promise.all([read({ course: 'c1' }), read({ course: 'c1' })]);
    time += 1_999;
    const later = await read({ course: 'c1' });

    expect([...together, later]).to.deep.equal(['one', 'one', 'one']);
    expect(asked).to.deep.equal(['c1']);
  });

  it('reads anew after two seconds, from when the read began', async () => {
    await read({ course: 'c1' });
    answers.set('c1', 'changed');
    time += 2_000;

    expect(await read({ course: 'c1' })).to.equal('changed');
  });

  it('keeps apart what was asked with other options', async () => {
    expect([await read({ course: 'c1' }), await read({ course: 'c2' })]).to.deep.equal([
      'one',
      'two',
    ]);
    await read({ course: 'c1', item: 'x' });
    expect(asked).to.deep.equal(['c1', 'c2', 'c1x']);
  });

  it('forgets everything about what was written, and nothing else', async () => {
    for (const course of ['c1', 'c2']) await read({ course });
    await read({ course: 'c1', item: 'x' });
    answers.set('c1', 'written').set('c2', 'unseen');

    forgetReads('course c1');

    expect(await read({ course: 'c1' })).to.equal('written');
    expect(await read({ course: 'c1', item: 'x' })).to.equal('written');
    expect(await read({ course: 'c2' })).to.equal('two');
  });

  it('does not keep the answer of a read that a write overtook', async () => {
    const early = read({ course: 'c1' });
    answers.set('c1', 'written');
    forgetReads('course c1');
    await early;

    expect(await read({ course: 'c1' })).to.equal('written');
    expect(asked).to.have.length(2);
  });

  it('keeps no failure', async () => {
    answers.delete('c1');
    const refused = await read({ course: 'c1' }).catch((error: unknown) => String(error));
    answers.set('c1', 'there now');

    expect(refused).to.contain('not there');
    expect(await read({ course: 'c1' })).to.equal('there now');
  });

  it('starts anew rather than grow without bounds', async () => {
    await read({ course: 'c1' });
    for (let item = 0; item < 2_000; item += 1) await read({ course: 'c2', item: String(item) });
    asked = [];

    await read({ course: 'c1' });

    expect(asked).to.deep.equal(['c1']);
  });
});
