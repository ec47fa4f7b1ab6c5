import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { readTable, type Table } from '../../src/tables/read-table.js';
import { streamCsv } from '../../src/tables/write-csv.js';
import { writeWorkbook } from '../../src/tables/write-workbook.js';
import { isAppError, type AppError } from '../../src/http/errors.js';
import { buildArchive, buildWorkbook, textCell, workbookFiles } from './build-archive.js';

const ROWS = [
  ['Name', 'Café', 'Score'],
  ['Zoë, A.', 'say “yes”', '7.5'],
];

describe('readTable, of CSV', () => {
  const plain = 'Name,Café,Score\r\n"Zoë, A.",say “yes”,7.5\r\n';

  for (const [title, bytes] of Object.entries({
    'in UTF-8': Buffer.from(plain),
    'with a byte order mark': Buffer.from(`\uFEFF${plain}`),
    'in UTF-16 as Excel writes it': Buffer.from(`\uFEFF${plain}`, 'utf16le'),
    'in UTF-16 without a mark': Buffer.from(plain, 'utf16le'),
    'in UTF-16, big end first': Buffer.from(`\uFEFF${plain}`, 'utf16le').swap16(),
    'in Windows-1252': Buffer.from(plain.replace('“', '\u0093').replace('”', '\u0094'), 'latin1'),
    'with semicolons': Buffer.from(plain.replaceAll(',', ';').replace('Zoë;', 'Zoë,')),
    'with tabs': Buffer.from(plain.replaceAll(',', '\t').replace('Zoë\t', 'Zoë,')),
    "with Excel's own first line": Buffer.from(`sep=,\r\n${plain}`),
    'with the line ends of old Macs': Buffer.from(plain.replaceAll('\r\n', '\r')),
  }))
    it(`reads it ${title}`, async () => {
      const { format, rows } = await readTable({ bytes });

      expect(format).to.equal('csv');
      expect(rows.map(({ cells }) => cells)).to.deep.equal(ROWS);
    });

  it('leaves out empty rows and counts them, so that a fault is found in the spreadsheet', async () => {
    const { rows } = await readTable({ bytes: Buffer.from('a,b\n\n,,\n1,2\n') });

    expect(rows).to.deep.equal([
      { row: 1, cells: ['a', 'b'] },
      { row: 4, cells: ['1', '2'] },
    ]);
  });

  it('keeps rows of differing lengths, and line breaks in cells', async () => {
    const { rows } = await readTable({ bytes: Buffer.from('a,b,c\n1\n"x\ny",2,3,4\n') });

    expect(rows.map(({ cells }) => cells)).to.deep.equal([
      ['a', 'b', 'c'],
      ['1'],
      ['x\ny', '2', '3', '4'],
    ]);
  });

  it('says the row of a quotation mark that does not close', async () => {
    const fault = await faultOf(readTable({ bytes: Buffer.from('a,b\n1,2\n"3,4\n') }));

    expect(fault).to.deep.include({ code: 'table.unreadable', status: 400 });
    expect(fault.values).to.have.property('row', 3);
  });

  it('refuses what is no text, and letters that were lost before', async () => {
    expect((await faultOf(readTable({ bytes: Buffer.from([1, 0, 2, 3, 255]) }))).code).to.equal(
      'file.binary',
    );
    expect((await faultOf(readTable({ bytes: Buffer.from('a\nZo\uFFFD\n') }))).code).to.equal(
      'file.damaged-characters',
    );
    expect((await faultOf(readTable({ bytes: Buffer.from(' \n \n') }))).code).to.equal(
      'table.empty',
    );
  });

  it('refuses more rows, columns or cells than it was asked to read', async () => {
    const bytes = Buffer.from('1,2,3\n1,2,3\n1,2,3\n');

    for (const limits of [{ rows: 2 }, { columns: 2 }, { cells: 8 }])
      expect(await faultOf(readTable({ bytes, limits }))).to.deep.include({
        code: 'table.too-large',
        status: 413,
        values: { what: Object.keys(limits)[0], limit: Object.values(limits)[0] },
      });
    expect(
      (await readTable({ bytes, limits: { rows: 3, columns: 3, cells: 9 } })).rows,
    ).to.have.length(3);
  });

  it('refuses 100,000 rows', async () => {
    const fault = await faultOf(readTable({ bytes: Buffer.from('1,2\n'.repeat(100_000)) }));

    expect(fault.values).to.deep.equal({ limit: 20_000, what: 'rows' });
  });
});

describe('readTable, of a workbook', () => {
  it('reads text, numbers, dates and truths as a spreadsheet shows them', async () => {
    const bytes = buildWorkbook(
      `<row r="1">${textCell('A1', 'Zoë &amp; co')}<c r="B1"><v>7.5</v></c><c r="D1" t="b"><v>1</v></c></row>` +
        `<row r="4"><c r="A4" t="d"><v>2026-01-31T00:00:00Z</v></c></row>`,
    );

    expect((await readTable({ bytes })).rows).to.deep.equal([
      { row: 1, cells: ['Zoë & co', '7.5', '', 'TRUE'] },
      { row: 4, cells: ['2026-01-31T00:00:00.000Z', '', '', ''] },
    ]);
  });

  it('takes the saved value of a formula, and never looks at macros or links to other files', async () => {
    const bytes = buildWorkbook(
      '<row r="1"><c r="A1"><f>HYPERLINK("http://evil.example")</f><v>3</v></c></row>',
      [
        { name: 'xl/vbaProject.bin', content: 'Sub Auto_Open()' },
        { name: 'xl/externalLinks/externalLink1.xml', content: '<externalLink/>' },
      ],
    );

    expect((await readTable({ bytes })).rows).to.deep.equal([{ row: 1, cells: ['3'] }]);
  });

  it('refuses a bomb by what its list says, before anything is unpacked', async () => {
    const bytes = buildWorkbook('', [
      { name: 'xl/bomb.xml', content: Buffer.alloc(33 * 1024 * 1024, ' ') },
    ]);

    expect(bytes.length).to.be.lessThan(100_000);
    expect(await faultOf(readTable({ bytes }))).to.deep.include({
      code: 'table.too-large',
      values: { limit: 32, what: 'MB unpacked' },
    });
  });

  it('refuses a bomb whose list claims less, and a file that the list leaves out', async () => {
    const bomb = { name: 'xl/bomb.xml', content: Buffer.alloc(8 * 1024 * 1024, ' ') };

    for (const lie of [{ claimed: 100 }, { hidden: true }])
      expect(
        (await faultOf(readTable({ bytes: buildWorkbook('', [{ ...bomb, ...lie }]) }))).code,
      ).to.equal('table.damaged');
    const middle = workbookFiles('');
    middle.splice(1, 0, { ...bomb, hidden: true });
    expect((await faultOf(readTable({ bytes: buildArchive(middle) }))).code).to.equal(
      'table.damaged',
    );
  });

  it('refuses a single cell a million rows down, and two million cells', async () => {
    const far = buildWorkbook(`<row r="1048576">${textCell('XFD1048576', 'far')}</row>`);
    const wide = buildWorkbook(`<row r="1">${textCell('XFD1', 'far')}</row>`);
    const filled = `${'<c r="A1"><v>1</v></c>'.repeat(1_000)}`;
    const many = buildWorkbook(`<row r="1">${filled}</row>`.repeat(2_000));

    const said = [];
    for (const bytes of [far, wide, many])
      said.push((await faultOf(readTable({ bytes }))).values['what']);
    expect(said).to.deep.equal(['rows', 'columns', 'MB unpacked']);
  });

  it('ends the reading of a sheet that costs too much memory, however its addresses are written', async () => {
    const endless = buildWorkbook(`<row r='4000000000'><c r='A4000000000'><v>1</v></c></row>`);

    const reading = readTable({ bytes: endless, limits: { threadMegabytes: 32 } });

    expect((await faultOf(reading)).code).to.equal('table.costly');
  });

  it('refuses what is damaged, protected by a password, or an old .xls file, in words', async () => {
    const whole = buildWorkbook('');
    const cut = whole.subarray(0, whole.length - 30);
    const locked = buildWorkbook('', [{ name: 'a.xml', content: 'x', encrypted: true }]);
    const old = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(512)]);
    const noWorkbook = buildArchive([{ name: 'word/document.xml', content: '<w/>' }]);

    const codes = [];
    for (const bytes of [cut, locked, old, noWorkbook])
      codes.push((await faultOf(readTable({ bytes }))).code);
    expect(codes).to.deep.equal([
      'table.damaged',
      'table.encrypted',
      'table.encrypted',
      'table.damaged',
    ]);
  });

  it('expands no entities of a document type', async () => {
    const [workbook, relations] = workbookFiles('');
    const sheet = `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet><sheetData><row r="1">${textCell('A1', '&b;')}</row></sheetData></worksheet>`;
    const bytes = buildArchive([
      ...(workbook && relations ? [workbook, relations] : []),
      { name: 'xl/worksheets/sheet1.xml', content: sheet },
    ]);

    const read = await readTable({ bytes }).catch((error: unknown) => error);

    expect(JSON.stringify(read)).not.to.contain('aaaaaaaaaa');
  });
});

describe('writeWorkbook', () => {
  const columns = [
    { header: 'name', value: (row: (typeof rows)[number]) => row[0] },
    { header: 'score', value: (row: (typeof rows)[number]) => row[1] },
    { header: 'day', value: (row: (typeof rows)[number]) => row[2] },
  ];
  const rows: [string, number | null, Date | null][] = [
    ['=HYPERLINK("http://evil.example","x")', -7.5, new Date('2026-01-31')],
    ['学生 <b>&', null, null],
  ];

  it('is read back as it was written, and its formulas are text', async () => {
    const bytes = await writeWorkbook({ columns, rows, sheet: "it's [all]: a/b" });

    expect((await readTable({ bytes })).rows.map(({ cells }) => cells)).to.deep.equal([
      ['name', 'score', 'day'],
      ['=HYPERLINK("http://evil.example","x")', '-7.5', '2026-01-31T00:00:00.000Z'],
      ['学生 <b>&', '', ''],
    ]);
    expect(bytes.toString('latin1')).not.to.contain('<f>');
  });

  it('agrees with the CSV of the same table', async () => {
    const csv = await text(streamCsv({ columns, rows, withMark: true }));

    const read = await readTable({ bytes: Buffer.from(csv) });
    expect(read.rows[2]?.cells).to.deep.equal(['学生 <b>&', '', '']);
  });
});

async function faultOf(reading: Promise<Table>): Promise<AppError> {
  const error = await reading.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!isAppError(error)) throw new Error(`not refused in our words: ${String(error)}`);
  return error;
}
