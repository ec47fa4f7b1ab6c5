import { expect } from 'chai';
import fc from 'fast-check';
import { findCompetencies, markWords } from '../../src/activities/competency-texts.js';
import { suggestCompetencies } from '../../src/activities/suggest-competencies.js';
import type { FrameworkTree, TreeItem } from '../../src/frameworks/framework-tree.js';
import { createSmallFramework } from '../library/small-library.js';

const STATEMENTS = [
  'Apply diagnosis and procedure codes according to current guidelines.',
  'Manage the release of protected health information.',
  'Analyze data to identify trends in health care.',
  'Verify the quality of health data.',
];

describe('the words of competencies', () => {
  let tree: FrameworkTree;

  beforeEach(async () => {
    tree = await buildFlatTree(STATEMENTS);
  });

  const suggest = (text: string, without?: Set<string>) =>
    suggestCompetencies({ text, tree, limit: 3, ...(without === undefined ? {} : { without }) });
  const find = (text: string) =>
    findCompetencies({ tree, text, limit: 5 }).map(({ item }) => item.identifier);

  describe('suggestCompetencies', () => {
    it('suggests by shared words, the rarer first, and shows them', () => {
      const found = suggest('Release of information case study');

      expect(found[0]).to.deep.include({ words: ['release', 'information'] });
      expect(found[0]?.item.identifier).to.equal('2');
    });

    it('meets other forms of a word', () => {
      expect(suggest('Coding practice quiz')[0]).to.deep.include({ words: ['codes'] });
    });

    it('suggests nothing for words that say nothing', () => {
      expect(suggest('Week 3 quiz: practice for the unit')).to.deep.equal([]);
      expect(suggest('')).to.deep.equal([]);
    });

    it('leaves out what was dismissed or chosen already', () => {
      const [best] = suggest('Release of information', new Set(['2']));

      expect(best?.item.identifier).not.to.equal('2');
    });
  });

  describe('findCompetencies', () => {
    it('finds by the beginning of a word, another form of it, and with a typing error', () => {
      expect(find('guidel')).to.deep.equal(['1']);
      expect(find('analyzing trends')).to.deep.equal(['3']);
      expect(find('realease')).to.deep.equal(['2']);
    });

    it('wants all words, and takes some of them where none has all', () => {
      expect(find('health data')).to.have.members(['3', '4']);
      expect(find('protected astronomy')).to.deep.equal(['2']);
    });

    it('finds by what is above a competency, and by the beginning of its code', () => {
      expect(find('domain')).to.have.length(4);
      expect(find('hd.4')).to.deep.equal(['4']);
    });

    it('finds nothing for nothing', () => {
      expect(find('   ')).to.deep.equal([]);
      expect(find('the of a')).to.deep.equal([]);
    });

    it('never fails, whatever is typed', () => {
      fc.assert(
        fc.property(fc.string({ unit: 'binary' }), (text) => {
          find(text);
          suggest(text);
        }),
        { numRuns: 200 },
      );
    });
  });

  describe('markWords', () => {
    it('marks the words of a stem and leaves the text as it is', () => {
      const parts = markWords('Codes, coding and décodé.', new Set(['cod']));

      expect(parts.filter(({ isMarked }) => isMarked).map(({ text }) => text)).to.deep.equal([
        'Codes',
        'coding',
      ]);
    });

    it('gives pieces that put together are the text', () => {
      fc.assert(
        fc.property(fc.string({ unit: 'binary' }), fc.array(fc.string()), (text, stems) => {
          const parts = markWords(text, new Set(stems));
          expect(parts.map((part) => part.text).join('')).to.equal(text);
        }),
      );
    });
  });
});

/** Competencies 1, 2, … of one domain, with codes. */
async function buildFlatTree(statements: readonly string[]): Promise<FrameworkTree> {
  const small = await createSmallFramework();
  const [domain] = small.roots;
  const competencies = statements.map((fullStatement, index): TreeItem => {
    const identifier = String(index + 1);
    return {
      identifier,
      fullStatement,
      uri: `https://tool.example/items/${identifier}`,
      CFItemType: 'Competency',
      humanCodingScheme: `HD.${identifier}`,
      bloomLevel: null,
      publishedResourceCount: null,
      parent: null,
      otherParents: [],
      depth: 1,
      children: [],
      isRetired: false,
    };
  });
  const items = new Map(competencies.map((item) => [item.identifier, item]));
  return {
    ...small,
    items,
    competencies,
    pathTo: (identifier) => [domain, items.get(identifier)].filter((item) => item !== undefined),
  };
}
