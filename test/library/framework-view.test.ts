import { expect } from 'chai';
import { buildFrameworkView, type ItemProgressView } from '../../src/library/framework-view.js';
import { searchCompetencies } from '../../src/library/search-competencies.js';
import { createSmallFramework } from './small-library.js';

describe('buildFrameworkView', () => {
  it('shows domains, subdomains and competencies in the page’s order, each with its live count', async () => {
    const tree = await createSmallFramework();
    const [first] = tree.competencies;

    const view = buildFrameworkView({ tree, counts: new Map([[first?.identifier ?? '', 7]]) });

    expect(
      view.domains.map(({ title, groups }) => [
        title,
        groups.map((group) => [group.title, group.items.map(({ count }) => count)]),
      ]),
    ).to.deep.equal([
      [
        'Domain one',
        [
          ['Subdomain A', [7, 0]],
          ['Subdomain B', [0]],
        ],
      ],
      ['Domain two', [['Subdomain C.', [0]]]],
    ]);
    expect(view).to.include({ shown: 4, total: 4, progress: null });
  });

  it('adds progress to items and sums it by domain', async () => {
    const tree = await createSmallFramework();
    const progress = new Map(
      tree.competencies.map(({ identifier }, at) => [
        identifier,
        progressOf(at === 0 ? 'achieved' : 'open'),
      ]),
    );

    const view = buildFrameworkView({ tree, counts: new Map(), progress });

    expect(view.progress).to.deep.equal({ achieved: 1, total: 4 });
    expect(view.domains.map((domain) => domain.progress)).to.deep.equal([
      { achieved: 1, total: 3 },
      { achieved: 0, total: 1 },
    ]);
    expect(view.domains[0]?.groups[0]?.items[0]?.progress?.sentence).to.equal('achieved now');
  });

  it('shows only some competencies and what is above them when asked to', async () => {
    const tree = await createSmallFramework();
    const third = tree.competencies[2]?.identifier ?? '';

    const view = buildFrameworkView({ tree, counts: new Map(), shown: new Set([third]) });

    expect(
      view.domains.map(({ title, groups }) => [title, groups.map((group) => group.title)]),
    ).to.deep.equal([['Domain one', ['Subdomain B']]]);
    expect(view).to.include({ shown: 1, total: 4 });
  });
});

describe('searchCompetencies', () => {
  const cases = [
    { text: 'third', found: ['Do the third thing.'] },
    { text: 'thrid', found: ['Do the third thing.'] },
    { text: 'care', found: ['Do the first thing (with care).'] },
    { text: 'domain two', found: ['Do the fourth thing.'] },
    { text: 'elephant', found: [] },
    { text: '', found: [] },
  ];
  for (const { text, found } of cases) {
    it(`finds ${found.length === 0 ? 'nothing' : found.join(' and ')} for “${text}”`, async () => {
      const tree = await createSmallFramework();

      expect(
        searchCompetencies({ tree, text }).map(({ fullStatement }) => fullStatement),
      ).to.deep.equal(found);
    });
  }
});

function progressOf(status: ItemProgressView['status']): ItemProgressView {
  return { status, sentence: `${status} now`, n: 0, m: 2 };
}
