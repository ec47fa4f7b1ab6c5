import { expect } from 'chai';
import { suggestCompetencies } from '../../src/activities/suggest-competencies.js';
import type { TreeItem } from '../../src/frameworks/framework-tree.js';

function buildItem(identifier: string, fullStatement: string): TreeItem {
  return {
    identifier,
    fullStatement,
    uri: `https://tool.example/items/${identifier}`,
    CFItemType: 'Competency',
    humanCodingScheme: null,
    bloomLevel: null,
    publishedResourceCount: null,
    parent: null,
    otherParents: [],
    depth: 2,
    children: [],
    isRetired: false,
  };
}

const competencies = [
  buildItem('1', 'Apply diagnosis and procedure codes according to current guidelines.'),
  buildItem('2', 'Manage the release of protected health information.'),
  buildItem('3', 'Analyze data to identify trends in health care.'),
  buildItem('4', 'Verify the quality of health data.'),
];

describe('suggestCompetencies', () => {
  it('suggests by shared words, the rarer first, and shows them', () => {
    const found = suggestCompetencies({
      text: 'Release of information case study',
      competencies,
      limit: 3,
    });
    expect(found[0]).to.deep.include({ words: ['release', 'information'] });
    expect(found[0]?.item.identifier).to.equal('2');
  });

  it('meets other forms of a word', () => {
    const [best] = suggestCompetencies({ text: 'Coding practice quiz', competencies, limit: 3 });
    expect(best).to.deep.include({ words: ['codes'] });
  });

  it('suggests nothing for words that say nothing', () => {
    expect(
      suggestCompetencies({ text: 'Week 3 quiz: practice for the unit', competencies, limit: 3 }),
    ).to.deep.equal([]);
  });
});
