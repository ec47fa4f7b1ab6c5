import { expect } from 'chai';
import fc from 'fast-check';
import { DEFAULT_SCALE, numberOf } from '../../src/activities/rating-scale.js';
import { readPastedRatings } from '../../src/activities/read-pasted-ratings.js';

const LEARNERS = [
  { user: 'u1', code: '7F3KQ2' },
  { user: 'u2', code: 'ABCDEF' },
  { user: 'u3', code: 'ZZZZZZ' },
];

function read(text: string, learners = LEARNERS) {
  return readPastedRatings({
    text,
    learners,
    columns: 2,
    scale: DEFAULT_SCALE,
    nameOf: (id) => id,
  });
}

describe('readPastedRatings', () => {
  it('reads numbers and names, by tab, semicolon or comma, in any case of the id', () => {
    expect(read('7f3kq2\t3\texemplary\r\nABCDEF;1;\nzzzzzz, "Developing",')).to.deep.equal({
      ratings: [
        { user: 'u1', column: 0, level: 'proficient' },
        { user: 'u1', column: 1, level: 'exemplary' },
        { user: 'u2', column: 0, level: 'not-yet' },
        { user: 'u3', column: 0, level: 'developing' },
      ],
      faults: [],
    });
  });

  for (const { title, text, fault } of [
    {
      title: 'an unknown id',
      text: 'NOBODY\t1',
      fault: { row: 1, column: 1, fault: 'unknown-learner', text: 'NOBODY' },
    },
    {
      title: 'a learner twice',
      text: '7F3KQ2\t1\n\n7F3KQ2\t2',
      fault: { row: 3, column: 1, fault: 'twice', text: '7F3KQ2' },
    },
    {
      title: 'what is no level',
      text: '7F3KQ2\t1\t9',
      fault: { row: 1, column: 3, fault: 'level', text: '9' },
    },
    {
      title: 'a level beyond the last competency',
      text: '7F3KQ2\t1\t1\t1',
      fault: { row: 1, column: 4, fault: 'too-many-cells', text: '1' },
    },
  ])
    it(`names ${title} by row and column`, () => {
      expect(read(text).faults).to.deep.equal([fault]);
    });

  it('names an id that two students share', () => {
    const twins = [...LEARNERS, { user: 'u4', code: '7F3KQ2' }];

    expect(read('7F3KQ2\t1', twins).faults).to.deep.include({
      row: 1,
      column: 1,
      fault: 'same-code',
      text: '7F3KQ2',
    });
  });

  it('reads back every grid that was written as rows, whatever is left empty', () => {
    const cell = fc.option(fc.constantFrom(...DEFAULT_SCALE.levels.map(({ id }) => id)));
    const row = fc.tuple(cell, cell);

    fc.assert(
      fc.property(fc.tuple(row, row, row), fc.constantFrom('\t', ';', ','), (grid, separator) => {
        const text = grid
          .map((levels, index) =>
            [LEARNERS[index]?.code, ...levels.map((id) => numberOf(DEFAULT_SCALE, id))].join(
              separator,
            ),
          )
          .join('\n');
        const expected = grid.flatMap((levels, index) =>
          levels.flatMap((level, column) =>
            level === null ? [] : [{ user: LEARNERS[index]?.user, column, level }],
          ),
        );

        expect(read(text)).to.deep.equal({ ratings: expected, faults: [] });
      }),
    );
  });

  it('never throws, and rates nobody but the learners given, whatever is pasted', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { ratings } = read(text);
        for (const { user, column } of ratings) {
          expect(LEARNERS.map((one) => one.user)).to.include(user);
          expect(column).to.be.lessThan(2);
        }
      }),
    );
  });
});
