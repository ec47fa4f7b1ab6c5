import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { createOutput, drawTable } from '../../src/commands/output.js';
import { isWanted, type ExportFilter } from '../../src/commands/statement-command.js';
import type { Statement } from '../../src/xapi/statement.js';
import { VERBS } from '../../src/xapi/vocabulary.js';

const columns = [
  { title: 'name', value: (row: { name: string | null; count: number }) => row.name },
  { title: 'count', value: (row: { name: string | null; count: number }) => row.count },
];

describe('drawTable', () => {
  it('aligns columns, numbers to the right, and marks what is empty', () => {
    const drawn = drawTable({
      columns,
      rows: [
        { name: 'Zoë', count: 5 },
        { name: null, count: 1200 },
      ],
    });

    expect(drawn).to.equal('name  count\nZoë       5\n-      1200');
  });

  it('lets no control character of a name reach the terminal', () => {
    const drawn = drawTable({ columns, rows: [{ name: 'a\u001b[31m\nb', count: 1 }] });

    expect(drawn.split('\n')).to.have.length(2);
    expect(drawn).not.to.contain('\u001b');
  });
});

describe('createOutput', () => {
  const write = async (isJson: boolean) => {
    const [out, err] = [new PassThrough(), new PassThrough()];
    const output = createOutput({ isJson, terminal: { out, err } });
    output.table({ columns, rows: [], empty: 'Nothing yet.' });
    output.note('on the way');
    out.end();
    err.end();
    return { out: await text(out), err: await text(err) };
  };

  it('says in a sentence that a list is empty, and gives programs an empty list', async () => {
    expect((await write(false)).out).to.equal('Nothing yet.\n');
    expect((await write(true)).out).to.equal('[]\n');
  });

  it('keeps what happens on the way out of the result', async () => {
    expect((await write(true)).err).to.equal('on the way\n');
  });
});

describe('isWanted', () => {
  const at = new Date('2026-05-03T08:00:00Z');
  const all: ExportFilter = { since: null, until: null, verb: null, activity: null };
  const statement: Statement = {
    actor: { account: { homePage: 'https://tool.example/learners', name: 'a' } },
    verb: { id: VERBS.completed },
    object: { id: 'https://tool.example/a/1' },
  };
  const entry = { statement, stored: at, isVoided: false };
  const voiding = { ...statement, object: { objectType: 'StatementRef' as const, id: 'x' } };

  const cases = [
    { title: 'everything without a filter', entry, filter: {}, isIn: true },
    { title: 'no voided statement', entry: { ...entry, isVoided: true }, filter: {}, isIn: false },
    { title: 'nothing stored at the moment of --since', entry, filter: { since: at }, isIn: false },
    { title: 'what was stored at the moment of --until', entry, filter: { until: at }, isIn: true },
    { title: 'no other verb', entry, filter: { verb: VERBS.launched }, isIn: false },
    { title: 'the activity', entry, filter: { activity: 'https://tool.example/a/1' }, isIn: true },
    {
      title: 'no statement that refers to a statement of that id',
      entry: { ...entry, statement: voiding },
      filter: { activity: 'x' },
      isIn: false,
    },
  ];
  for (const { title, entry: given, filter, isIn } of cases) {
    it(`takes ${title}`, () => {
      expect(isWanted(given, { ...all, ...filter })).to.equal(isIn);
    });
  }
});
