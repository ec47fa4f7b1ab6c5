import { expect } from 'chai';
import {
  findAlignment,
  listAlignmentHistories,
  listChangedAlignments,
  replaceAlignments,
} from '../../src/activities/alignment.model.js';
import { minute } from '../attainment/attainment-world.js';

const place = { deployment: 'd1', course: 'c1', activity: 'a1' };
const introduced = (item: string) => ({ framework: 'him', item, stage: 'introduced' as const });

function write(expectedRevision: number, items: string[], at = minute(expectedRevision)) {
  return replaceAlignments({
    ...place,
    expectedRevision,
    items: items.map(introduced),
    by: 'u9',
    now: at,
  });
}

describe('replaceAlignments', () => {
  it('keeps each revision with its time and author', async () => {
    await write(0, ['i1']);
    await write(1, ['i1', 'i2']);

    const found = await findAlignment(place);

    expect(found.revision).to.equal(2);
    expect(found.current.map(({ item }) => item)).to.deep.equal(['i1', 'i2']);
    expect(
      found.history.map(({ revision, by, items }) => [revision, by, items.length]),
    ).to.deep.equal([
      [1, 'u9', 1],
      [2, 'u9', 2],
    ]);
  });

  it('lets one of two writers at once win and tells the other', async () => {
    const first = await Promise.all([write(0, ['i1']), write(0, ['i2'])]);
    const second = await Promise.all([write(1, ['i3']), write(1, ['i4'])]);

    expect(first.filter((one) => one !== null)).to.have.length(1);
    expect(second.filter((one) => one !== null)).to.have.length(1);
    expect((await findAlignment(place)).revision).to.equal(2);
  });

  it('gives later revisions later times, also when the clock goes back', async () => {
    await write(0, ['i1'], minute(10));
    await write(1, ['i2'], minute(5));

    const { history } = await findAlignment(place);

    expect(history[1]?.at.getTime()).to.be.greaterThan(history[0]?.at.getTime() ?? Infinity);
  });

  it('moves old history out of the document beyond a hundred revisions, and loses none of it', async () => {
    for (let revision = 0; revision < 120; revision += 1) await write(revision, [`i${revision}`]);

    const inside = (await findAlignment(place)).history.length;
    const [whole] = await listAlignmentHistories({
      deployment: 'd1',
      framework: 'him',
      items: ['i3'],
    });

    expect(inside).to.be.at.most(100);
    expect(whole?.history.map(({ revision }) => revision)).to.deep.equal(
      Array.from({ length: 120 }, (_, index) => index + 1),
    );
  });

  it('shows nothing to another deployment or course', async () => {
    await write(0, ['i1']);

    expect((await findAlignment({ ...place, deployment: 'd2' })).revision).to.equal(0);
    expect((await findAlignment({ ...place, course: 'c2' })).revision).to.equal(0);
  });
});

describe('listChangedAlignments', () => {
  it('lists what changed since, with everything it was ever aligned to', async () => {
    await write(0, ['i1'], minute(1));
    await write(1, ['i2'], minute(9));

    const changed = await listChangedAlignments({ since: minute(5), limit: 10 });

    expect(changed).to.deep.equal([
      {
        ...place,
        revision: 2,
        changedAt: minute(9),
        items: [
          { framework: 'him', item: 'i1' },
          { framework: 'him', item: 'i2' },
        ],
      },
    ]);
    expect(await listChangedAlignments({ since: minute(10), limit: 10 })).to.deep.equal([]);
  });
});
