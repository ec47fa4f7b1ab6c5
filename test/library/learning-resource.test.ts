import { expect } from 'chai';
import mongoose from 'mongoose';
import {
  countLiveResources,
  getResource,
  libraryRevision,
  listResources,
  retireResources,
  searchResources,
  type ResourceSearch,
} from '../../src/library/learning-resource.model.js';
import { beginLibraryChange, endLibraryChange } from '../../src/library/library-state.model.js';
import {
  buildCountStages,
  buildFacetStages,
  buildPageStages,
  type QueryStage,
  type ResourceFilters,
} from '../../src/library/resource-search.js';
import {
  aResource,
  createSmallFramework,
  importCsv,
  importSmall,
  VIEWER,
} from './small-library.js';
import { NOW } from '../frameworks/him-page-text.js';

const DEPLOYMENT = { deployment: 'd1' };

describe('countLiveResources', () => {
  it('counts a resource once for each competency, without retired ones and ended links', async () => {
    const ids = await identifiers();
    await importSmall(
      [
        aResource({ serves: ['Do the first thing (with care).', 'Do the second thing'] }),
        aResource({ key: 'two', url: 'https://resources.example/two' }),
        aResource({ key: 'gone', url: 'https://resources.example/gone' }),
      ],
      { collection: 'set' },
    );
    await importSmall(
      [
        aResource({ serves: ['Do the second thing'] }),
        aResource({ key: 'two', url: 'https://resources.example/two' }),
      ],
      { collection: 'set' },
    );

    const counts = await countLiveResources({ framework: 'small', viewer: VIEWER });

    expect(ids.map((id) => counts.get(id) ?? 0)).to.deep.equal([1, 1, 0, 0]);
  });

  it('counts for a deployment what it and the instance own, the same address once', async () => {
    const [first = ''] = await identifiers();
    const owner = { kind: 'deployment' as const, id: 'd1' };
    await importSmall([aResource()]);
    await importSmall(
      [
        aResource({ key: 'copy', title: 'Our copy' }),
        aResource({ key: 'own', url: 'https://own.example/' }),
      ],
      { owner },
    );

    const numbers = [];
    for (const viewer of [VIEWER, DEPLOYMENT, { deployment: 'd2' }])
      numbers.push((await countLiveResources({ framework: 'small', viewer })).get(first));

    expect(numbers).to.deep.equal([1, 2, 1]);
    const found = await search({ item: first, viewer: DEPLOYMENT });
    expect(found.total).to.equal(2);
    expect(found.results.map(({ title }) => title).sort()).to.deep.equal([
      'A resource',
      'Our copy',
    ]);
  });

  it('is kept until the library changes, and not kept while a change is under way', async () => {
    await identifiers();
    await importSmall([aResource()]);
    const first = await countLiveResources({ framework: 'small', viewer: VIEWER });

    expect(await countLiveResources({ framework: 'small', viewer: VIEWER })).to.equal(first);

    await beginLibraryChange('instance');
    expect(await countLiveResources({ framework: 'small', viewer: VIEWER })).not.to.equal(first);
    await endLibraryChange('instance');
    const after = await countLiveResources({ framework: 'small', viewer: VIEWER });
    expect(after).to.deep.equal(first);
    expect(after).not.to.equal(first);
  });
});

describe('searchResources', () => {
  it('puts lessons first, then what serves fewest competencies, then the title', async () => {
    const [first = ''] = await identifiers();
    await importSmall([
      aResource({
        key: 'c',
        title: 'Wide',
        url: 'https://resources.example/c',
        serves: ['Do the first thing (with care).', 'Do the second thing'],
      }),
      aResource({ key: 'b', title: 'Zebra', url: 'https://resources.example/b' }),
      aResource({ key: 'a', title: 'élan', url: 'https://resources.example/a' }),
    ]);

    const { results } = await search({ item: first });

    expect(results.map(({ title }) => title)).to.deep.equal(['élan', 'Zebra', 'Wide']);
  });

  const filterCases: { title: string; filters: ResourceFilters; found: string[] }[] = [
    { title: 'kind', filters: { kind: 'video' }, found: ['video'] },
    { title: 'up to 15 minutes', filters: { duration: '15' }, found: ['short'] },
    {
      title: 'up to 60 minutes, the shorter ones too',
      filters: { duration: '60' },
      found: ['hour', 'short'],
    },
    { title: 'more than 60 minutes', filters: { duration: 'more' }, found: ['long'] },
    { title: 'open licences', filters: { licence: 'open' }, found: ['hour', 'long', 'short'] },
    { title: 'licences with conditions', filters: { licence: 'conditions' }, found: ['video'] },
    { title: 'licences not stated', filters: { licence: 'unknown' }, found: ['spanish'] },
    { title: 'language', filters: { language: 'es' }, found: ['spanish'] },
    { title: 'difficulty', filters: { difficulty: 'advanced' }, found: ['long'] },
    {
      title: 'two at once',
      filters: { licence: 'open', duration: '60' },
      found: ['hour', 'short'],
    },
    { title: 'a value nothing has', filters: { kind: 'podcast' }, found: [] },
  ];
  for (const { title, filters, found } of filterCases) {
    it(`filters by ${title}`, async () => {
      const [first = ''] = await identifiers();
      await importVariety();

      const { results, total } = await search({ item: first, filters });

      expect(results.map((resource) => resource.title).sort()).to.deep.equal(found);
      expect(total).to.equal(found.length);
    });
  }

  it('counts each facet beside the other filters', async () => {
    const [first = ''] = await identifiers();
    await importVariety();

    const { facets } = await search({ item: first, filters: { licence: 'open', kind: 'reading' } });

    expect(facets.licence).to.deep.equal([
      { value: 'open', count: 3 },
      { value: 'unknown', count: 1 },
    ]);
    expect(facets.kind).to.deep.equal([{ value: 'reading', count: 3 }]);
    expect(facets.duration).to.deep.equal([
      { value: '15', count: 1 },
      { value: '60', count: 2 },
      { value: 'more', count: 1 },
    ]);
  });

  const typed = [
    { text: 'statistics', readAs: [] },
    { text: 'STATISTICS', readAs: [] },
    { text: 'statis', readAs: [] },
    { text: 'statstics', readAs: [{ typed: 'statstics', as: 'statistics' }] },
    { text: 'statisitcs', readAs: [{ typed: 'statisitcs', as: 'statistics' }] },
    { text: 'healt statistcs', readAs: [{ typed: 'statistcs', as: 'statistics' }] },
    { text: 'the statistics of health', readAs: [] },
  ];
  for (const { text, readAs } of typed) {
    it(`finds the resource on health statistics by “${text}”`, async () => {
      await identifiers();
      await importSmall([
        aResource({ title: 'Health statistics', url: 'https://resources.example/s', key: 's' }),
        aResource({ title: 'Health law', url: 'https://resources.example/l', key: 'l' }),
      ]);

      const found = await search({ text });

      expect(found.results.map(({ title }) => title)).to.deep.equal(['Health statistics']);
      expect(found.readAs).to.deep.equal(readAs);
    });
  }

  it('puts a word in the title before one in the description', async () => {
    await identifiers();
    await importSmall([
      aResource({
        title: 'A',
        description: 'On coding.',
        url: 'https://resources.example/a',
        key: 'a',
      }),
      aResource({
        title: 'Zen of coding',
        description: '',
        url: 'https://resources.example/z',
        key: 'z',
      }),
    ]);

    expect((await search({ text: 'coding' })).results.map(({ title }) => title)).to.deep.equal([
      'Zen of coding',
      'A',
    ]);
  });

  it('asks for three in five of many words', async () => {
    await identifiers();
    await importSmall([
      aResource({
        title: 'Audit trails and access logs',
        url: 'https://resources.example/a',
        key: 'a',
      }),
      aResource({ title: 'Access roads', url: 'https://resources.example/b', key: 'b' }),
    ]);

    const { results } = await search({ text: 'summarize audit trails access monitoring' });

    expect(results.map(({ title }) => title)).to.deep.equal(['Audit trails and access logs']);
  });

  const hostile = [
    '.*',
    '$where',
    '{"$gt":""}',
    '\u0000',
    '(((',
    'a'.repeat(5_000),
    '%00',
    '\u202e',
  ];
  for (const text of hostile) {
    it(`finds nothing and breaks nothing for ${JSON.stringify(text.slice(0, 12))}`, async () => {
      await identifiers();
      await importSmall([aResource()]);

      const { total } = await search({ text });

      expect(total).to.be.oneOf([0, 1]);
    });
  }

  it('gives the last page for a page beyond it, and an empty one where there is nothing', async () => {
    const [first = '', second = ''] = await identifiers();
    await importSmall(
      Array.from({ length: 21 }, (_, at) =>
        aResource({ key: `k${at}`, url: `https://resources.example/${at}` }),
      ),
    );

    const beyond = await search({ item: first, page: 99 });

    expect(beyond).to.include({ page: 2, pages: 2, total: 21 });
    expect(beyond.results).to.have.length(1);
    expect(await search({ item: second, page: 3 })).to.include({ total: 0, page: 1, pages: 1 });
  });
});

describe('getResource, listResources and libraryRevision', () => {
  it('show a deployment’s resource to its launches only', async () => {
    const [first = ''] = await identifiers();
    await importSmall([aResource()], { owner: { kind: 'deployment', id: 'd1' } });
    const [resource] = (await search({ item: first, viewer: DEPLOYMENT })).results;
    const id = resource?.id ?? '';

    expect((await getResource({ resource: id, viewer: DEPLOYMENT })).id).to.equal(id);
    expect(await listResources({ ids: [id], viewer: { deployment: 'd2' } })).to.deep.equal([]);
    const refused = await getResource({ resource: id, viewer: VIEWER }).catch(
      (error: { code: string }) => error.code,
    );
    expect(refused).to.equal('library.not-found');
  });

  it('find a retired resource still, under a grown revision', async () => {
    const [first = ''] = await identifiers();
    await importSmall([aResource()], { collection: 'set' });
    const [resource] = (await search({ item: first })).results;
    const before = await libraryRevision({ viewer: VIEWER });

    await retireResources({ ownerKey: 'instance', ids: [resource?.id ?? ''], now: NOW });
    await endLibraryChange('instance');

    expect((await search({ item: first })).total).to.equal(0);
    expect(await getResource({ resource: resource?.id ?? '', viewer: VIEWER })).to.include({
      status: 'retired',
    });
    expect(await libraryRevision({ viewer: VIEWER })).to.be.greaterThan(before);
  });
});

// More than the ten thousand from which the engine's sorted queries failed before it was configured (error 224).
describe('the queries on 12,000 resources', () => {
  it('run by an index that carries their order, and look at no more than they show', async function () {
    this.timeout(90_000);
    const ids = await identifiers();
    const rows = Array.from({ length: 12_000 }, (_, at) =>
      [
        `Title ${at % 50} of thing ${at}`,
        `https://resources.example/${at}`,
        ['video', 'course', 'book'][at % 3],
        (at % 90) + 1,
        ids[at % 4],
      ].join(','),
    );
    await importCsv(['title,url,kind,duration,serves', ...rows].join('\n'));
    const item = ids[1] ?? '';

    const page = await explain(
      buildPageStages({
        framework: 'small',
        item,
        terms: [],
        viewer: VIEWER,
        filters: {},
        page: 2,
      }),
    );
    const filtered = await explain(
      buildPageStages({
        framework: 'small',
        item,
        terms: [],
        viewer: VIEWER,
        filters: { kind: 'video', duration: '60' },
        page: 1,
      }),
    );
    const facets = await explain(
      buildFacetStages({ framework: 'small', item, terms: [], viewer: VIEWER }),
    );
    const words = await explain(
      buildFacetStages({
        framework: 'small',
        item: null,
        terms: [{ typed: '77', words: ['77'] }],
        viewer: VIEWER,
      }),
    );
    const counts = await explain(buildCountStages({ framework: 'small', viewer: VIEWER }));

    for (const plan of [page, filtered, facets, words, counts])
      expect(plan.text)
        .to.match(/IXSCAN/)
        .and.not.match(/COLLSCAN/);
    expect(page.text).not.to.match(/"stage":"SORT"/);
    expect(filtered.text).not.to.match(/"stage":"SORT"/);
    expect(page.examined).to.be.at.most(41);
    expect(facets.examined).to.equal(3_000);
    expect(words.examined).to.be.lessThan(20);
    for (const viewer of [VIEWER, DEPLOYMENT]) {
      expect((await search({ item, viewer, filters: { kind: 'video' } })).total).to.equal(1_000);
      expect((await search({ item, viewer, text: 'title thing 77' })).total).to.be.greaterThan(0);
      expect((await search({ text: 'titel', viewer })).total).to.equal(12_000);
      expect((await countLiveResources({ framework: 'small', viewer })).get(item)).to.equal(3_000);
    }
  });
});

async function identifiers(): Promise<string[]> {
  return (await createSmallFramework()).competencies.map(({ identifier }) => identifier);
}

function search(options: Partial<Parameters<typeof searchResources>[0]>): Promise<ResourceSearch> {
  return searchResources({
    framework: 'small',
    item: null,
    text: '',
    filters: {},
    page: 1,
    viewer: VIEWER,
    ...options,
  });
}

async function importVariety(): Promise<void> {
  const some = (key: string, overrides: Record<string, unknown>) =>
    aResource({ key, title: key, url: `https://resources.example/${key}`, ...overrides });
  await importSmall([
    some('short', { durationMinutes: 15 }),
    some('hour', { durationMinutes: 60, licence: 'US Government work (public domain)' }),
    some('long', { durationMinutes: 61, difficulty: 'advanced' }),
    some('video', { kind: 'video', durationMinutes: null, licence: 'CC BY-NC-SA 4.0' }),
    some('spanish', { language: 'es', licence: null, durationMinutes: null }),
  ]);
}

/** The winning plan as text, and how many documents were looked at. */
async function explain(stages: QueryStage[]): Promise<{ text: string; examined: number }> {
  const { db } = mongoose.connection;
  if (!db) throw new Error('no connection');
  const pipeline = stages.map((stage) => ({ ...stage }));
  const plan = await db
    .collection('learningResources')
    .aggregate(pipeline)
    .explain('executionStats');
  const text = JSON.stringify(plan, (key, value: unknown) =>
    key === 'rejectedPlans' ? undefined : value,
  );
  const examined = [...text.matchAll(/"totalDocsExamined":(\d+)/g)].map(([, number]) =>
    Number(number),
  );
  return { text, examined: Math.max(...examined) };
}
