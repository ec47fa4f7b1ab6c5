import { expect } from 'chai';
import { isAppError } from '../../src/http/errors.js';
import {
  findFramework,
  findFrameworkState,
  getFramework,
  listFrameworks,
} from '../../src/frameworks/cf-document.model.js';
import { associationRows } from '../../src/frameworks/cf-association.model.js';
import { itemRows } from '../../src/frameworks/cf-item.model.js';
import {
  importFramework,
  prepareChange,
  readPackage,
  sweepRevisions,
  writeRevision,
  type ImportResult,
} from '../../src/frameworks/import-framework.js';
import { readTree } from '../../src/frameworks/read-tree.js';
import { INSTANCE_OWNER } from '../../src/frameworks/viewer.js';
import { NOW, pageWith, publishedPage, SMALL_BODY, URL } from './him-page-text.js';

const VIEWER = { deployment: null };
const LATER = new Date('2026-04-01T10:00:00Z');

describe('importFramework', () => {
  it('imports the published page as framework him with 8, 25, 75 and 3,516', async () => {
    const result = await importPage({ text: publishedPage() });

    expect(result).to.include({
      framework: 'him',
      title: 'Health Information Management (HIM) Competency Framework',
      isChanged: true,
      domains: 8,
      subdomains: 25,
      competencies: 75,
      publishedResources: 3516,
      added: 108,
      retired: 0,
    });
    const tree = await treeOf('him');
    expect(tree.roots).to.have.length(8);
    expect(tree.competencies).to.have.length(75);
    expect(tree.competencies[0]).to.include({
      fullStatement: 'Apply policies and procedures to ensure the accuracy of health data.',
      publishedResourceCount: 22,
      depth: 2,
    });
  });

  it('gives the identifiers that were given ever since', async () => {
    await importPage({ text: publishedPage() });

    const tree = await treeOf('him');

    expect(tree.framework.identifier).to.equal('a0e1cca6-5603-5313-a684-7ffba44a86e2');
    expect(tree.competencies[0]?.identifier).to.equal('a7a0684b-df5d-5e06-bc6b-cac3139b0ec3');
    expect(tree.competencies[74]?.identifier).to.equal('27351c15-bc3d-55af-ab5f-91b2b67ffce0');
  });

  it('makes addresses from identifiers and keeps them when our address changes', async () => {
    await importPage({ text: pageWith(SMALL_BODY) });
    await importPage({
      text: pageWith(SMALL_BODY.replace('(0)', '(7)')),
      url: 'https://other.example',
      now: LATER,
    });

    const tree = await treeOf('small');

    for (const item of tree.items.values())
      expect(item.uri).to.equal(`${URL}/frameworks/small/items/${item.identifier}`);
    expect(tree.framework.uri).to.equal(`${URL}/frameworks/small`);
  });

  it('changes nothing when the file is unchanged, also with other bullets, spaces and line ends', async () => {
    await importPage({ text: pageWith(SMALL_BODY) });
    const before = await getFramework({ framework: 'small', viewer: VIEWER });

    const again = await importPage({ text: pageWith(SMALL_BODY), now: LATER });
    const respelt = await importPage({
      text: pageWith(SMALL_BODY)
        .replaceAll('•', '-')
        .replaceAll('the ', 'the\u00a0')
        .replaceAll('\n', '\r\n'),
      now: LATER,
    });

    expect(again).to.include({ isChanged: false, revision: before.revision });
    expect(respelt).to.include({ isChanged: false, revision: before.revision });
    expect(await getFramework({ framework: 'small', viewer: VIEWER })).to.deep.equal(before);
  });

  it('keeps every identifier when only counts change, and says how many items changed', async () => {
    await importPage({ text: publishedPage() });
    const before = (await treeOf('him')).competencies.map(({ identifier }) => identifier);

    const result = await importPage({
      text: publishedPage().replaceAll(/\((\d+)\)$/gm, '(1$1)'),
      now: LATER,
    });

    expect(result).to.include({ isChanged: true, added: 0, changed: 75, retired: 0 });
    expect((await treeOf('him')).competencies.map(({ identifier }) => identifier)).to.deep.equal(
      before,
    );
  });

  it('retires an absent competency, keeps it to be found, and takes it back under the same identifier', async () => {
    await importPage({ text: pageWith(SMALL_BODY) });
    const [, second] = (await treeOf('small')).competencies;

    const result = await importPage({ text: pageWith(withoutSecond()), now: LATER });

    const tree = await treeOf('small');
    expect(result).to.include({ added: 0, retired: 1 });
    expect(tree.competencies.map(({ fullStatement }) => fullStatement)).not.to.include(
      'Do the second thing',
    );
    expect(tree.items.get(second?.identifier ?? '')).to.include({
      isRetired: true,
      fullStatement: 'Do the second thing',
    });
    expect(
      tree.pathTo(second?.identifier ?? '').map(({ fullStatement }) => fullStatement),
    ).to.deep.equal(['Domain one', 'Subdomain A', 'Do the second thing']);

    await importPage({ text: pageWith(SMALL_BODY), now: LATER });

    expect((await treeOf('small')).items.get(second?.identifier ?? '')).to.include({
      isRetired: false,
    });
  });

  it('does not retire twice', async () => {
    await importPage({ text: pageWith(SMALL_BODY) });
    await importPage({ text: pageWith(withoutSecond()), now: LATER });

    const result = await importPage({
      text: pageWith(withoutSecond().replace('(3)', '(4)')),
      now: LATER,
    });

    expect(result).to.include({ changed: 1, retired: 0 });
  });

  it('refuses a file that lacks most of the framework unless a person confirms', async () => {
    await importPage({ text: publishedPage() });
    const start = publishedPage().split('\n').slice(0, 19).join('\n');

    const refused = await codeOf(() => importPage({ text: start, now: LATER }));

    expect(refused).to.equal('framework.many-retired');
    expect((await treeOf('him')).competencies).to.have.length(75);
    expect(await importPage({ text: start, now: LATER, confirmRetire: true })).to.include({
      competencies: 4,
      retired: 102,
    });
  });

  it('leaves the framework as it was when the file has a fault', async () => {
    await importPage({ text: pageWith(SMALL_BODY) });
    const before = await getFramework({ framework: 'small', viewer: VIEWER });

    const code = await codeOf(() =>
      importPage({ text: pageWith(`${SMALL_BODY}\n  • Do the fi`), now: LATER }),
    );

    expect(code).to.equal('framework.cut-short');
    expect(await getFramework({ framework: 'small', viewer: VIEWER })).to.deep.equal(before);
  });

  it('leaves the framework as it was when it stops between writing and publishing, and the rest is swept later', async () => {
    await importPage({ text: pageWith(SMALL_BODY) });
    const before = await treeOf('small');

    const revision = await writeWithoutPublishing(pageWith(withoutSecond()));

    expect((await treeOf('small')).competencies).to.deep.equal(before.competencies);
    expect(await itemRows.list({ framework: 'small', revision })).not.to.have.length(0);
    expect(await sweepRevisions({ framework: 'small', now: NOW })).to.equal(0);
    expect(await sweepRevisions({ framework: 'small', now: LATER })).to.be.greaterThan(0);
    expect(await itemRows.list({ framework: 'small', revision })).to.have.length(0);
    expect(await associationRows.list({ framework: 'small', revision })).to.have.length(0);
    expect((await treeOf('small')).competencies).to.deep.equal(before.competencies);
  });

  it('shows nothing of a first import that stopped, and a later one succeeds', async () => {
    await writeWithoutPublishing(pageWith(SMALL_BODY));

    expect(await findFramework({ framework: 'small', viewer: VIEWER })).to.equal(null);
    expect(await listFrameworks({ viewer: VIEWER })).to.deep.equal([]);

    await importPage({ text: pageWith(SMALL_BODY) });

    expect((await treeOf('small')).competencies).to.have.length(4);
  });

  it('keeps the revision before the current one for readers under way, and no older one', async () => {
    const first = await importPage({ text: pageWith(SMALL_BODY) });
    const second = await importPage({
      text: pageWith(SMALL_BODY.replace('(3)', '(4)')),
      now: LATER,
    });
    const third = await importPage({
      text: pageWith(SMALL_BODY.replace('(3)', '(5)')),
      now: LATER,
    });

    expect(await itemRows.list({ framework: 'small', revision: first.revision })).to.have.length(0);
    expect(await itemRows.list({ framework: 'small', revision: second.revision })).to.have.length(
      9,
    );
    expect(await itemRows.list({ framework: 'small', revision: third.revision })).to.have.length(9);
  });

  it('ends with one framework when the same file is imported four times at once', async () => {
    const results = await Promise.all(
      [1, 2, 3, 4].map(() => importPage({ text: publishedPage() })),
    );

    expect(results.filter(({ isChanged }) => isChanged)).to.have.length(1);
    expect((await treeOf('him')).competencies).to.have.length(75);
  });

  it('refuses the name of a framework that another owner has', async () => {
    await importPage({ text: pageWith(SMALL_BODY), owner: { kind: 'deployment', id: 'd1' } });

    expect(await codeOf(() => importPage({ text: pageWith(SMALL_BODY) }))).to.equal(
      'framework.taken',
    );
  });

  it('shows a framework of a deployment to its launches only', async () => {
    await importPage({ text: pageWith(SMALL_BODY), owner: { kind: 'deployment', id: 'd1' } });

    expect(await findFramework({ framework: 'small', viewer: { deployment: 'd1' } })).not.to.equal(
      null,
    );
    expect(await findFramework({ framework: 'small', viewer: { deployment: 'd2' } })).to.equal(
      null,
    );
    expect(await codeOf(() => getFramework({ framework: 'small', viewer: VIEWER }))).to.equal(
      'framework.not-found',
    );
  });
});

function importPage(
  options: Partial<Parameters<typeof importFramework>[0]> & { text: string },
): Promise<ImportResult> {
  return importFramework({ format: 'him-page', now: NOW, url: URL, ...options });
}

async function writeWithoutPublishing(text: string): Promise<number> {
  const next = readPackage({ text, format: 'him-page', now: NOW, url: URL });
  const { framework } = next.document;
  const change = await prepareChange({
    next,
    state: await findFrameworkState(framework),
    now: NOW,
  });
  return writeRevision({ framework, owner: INSTANCE_OWNER, change, now: NOW });
}

async function treeOf(framework: string): ReturnType<typeof readTree> {
  return readTree({ framework: await getFramework({ framework, viewer: VIEWER }) });
}

function withoutSecond(): string {
  return SMALL_BODY.replace('  • Do the second thing (0)\n', '');
}

async function codeOf(action: () => Promise<unknown>): Promise<string> {
  try {
    await action();
  } catch (error) {
    if (isAppError(error)) return error.code;
    throw error;
  }
  return 'no fault';
}
