import { expect } from 'chai';
import {
  findShortlist,
  listChangedShortlists,
  listSharedShortlists,
  listShortlistHistories,
  listShortlists,
  replaceShortlist,
  type ShortlistContent,
} from '../../src/activities/shortlist.model.js';
import { minute } from '../attainment/attainment-world.js';

const place = { deployment: 'd1', course: 'c1', framework: 'him', item: 'i1' };
const nothing: ShortlistContent = { pinned: [], required: [], hidden: [], notes: [] };

function write(
  expectedRevision: number,
  content: Partial<ShortlistContent>,
  more: Partial<typeof place & { at: Date }> = {},
) {
  const { at = minute(expectedRevision), ...elsewhere } = more;
  return replaceShortlist({
    ...place,
    ...elsewhere,
    expectedRevision,
    ...nothing,
    ...content,
    by: 'u9',
    now: at,
  });
}

describe('replaceShortlist', () => {
  it('keeps each revision with its time, its author and what it held', async () => {
    await write(0, { pinned: ['r1'], notes: [{ object: 'r1', text: 'Begin here.', by: 'u9' }] });
    await write(1, { pinned: ['r1'], required: ['r2'], hidden: ['r3'] });

    const found = await findShortlist(place);

    expect(found.revision).to.equal(2);
    expect(found.history).to.deep.equal([
      {
        revision: 1,
        at: minute(0),
        by: 'u9',
        pinned: ['r1'],
        required: [],
        hidden: [],
        notes: [{ object: 'r1', text: 'Begin here.', by: 'u9' }],
      },
      {
        revision: 2,
        at: minute(1),
        by: 'u9',
        pinned: ['r1'],
        required: ['r2'],
        hidden: ['r3'],
        notes: [],
      },
    ]);
  });

  it('lets one of two writers at once win and tells the other', async () => {
    const first = await Promise.all([write(0, { pinned: ['r1'] }), write(0, { pinned: ['r2'] })]);
    const second = await Promise.all([write(1, { pinned: ['r3'] }), write(1, { pinned: ['r4'] })]);

    expect(first.filter((one) => one !== null)).to.have.length(1);
    expect(second.filter((one) => one !== null)).to.have.length(1);
    expect((await findShortlist(place)).revision).to.equal(2);
  });

  it('changes nothing for a writer who saw an older revision', async () => {
    await write(0, { pinned: ['r1'] });
    await write(1, { pinned: ['r2'] });

    const late = await write(1, { pinned: ['r3'] });

    expect(late).to.equal(null);
    expect((await findShortlist(place)).history.at(-1)?.pinned).to.deep.equal(['r2']);
  });

  it('gives later revisions later times, also when the clock goes back', async () => {
    await write(0, {}, { at: minute(10) });
    await write(1, {}, { at: minute(5) });

    const { history } = await findShortlist(place);

    expect(history[1]?.at.getTime()).to.be.greaterThan(history[0]?.at.getTime() ?? Infinity);
  });

  it('moves old history out of the document beyond a hundred revisions, and loses none of it', async () => {
    for (let revision = 0; revision < 160; revision += 1)
      await write(revision, { pinned: [`r${revision}`] });

    const inside = (await findShortlist(place)).history.length;
    const [whole] = await listShortlistHistories({ ...place, items: ['i1'] });

    expect(inside).to.be.at.most(100);
    expect(whole?.history.map(({ revision, pinned }) => [revision, pinned])).to.deep.equal(
      Array.from({ length: 160 }, (_, index) => [index + 1, [`r${index}`]]),
    );
  });

  it('shows nothing to another deployment, course, framework or competency', async () => {
    await write(0, { pinned: ['r1'] });

    for (const elsewhere of [
      { deployment: 'd2' },
      { course: 'c2' },
      { framework: 'other' },
      { item: 'i2' },
    ])
      expect((await findShortlist({ ...place, ...elsewhere })).revision).to.equal(0);
  });
});

describe('listShortlists', () => {
  it("lists those of one course and framework; a class's pages see a change of this process at once", async () => {
    await write(0, { pinned: ['r1'] });
    await write(0, { pinned: ['r2'] }, { item: 'i2' });
    await write(0, { pinned: ['r3'] }, { course: 'c2' });
    await write(0, { pinned: ['r4'] }, { framework: 'other' });
    const { deployment, course, framework } = place;
    const read = { deployment, course, framework };
    await listSharedShortlists(read);

    await write(1, { pinned: ['r5'] });

    const pinned = (lists: Awaited<ReturnType<typeof listShortlists>>) =>
      lists.map(({ item, history }) => `${item} ${history.at(-1)?.pinned.join() ?? ''}`).sort();
    expect(pinned(await listShortlists(read))).to.deep.equal(['i1 r5', 'i2 r2']);
    expect(pinned(await listSharedShortlists(read))).to.deep.equal(['i1 r5', 'i2 r2']);
  });
});

describe('listShortlistHistories', () => {
  it('lists every course of the deployment, or the courses asked for', async () => {
    await write(0, { hidden: ['r1'] });
    await write(0, { hidden: ['r2'] }, { course: 'c2' });
    await write(0, { hidden: ['r3'] }, { deployment: 'd2' });
    await write(0, { hidden: ['r4'] }, { item: 'i2' });
    const asked = { deployment: 'd1', framework: 'him', items: ['i1'] };

    const all = await listShortlistHistories(asked);
    const one = await listShortlistHistories({ ...asked, courses: ['c2'] });

    expect(all.map(({ course }) => course).sort()).to.deep.equal(['c1', 'c2']);
    expect(one.map(({ course, history }) => [course, history[0]?.hidden])).to.deep.equal([
      ['c2', ['r2']],
    ]);
  });
});

describe('listChangedShortlists', () => {
  it('lists what changed since, oldest change first', async () => {
    await write(0, { pinned: ['r1'] }, { at: minute(1) });
    await write(1, { pinned: ['r2'] }, { at: minute(9) });
    await write(0, { pinned: ['r3'] }, { item: 'i2', at: minute(7) });

    const changed = await listChangedShortlists({ since: minute(5), limit: 10 });

    expect(changed).to.deep.equal([
      { ...place, id: 'd1/c1/him/i2', item: 'i2', revision: 1, changedAt: minute(7) },
      { ...place, id: 'd1/c1/him/i1', revision: 2, changedAt: minute(9) },
    ]);
    expect(await listChangedShortlists({ since: minute(10), limit: 10 })).to.deep.equal([]);
    expect(await listChangedShortlists({ since: minute(0), limit: 1 })).to.have.length(1);
  });
});
