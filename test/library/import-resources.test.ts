import { expect } from 'chai';
import { AppError } from '../../src/http/errors.js';
import {
  countLiveResources,
  libraryRevision,
  listServingResources,
  searchResources,
} from '../../src/library/learning-resource.model.js';
import { describeFault } from '../../src/library/import-resources.js';
import { listResourcesForCli } from '../../src/library/list-for-cli.js';
import {
  aResource,
  createSmallFramework,
  importCsv,
  importSmall,
  VIEWER,
} from './small-library.js';

const HEAD =
  'key,title,publisher,url,licence,language,kind,durationMinutes,difficulty,description,serves';
const ROW =
  'k1,Coding basics,A publisher,https://resources.example/k1,CC BY 4.0,en,course,45,advanced,About coding.,Do the second thing';
const LATER = new Date('2026-05-01T00:00:00Z');

describe('importResources', () => {
  it('imports a JSON file and is found by competency', async () => {
    const tree = await createSmallFramework();

    const result = await importSmall([
      aResource(),
      aResource({
        key: 'two',
        url: 'https://resources.example/two',
        serves: ['Domain one / Subdomain B / Do the third thing.'],
      }),
    ]);

    expect(result).to.include({ rows: 2, created: 2, updated: 0, unchanged: 0, skipped: 0 });
    const counts = await countLiveResources({ framework: 'small', viewer: VIEWER });
    expect(tree.competencies.map(({ identifier }) => counts.get(identifier) ?? 0)).to.deep.equal([
      1, 0, 1, 0,
    ]);
  });

  it('changes nothing, not even the revision, when the same file comes again', async () => {
    await createSmallFramework();
    await importSmall([aResource()], { collection: 'starter' });
    const before = { revision: await libraryRevision({ viewer: VIEWER }), all: await everything() };

    const again = await importSmall([aResource()], { collection: 'starter', now: LATER });

    expect(again).to.include({ created: 0, updated: 0, unchanged: 1, retired: 0 });
    expect({
      revision: await libraryRevision({ viewer: VIEWER }),
      all: await everything(),
    }).to.deep.equal(before);
  });

  it('keeps the resource and its address under its key when its url changes', async () => {
    await createSmallFramework();
    await importSmall([aResource()]);
    const [before] = await everything();

    await importSmall([aResource({ url: 'https://moved.example/one' })], { now: LATER });

    const [after, ...others] = await everything();
    expect(others).to.deep.equal([]);
    expect(after).to.include({
      id: before?.id,
      iri: before?.iri,
      url: 'https://moved.example/one',
    });
  });

  it('takes another spelling of the same address for the same resource', async () => {
    await createSmallFramework();
    await importSmall([aResource({ key: null })]);

    const result = await importSmall([
      aResource({
        key: null,
        url: 'http://www.resources.example/one/?utm_source=x',
        title: 'Renamed',
      }),
    ]);

    expect(result).to.include({ created: 0, updated: 1 });
    expect((await everything()).map(({ title }) => title)).to.deep.equal(['Renamed']);
  });

  it('ends a link that the file no longer names and keeps it in the history', async () => {
    const tree = await createSmallFramework();
    const [first, second] = tree.competencies;
    await importSmall([
      aResource({ serves: ['Do the first thing (with care).', 'Do the second thing'] }),
    ]);

    const result = await importSmall([aResource({ serves: ['Do the second thing'] })], {
      now: LATER,
    });

    const [resource] = await listServingResources({
      framework: 'small',
      items: [first?.identifier ?? ''],
      viewer: VIEWER,
    });
    expect(result.endedLinks).to.equal(1);
    expect(resource?.serves.find(({ item }) => item === first?.identifier)?.until).to.deep.equal(
      LATER,
    );
    expect(resource?.serves.find(({ item }) => item === second?.identifier)?.until).to.equal(null);
    expect(
      (await countLiveResources({ framework: 'small', viewer: VIEWER })).get(
        first?.identifier ?? '',
      ),
    ).to.equal(undefined);
  });

  it('retires what a collection no longer holds, and takes it back', async () => {
    await createSmallFramework();
    await importSmall(
      [aResource(), aResource({ key: 'two', url: 'https://resources.example/two' })],
      { collection: 'starter' },
    );

    const without = await importSmall([aResource()], { collection: 'starter', now: LATER });

    expect(without.retired).to.equal(1);
    expect((await everything()).map(({ status }) => status).sort()).to.deep.equal([
      'live',
      'retired',
    ]);

    const back = await importSmall(
      [aResource(), aResource({ key: 'two', url: 'https://resources.example/two' })],
      { collection: 'starter', now: LATER },
    );

    expect(back).to.include({ updated: 1, retired: 0 });
    expect((await everything()).map(({ status }) => status)).to.deep.equal(['live', 'live']);
  });

  const badRows: {
    title: string;
    resource: Record<string, unknown>;
    column: string;
    says: RegExp;
  }[] = [
    {
      title: 'without an address',
      resource: aResource({ url: null }),
      column: 'url',
      says: /address is missing/,
    },
    {
      title: 'with a javascript: address',
      resource: aResource({ url: 'javascript:alert(1)' }),
      column: 'url',
      says: /Only addresses that begin with https/,
    },
    {
      title: 'with a data: address',
      resource: aResource({ url: 'data:text/html,x' }),
      column: 'url',
      says: /Only addresses that begin with https/,
    },
    {
      title: 'with a file: address',
      resource: aResource({ url: 'file:///etc/passwd' }),
      column: 'url',
      says: /Only addresses that begin with https/,
    },
    {
      title: 'that says it is a lesson of ours',
      resource: aResource({ url: null, kind: 'lesson' }),
      column: 'url',
      says: /address is missing/,
    },
    {
      title: 'without a title',
      resource: aResource({ title: ' ' }),
      column: 'title',
      says: /title is missing/,
    },
    {
      title: 'with half a minute',
      resource: aResource({ durationMinutes: 0.5 }),
      column: 'durationMinutes',
      says: /no whole number of minutes/,
    },
    {
      title: 'with an unknown difficulty',
      resource: aResource({ difficulty: 'brutal' }),
      column: 'difficulty',
      says: /none of introductory/,
    },
    {
      title: 'with a language that is none',
      resource: aResource({ language: 'English (US)' }),
      column: 'language',
      says: /no language tag/,
    },
    {
      title: 'with an object for a title',
      resource: aResource({ title: { $gt: '' } }),
      column: 'title',
      says: /not what belongs here/,
    },
    {
      title: 'with a competency that is near another',
      resource: aResource({ serves: ['Do the furst thing with care'] }),
      column: 'serves',
      says: /Did you mean “Domain one \/ Subdomain A \/ Do the first thing \(with care\)\.”/,
    },
    {
      title: 'with a competency like no other',
      resource: aResource({ serves: ['Zzz'] }),
      column: 'serves',
      says: /has no competency “Zzz”\.$/,
    },
  ];
  for (const { title, resource, column, says } of badRows) {
    it(`refuses a row ${title}, names row and column, and imports nothing`, async () => {
      await createSmallFramework();

      const error = await faultOf(() =>
        importSmall([aResource({ key: 'good', url: 'https://resources.example/good' }), resource]),
      );

      expect(error.code).to.equal('library.rows-refused');
      expect(error.fields[`Row 2, ${column}`]).to.match(says);
      expect(await everything()).to.deep.equal([]);
      expect(await libraryRevision({ viewer: VIEWER })).to.equal(0);
    });
  }

  it('imports the good rows and tells the bad ones when asked to', async () => {
    await createSmallFramework();

    const result = await importSmall(
      [aResource({ url: 'javascript:1' }), aResource({ key: 'good' })],
      { skipBad: true },
    );

    expect(result).to.include({ rows: 2, created: 1, skipped: 1 });
    expect(result.faults.map((fault) => describeFault(fault, 'en').place)).to.deep.equal([
      'Row 1, url',
    ]);
    expect((await everything()).map(({ serves }) => serves)).to.have.length(1);
  });

  it('refuses the same key or address twice in a file, naming the first', async () => {
    await createSmallFramework();

    const error = await faultOf(() =>
      importSmall([
        aResource(),
        aResource({ url: 'https://resources.example/other' }),
        aResource({ key: 'three', url: 'https://www.resources.example/one#x' }),
      ]),
    );

    expect(error.fields).to.deep.equal({
      'Row 2, key': 'This is the same as in row 1.',
      'Row 3, url': 'This is the same as in row 1.',
    });
  });

  it('refuses a row whose key is one stored resource and whose address another', async () => {
    await createSmallFramework();
    await importSmall([
      aResource(),
      aResource({ key: 'two', title: 'The other', url: 'https://resources.example/two' }),
    ]);

    const error = await faultOf(() =>
      importSmall([aResource({ url: 'https://resources.example/two' })]),
    );

    expect(error.fields['Row 1, url']).to.match(/“The other”/);
  });

  it('refuses a file for another framework, and a framework that is not there', async () => {
    await createSmallFramework();
    const text = JSON.stringify({ schemaVersion: 1, framework: 'him', resources: [aResource()] });

    expect((await faultOf(() => importSmall([], { text }))).code).to.equal(
      'library.other-framework',
    );
    expect((await faultOf(() => importSmall([aResource()], { framework: 'him' }))).code).to.equal(
      'framework.not-found',
    );
  });
});

describe('importResources from CSV', () => {
  const sameTexts: { title: string; text: string | Uint8Array }[] = [
    { title: 'UTF-8', text: `${HEAD}\n${ROW}\n` },
    { title: 'a byte order mark and CRLF', text: `\uFEFF${HEAD}\r\n${ROW}\r\n` },
    { title: 'UTF-8 bytes with a mark', text: Buffer.from(`\uFEFF${HEAD}\n${ROW}`) },
    { title: 'UTF-16 with a mark', text: Buffer.from(`\uFEFF${HEAD}\n${ROW}`, 'utf16le') },
    { title: 'UTF-16 without a mark', text: Buffer.from(`${HEAD}\n${ROW}`, 'utf16le') },
    { title: 'Latin-1', text: Buffer.from(`${HEAD}\n${ROW}`, 'latin1') },
    { title: 'semicolons', text: `${HEAD}\n${ROW}`.replaceAll(',', ';') },
    { title: 'tabs', text: `${HEAD}\n${ROW}`.replaceAll(',', '\t') },
    { title: 'Excel’s sep line', text: `sep=;\n${`${HEAD}\n${ROW}`.replaceAll(',', ';')}` },
    { title: 'blank lines and empty rows', text: `${HEAD}\n\n,,,,\n${ROW}\n\n` },
    {
      title: 'quoted cells',
      text: `${HEAD}\n${ROW.split(',')
        .map((cell) => `"${cell}"`)
        .join(',')}`,
    },
    {
      title: 'other spellings of the head',
      text: `${HEAD.replace('licence', 'License').replace('durationMinutes', 'Duration (minutes)').replace('url', 'URL')}\n${ROW}`,
    },
  ];
  for (const { title, text } of sameTexts) {
    it(`reads ${title}`, async () => {
      await createSmallFramework();

      await importCsv(text);

      const [resource] = await everything();
      expect(resource).to.include({
        title: 'Coding basics',
        kind: 'course',
        durationMinutes: 45,
        difficulty: 'advanced',
        licence: 'CC BY 4.0',
        url: 'https://resources.example/k1',
      });
      expect(resource?.serves).to.have.length(1);
    });
  }

  it('reads letters beyond ASCII in Latin-1 and several competencies in one cell', async () => {
    await createSmallFramework();
    const row = ROW.replace('Coding basics', 'Évaluation — introduction').replace(
      'Do the second thing',
      '"Do the second thing | Do the third thing.\nDo the fourth thing."',
    );

    await importCsv(Buffer.from(`${HEAD}\n${row.replace('—', '-')}`, 'latin1'));

    const [resource] = await everything();
    expect(resource?.title).to.equal('Évaluation - introduction');
    expect(resource?.serves).to.have.length(3);
  });

  it('keeps what looks like a formula as text', async () => {
    await createSmallFramework();

    await importCsv(
      `${HEAD}\n${ROW.replace('Coding basics', `"=HYPERLINK(""https://evil.example"",""x"")"`)}`,
    );

    expect((await everything())[0]?.title).to.equal('=HYPERLINK("https://evil.example","x")');
  });

  const refused: { title: string; text: string | Uint8Array; says: RegExp }[] = [
    { title: 'an empty file', text: '', says: /the file is empty/ },
    { title: 'a head only', text: HEAD, says: /no resource is in it/ },
    {
      title: 'an unknown column',
      text: 'title,url,colour\na,https://a.example/,red',
      says: /“colour” is no column/,
    },
    {
      title: 'a column twice',
      text: 'title,url,title\na,https://a.example/,b',
      says: /“title” is there twice/,
    },
    { title: 'no url column', text: 'title,kind\na,book', says: /“url” is missing/ },
    { title: 'a quote that never ends', text: `${HEAD}\n"never ends,${ROW}`, says: /[Qq]uote/ },
    { title: 'a cell of megabytes', text: `${HEAD}\n"${'a'.repeat(300_000)}"`, says: /[Mm]ax/ },
  ];
  for (const { title, text, says } of refused) {
    it(`refuses ${title} with the reason`, async () => {
      await createSmallFramework();

      const error = await faultOf(() => importCsv(text));

      expect(error.code).to.be.oneOf(['library.file-unreadable', 'table.unreadable']);
      expect(String(error.values['reason'])).to.match(says);
      expect(await everything()).to.deep.equal([]);
    });
  }

  it('refuses a spreadsheet file that is no text', async () => {
    await createSmallFramework();

    expect(
      (await faultOf(() => importCsv(Buffer.from('PK\u0003\u0004\u0014\u0000\u0006\u0000')))).code,
    ).to.equal('file.binary');
  });

  it('names row and column as a spreadsheet counts them, and rows with too many cells', async () => {
    await createSmallFramework();
    const bad = ROW.replace('https://resources.example/k1', 'javascript:1').replace('k1', 'k2');

    const error = await faultOf(() =>
      importCsv(`${HEAD}\n${ROW}\n\n${bad}\n${ROW.replaceAll('k1', 'k3')},surplus`),
    );

    expect(Object.keys(error.fields)).to.deep.equal(['Row 4, url', 'Row 5']);
    expect(error.values).to.include({ bad: 2, rows: 3 });
  });

  it('imports 10,000 rows without holding them, and finds them all', async () => {
    const tree = await createSmallFramework();
    const ids = tree.competencies.map(({ identifier }) => identifier);
    const rows = Array.from(
      { length: 10_000 },
      (_, at) => `Resource ${at},https://resources.example/${at},${ids[at % 4] ?? ''}`,
    );

    const result = await importCsv(['title,url,serves', ...rows].join('\n'));

    expect(result).to.include({ rows: 10_000, created: 10_000 });
    const counts = await countLiveResources({ framework: 'small', viewer: VIEWER });
    expect(ids.map((id) => counts.get(id))).to.deep.equal([2500, 2500, 2500, 2500]);
    const last = await searchResources({
      framework: 'small',
      item: ids[0] ?? '',
      text: '',
      filters: {},
      page: 125,
      viewer: VIEWER,
    });
    expect(last).to.include({ total: 2500, pages: 125 });
    expect(last.results).to.have.length(20);
  }).timeout(60_000);
});

async function everything() {
  const found = await listServingResources({ framework: 'small', viewer: VIEWER });
  const lines = [];
  for await (const line of listResourcesForCli()) lines.push(line);
  expect(lines.map(({ id }) => id)).to.deep.equal(found.map(({ id }) => id));
  return found;
}

async function faultOf(action: () => Promise<unknown>): Promise<AppError> {
  try {
    await action();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('no fault was found');
}
