import { buffer, text } from 'node:stream/consumers';
import { parse } from 'csv-parse/sync';
import { expect } from 'chai';
import { escapeFormula, streamCsv, type CsvCell } from '../../src/tables/write-csv.js';

const columns = [
  { header: 'name', value: (row: { name: CsvCell }) => row.name },
  { header: 'length', value: (row: { name: CsvCell }) => String(row.name).length },
];

describe('streamCsv', () => {
  it('writes a head and one line a row, with the line ends of RFC 4180', async () => {
    const csv = await text(
      streamCsv({ columns, rows: [{ name: 'a' }, { name: 'b' }], withMark: false }),
    );

    expect(csv).to.equal('name,length\r\na,1\r\nb,1\r\n');
  });

  it('quotes commas, quotation marks and line breaks so that they are read back unchanged', async () => {
    const names = ['one, two', 'say "yes"', 'first\nsecond', 'Zoë 学生'];

    const csv = await text(
      streamCsv({ columns, rows: names.map((name) => ({ name })), withMark: false }),
    );

    const rows: string[][] = parse(csv, { relax_column_count: false });
    expect(rows.slice(1).map((row) => row[0])).to.deep.equal(names);
  });

  it('begins with the byte order mark where it is asked for', async () => {
    const csv = await buffer(streamCsv({ columns, rows: [], withMark: true }));

    expect([...csv.subarray(0, 4)]).to.deep.equal([0xef, 0xbb, 0xbf, 'n'.charCodeAt(0)]);
  });

  it('leaves negative numbers, empty cells and dates as they are', async () => {
    const csv = await text(
      streamCsv({
        columns: [{ header: 'v', value: (row: CsvCell) => row }],
        rows: [-1.5, null, new Date('2026-05-03T08:00:00Z')],
        withMark: false,
      }),
    );

    expect(csv).to.equal('v\r\n-1.5\r\n\r\n2026-05-03T08:00:00.000Z\r\n');
  });

  it('ends with the error of the rows, so that a broken export is never taken for a whole one', async () => {
    async function* broken(): AsyncGenerator<{ name: string }> {
      await Promise.resolve();
      yield { name: 'a' };
      throw new Error('the database went away');
    }

    const outcome = await text(streamCsv({ columns, rows: broken(), withMark: false })).catch(
      (error: unknown) => String(error),
    );

    expect(outcome).to.contain('the database went away');
  });
});

describe('escapeFormula', () => {
  for (const cell of [
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\tx',
    '\r=1',
    '\n=1',
    ' =1+1',
    '＝1',
    "=cmd|' /C calc'!A0",
  ]) {
    it(`puts an apostrophe before ${JSON.stringify(cell)}`, () => {
      expect(escapeFormula(cell)).to.equal(`'${cell}`);
    });
  }

  for (const cell of ['a=1', 'Learner 7F3KQ2', '', '80 %', "'quoted"]) {
    it(`leaves ${JSON.stringify(cell)} alone`, () => {
      expect(escapeFormula(cell)).to.equal(cell);
    });
  }
});
