import fc from 'fast-check';
import { expect } from 'chai';
import { chooseWays, matchPeople } from '../../src/activities/match-people.js';
import { readGradebook } from '../../src/activities/read-gradebook.js';
import { readScore } from '../../src/activities/read-score.js';
import type { MemberIds } from '../../src/lti/list-member-ids.js';
import { readTable } from '../../src/tables/read-table.js';
import { refusal } from '../support/refusal.js';

const CANVAS = [
  'Student,ID,SIS User ID,SIS Login ID,Section,Notes,Quiz 1 (101),Essay (102),Poster (103),Letters (104),Assignments Current Score,Current Score (2026),Final Grade',
  ',,,,,,,Manual Posting,,,,,',
  '    Points Possible,,,,,,10.00,,0.00,4,(read only),(read only),(read only)',
  '"Ruiz, Ana",7,S-7,ana,HIM 101,late,8.50,90,,A,80,80,B',
  '"Kim, Bo",8,S-8,bo,HIM 101,,EX,N/A,,B,70,70,C',
];
const MOODLE_ES = [
  'Nombre;Apellido(s);Número de ID;Institución;Departamento;Dirección de correo;Tarea: Ensayo: parte 2 (Real);Cuestionario: Prueba (Porcentaje);Tarea: Letras (Letra);Examen oral (Real);Total del curso (Real);Última descarga de este curso',
  'Ana;Ruiz;S-7;;;ana@x.example;7,5;80,00 %;A;9,0;88;1767225600',
  'Bo;Kim;S-8;;;bo@x.example;-;-;-;-;-;1767225600',
];

describe('readGradebook', () => {
  it('reads a gradebook of Canvas: assignments with their id and points, and why the rest is left out', async () => {
    const book = await read(CANVAS);

    expect(book.kind).to.equal('canvas');
    expect(book.columns).to.deep.equal([
      {
        at: 6,
        title: 'Quiz 1',
        kind: 'assignment',
        key: ['canvas', '101'],
        maximum: 10,
        isSuggested: true,
      },
      {
        at: 7,
        title: 'Essay',
        kind: 'assignment',
        key: ['canvas', '102'],
        maximum: null,
        isSuggested: true,
      },
    ]);
    expect(book.ignored).to.deep.equal([
      { title: 'Notes', reason: 'note' },
      { title: 'Poster', reason: 'empty' },
      { title: 'Letters', reason: 'text' },
      { title: 'Assignments Current Score', reason: 'total' },
      { title: 'Current Score (2026)', reason: 'total' },
      { title: 'Final Grade', reason: 'total' },
    ]);
    expect(book.people.map(({ row }) => row)).to.deep.equal([4, 5]);
  });

  it('reads a gradebook of Moodle in any language: percentages have their maximum, points ask for it', async () => {
    const book = await read(MOODLE_ES);

    expect(book.kind).to.equal('moodle');
    expect(
      book.columns.map(({ title, kind, maximum, isSuggested }) => [
        title,
        kind,
        maximum,
        isSuggested,
      ]),
    ).to.deep.equal([
      ['Ensayo: parte 2', 'assignment', null, true],
      ['Prueba', 'quiz', 100, true],
      ['Examen oral', 'assignment', null, false],
    ]);
    expect(book.ignored).to.deep.equal([
      { title: 'Tarea: Letras (Letra)', reason: 'text' },
      { title: 'Total del curso (Real)', reason: 'total' },
      { title: 'Última descarga de este curso', reason: 'note' },
    ]);
    expect(book.idColumns.map(({ title }) => title)).to.include('Número de ID');
  });

  it('reads any table of ids and scores', async () => {
    const book = await read(['person,project', '1007,8', '1008,9']);

    expect(book.kind).to.equal('other');
    expect(book.columns.map(({ title }) => title)).to.deep.equal(['project']);
  });

  it('refuses a table without a column of scores, or without a person', async () => {
    for (const lines of [['a,b', 'x,y'], [CANVAS[0] ?? ''], ['Student,ID,Section,Quiz (1)']])
      expect((await refusal(read(lines))).code).to.equal('gradebook.no-scores');
  });

  it('takes every table whatever, or refuses it in our words', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.string(), { maxLength: 6 }), { maxLength: 6 }),
        async (rows) => {
          const read = async () => readGradebook(rows.map((cells, at) => ({ row: at + 1, cells })));
          const error = await read().then(
            () => null,
            (reason: unknown) => reason,
          );
          expect(
            error === null || (error as { code?: unknown }).code === 'gradebook.no-scores',
          ).to.equal(true);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('matchPeople', () => {
  const ana: MemberIds = {
    user: 'ana',
    countsAsLearner: true,
    lmsIds: ['7', 'sub-7'],
    sisId: 'S-7',
  };
  const bo: MemberIds = { user: 'bo', countsAsLearner: true, lmsIds: ['sub-8'], sisId: 'S-8' };

  it('finds people by the id of Canvas or the SIS id, whichever is known', async () => {
    expect(await match(CANVAS, [ana, bo])).to.deep.equal({
      people: [
        [4, 'ana'],
        [5, 'bo'],
      ],
      unmatched: [],
    });
  });

  it('finds the column of Moodle whose ids are known, in any language', async () => {
    const book = await read(MOODLE_ES);

    expect(chooseWays(book, [ana, bo])).to.deep.equal([{ at: 2, by: 'sis' }]);
    expect((await match(MOODLE_ES, [ana])).unmatched).to.deep.equal([[3, 'S-8', 'unknown']]);
  });

  it('never finds anybody by a name or an e-mail address', async () => {
    const lines = MOODLE_ES.map((line) => line.replace(/S-\d/, ''));

    expect((await match(lines, [ana, bo])).people).to.deep.equal([]);
  });

  it('chooses nobody where two people have one id, two rows one person, or the columns disagree', async () => {
    const twin = { ...bo, user: 'twin', sisId: 'S-7', lmsIds: ['sub-9'] };
    const twice = [...CANVAS, '"Ruiz, Ana",7,S-7,ana,HIM 102,,9,,,,,,'];
    const crossed = CANVAS.map((line) => line.replace('8,S-8', '7,S-8'));

    expect((await match(CANVAS, [ana, bo, twin])).unmatched).to.deep.equal([
      [4, '7', 'two-people'],
    ]);
    expect((await match(twice, [ana, bo])).unmatched).to.deep.equal([
      [4, '7', 'twice'],
      [6, '7', 'twice'],
    ]);
    expect((await match(crossed, [ana, bo])).unmatched).to.deep.equal([[5, '7', 'two-people']]);
  });

  it('leaves out staff and test students, and rows without an id', async () => {
    const staff = { ...bo, countsAsLearner: false };
    const nameless = CANVAS.map((line) => line.replace('7,S-7', ','));

    expect((await match(CANVAS, [ana, staff])).unmatched).to.deep.equal([[5, '8', 'not-counted']]);
    expect((await match(nameless, [ana, bo])).unmatched).to.deep.equal([[4, '', 'blank']]);
  });

  async function match(lines: string[], members: MemberIds[]) {
    const book = await read(lines);
    const { people, unmatched } = matchPeople({ book, ways: chooseWays(book, members), members });
    return {
      people: people.map(({ row, user }) => [row.row, user]),
      unmatched: unmatched.map(({ row, id, reason }) => [row, id, reason]),
    };
  }
});

describe('readScore', () => {
  for (const [cell, said] of [
    ['8.5', 8.5],
    ['8,5', 8.5],
    ['-1', -1],
    [' 90 ', 90],
    ['85,00 %', 85],
    ['85\u00A0%', 85],
    ['', 'blank'],
    ['-', 'blank'],
    ['EX', 'blank'],
    ['N/A', 'blank'],
    ['B+', 'text'],
    ['1.234,5', 'text'],
    ['1e9', 'text'],
    ['99999999', 'text'],
    ['=1+1', 'text'],
    ['NaN', 'text'],
  ] as const)
    it(`reads ${JSON.stringify(cell)} as ${said}`, () => {
      const read = readScore(cell);

      expect(read.is === 'score' ? read.score : read.is).to.equal(said);
    });
});

async function read(lines: string[]) {
  const { rows } = await readTable({ bytes: Buffer.from(lines.join('\r\n')) });
  return readGradebook(rows);
}
