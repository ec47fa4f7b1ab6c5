import { expect } from 'chai';
import fc from 'fast-check';
import type { FrameworkRecord } from '../../src/frameworks/cf-document.model.js';
import type { CFAssociation, CFItem } from '../../src/frameworks/cf-package.js';
import {
  buildTree,
  type FrameworkTree,
  type TreeItem,
} from '../../src/frameworks/framework-tree.js';

const NOW = new Date('2026-03-02T10:00:00Z');
const DOCUMENT = 'document';
const SIZE = 12;

/** Any associations among twelve items and the document: several parents, cycles, self-parents, unknown nodes. */
const someEdges = fc.array(
  fc.record({
    child: fc.integer({ min: 0, max: SIZE }),
    parent: fc.integer({ min: -2, max: SIZE }),
    sequence: fc.option(fc.integer({ min: 1, max: 4 })),
  }),
  { maxLength: 40 },
);

describe('buildTree', () => {
  it('is the same for every order of items and associations', () => {
    fc.assert(
      fc.property(someEdges, fc.infiniteStream(fc.nat()), (edges, random) => {
        const items = someItems();
        const associations = edges.map(toAssociation);

        const shuffled = buildTree({
          framework,
          items: shuffle(items, random),
          associations: shuffle(associations, random),
        });

        expect(outline(shuffled)).to.deep.equal(
          outline(buildTree({ framework, items, associations })),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('places every item exactly once, whatever the associations say', () => {
    fc.assert(
      fc.property(someEdges, (edges) => {
        const tree = buildTree({
          framework,
          items: someItems(),
          associations: edges.map(toAssociation),
        });

        const found = flatten(tree.roots).map(({ identifier }) => identifier);
        expect([...found].sort()).to.deep.equal(
          someItems()
            .map(({ identifier }) => identifier)
            .sort(),
        );
        for (const identifier of found)
          expect(tree.pathTo(identifier).at(-1)?.identifier).to.equal(identifier);
      }),
      { numRuns: 300 },
    );
  });

  it('puts an item with two parents below the one of the smaller sequence number and names the other', () => {
    const tree = treeOf([
      { child: 0, parent: -1, sequence: 1 },
      { child: 1, parent: -1, sequence: 2 },
      { child: 2, parent: 1, sequence: 5 },
      { child: 2, parent: 0, sequence: 9 },
    ]);

    expect(tree.items.get('item-02')).to.include({ parent: 'item-01', depth: 1 });
    expect(tree.items.get('item-02')?.otherParents).to.deep.equal(['item-00']);
  });

  it('cuts a cycle at its least identifier', () => {
    const tree = treeOf([
      { child: 3, parent: 5, sequence: 1 },
      { child: 5, parent: 4, sequence: 1 },
      { child: 4, parent: 3, sequence: 1 },
    ]);

    expect(tree.items.get('item-03')).to.include({ parent: null });
    expect(tree.pathTo('item-05').map(({ identifier }) => identifier)).to.deep.equal([
      'item-03',
      'item-04',
      'item-05',
    ]);
  });

  it('orders children by sequence number', () => {
    const tree = treeOf([
      { child: 2, parent: 0, sequence: 2 },
      { child: 1, parent: 0, sequence: 3 },
      { child: 3, parent: 0, sequence: 1 },
    ]);

    expect(tree.items.get('item-00')?.children.map(({ identifier }) => identifier)).to.deep.equal([
      'item-03',
      'item-02',
      'item-01',
    ]);
  });

  it('keeps a retired item to be found and shows its living children one level up', () => {
    const items = someItems().map((item) =>
      item.identifier === 'item-01' ? { ...item, statusEndDate: NOW } : item,
    );
    const associations = [
      { child: 1, parent: 0, sequence: 1 },
      { child: 2, parent: 1, sequence: 1 },
    ].map(toAssociation);

    const tree = buildTree({ framework, items, associations });

    expect(tree.items.get('item-01')?.isRetired).to.equal(true);
    expect(flatten(tree.roots).map(({ identifier }) => identifier)).not.to.include('item-01');
    expect(tree.items.get('item-00')?.children.map(({ identifier }) => identifier)).to.deep.equal([
      'item-02',
    ]);
  });

  it('takes leaves for competencies where the framework names no types', () => {
    const tree = treeOf([
      { child: 1, parent: 0, sequence: 1 },
      { child: 2, parent: 1, sequence: 1 },
    ]);

    expect(tree.items.get('item-00')?.CFItemType).to.equal('Domain');
    expect(tree.items.get('item-01')?.CFItemType).to.equal('Subdomain');
    expect(tree.items.get('item-02')?.CFItemType).to.equal('Competency');
  });

  it('builds 10,000 items in well under a second, also as a chain', () => {
    const items = Array.from({ length: 10_000 }, (_, at) =>
      anItem(`n${String(at).padStart(5, '0')}`),
    );
    const associations = items
      .slice(1)
      .map((item, at) =>
        association({ child: item.identifier, parent: items[at]?.identifier ?? '', sequence: 1 }),
      );
    const start = process.hrtime.bigint();

    const tree = buildTree({ framework, items, associations });

    expect(tree.items.get('n09999')?.depth).to.equal(9_999);
    expect(Number(process.hrtime.bigint() - start) / 1e6).to.be.lessThan(1_000);
  });
});

const framework: FrameworkRecord = {
  id: 'test',
  identifier: DOCUMENT,
  uri: 'https://crosswalk.example/frameworks/test',
  title: 'Test framework',
  version: null,
  revision: 1,
  stamp: 's',
  itemCount: SIZE + 1,
  owner: { kind: 'instance', id: null },
  language: 'en',
  isPublic: true,
  page: {
    backLabel: null,
    backHref: '/pathways',
    readMoreLabel: null,
    readMoreHref: '/pathways/test',
    featuredPost: null,
    shareText: null,
    note: null,
  },
  sourceName: null,
  lastChangeDateTime: NOW,
};

function treeOf(
  edges: { child: number; parent: number; sequence: number | null }[],
): FrameworkTree {
  return buildTree({ framework, items: someItems(), associations: edges.map(toAssociation) });
}

function someItems(): CFItem[] {
  return Array.from({ length: SIZE + 1 }, (_, at) => anItem(nodeName(at)));
}

function anItem(identifier: string): CFItem {
  return {
    identifier,
    uri: `https://crosswalk.example/${identifier}`,
    fullStatement: `Statement of ${identifier}`,
    CFItemType: null,
    humanCodingScheme: null,
    notes: null,
    language: null,
    lastChangeDateTime: NOW,
    statusEndDate: null,
    bloomLevel: null,
    publishedResourceCount: null,
  };
}

function nodeName(at: number): string {
  if (at === -1) return DOCUMENT;
  return at < 0 ? 'elsewhere' : `item-${String(at).padStart(2, '0')}`;
}

function toAssociation(edge: {
  child: number;
  parent: number;
  sequence: number | null;
}): CFAssociation {
  return association({
    child: nodeName(edge.child),
    parent: nodeName(edge.parent),
    sequence: edge.sequence,
  });
}

function association(edge: {
  child: string;
  parent: string;
  sequence: number | null;
}): CFAssociation {
  const node = (identifier: string) => ({
    title: identifier,
    identifier,
    uri: `https://crosswalk.example/${identifier}`,
  });
  return {
    identifier: `${edge.child}>${edge.parent}`,
    uri: 'https://crosswalk.example/a',
    associationType: 'isChildOf',
    originNodeURI: node(edge.child),
    destinationNodeURI: node(edge.parent),
    sequenceNumber: edge.sequence,
    lastChangeDateTime: NOW,
  };
}

function outline(tree: FrameworkTree): unknown {
  const draw = (item: TreeItem): unknown => [
    item.identifier,
    item.CFItemType,
    item.depth,
    item.parent,
    item.otherParents,
    item.children.map(draw),
  ];
  return {
    roots: tree.roots.map(draw),
    competencies: tree.competencies.map(({ identifier }) => identifier),
  };
}

function flatten(items: TreeItem[]): TreeItem[] {
  return items.flatMap((item) => [item, ...flatten(item.children)]);
}

function shuffle<T>(list: readonly T[], random: fc.Stream<number>): T[] {
  const copy = list.map((value) => ({ value, key: random.next().value ?? 0 }));
  return copy.sort((a, b) => a.key - b.key).map(({ value }) => value);
}
