import { expect } from 'chai';
import {
  countLiveResources,
  libraryRevision,
  searchResources,
} from '../../src/library/learning-resource.model.js';
import { listFrameworksWithNumbers } from '../../src/library/list-for-cli.js';
import { seedStarterContent } from '../../src/library/seed-starter-content.js';
import { getFramework } from '../../src/frameworks/cf-document.model.js';
import { readTree } from '../../src/frameworks/read-tree.js';
import { NOW, URL } from '../frameworks/him-page-text.js';

const VIEWER = { deployment: null };

describe('seedStarterContent', () => {
  it('gives each of the 75 competencies two resources or more, one of which can be completed offline', async () => {
    await seedStarterContent({ now: NOW, url: URL });

    const tree = await readTree({
      framework: await getFramework({ framework: 'him', viewer: VIEWER }),
    });
    const counts = await countLiveResources({ framework: 'him', viewer: VIEWER });
    expect(
      tree.competencies.filter(({ identifier }) => (counts.get(identifier) ?? 0) < 2),
    ).to.deep.equal([]);
    for (const { identifier } of tree.competencies) {
      const search = {
        framework: 'him',
        item: identifier,
        text: '',
        filters: { kind: 'lesson' },
        page: 1,
        viewer: VIEWER,
      };
      const { results } = await searchResources(search);
      expect(results.map(({ completion, url }) => [completion, url])).to.deep.include([
        'question-set',
        null,
      ]);
    }
  });

  it('changes nothing the second time', async () => {
    const first = await seedStarterContent({ now: NOW, url: URL });
    const revision = await libraryRevision({ viewer: VIEWER });

    const second = await seedStarterContent({ now: new Date('2027-01-01T00:00:00Z'), url: URL });

    expect([first.isChanged, second.isChanged]).to.deep.equal([true, false]);
    expect(await libraryRevision({ viewer: VIEWER })).to.equal(revision);
  });
});

describe('listFrameworksWithNumbers', () => {
  it('gives title, edition and numbers, published and live', async () => {
    await seedStarterContent({ now: NOW, url: URL });

    const [him] = await listFrameworksWithNumbers();

    expect(him).to.include({
      id: 'him',
      title: 'Health Information Management (HIM) Competency Framework',
      edition: '2026-03-02',
      domains: 8,
      subdomains: 25,
      competencies: 75,
      publishedResources: 3516,
    });
    expect(him?.liveResources).to.be.at.least(150);
    expect(him?.distinctResources).to.be.at.least(100);
  });
});
