import { expect } from 'chai';
import type { Activity } from '../../src/activities/activity.model.js';
import type { AlignedItem, AlignmentRecord, Stage } from '../../src/activities/alignment.model.js';
import { buildCurriculumMap } from '../../src/activities/curriculum-map.js';
import { buildMapView, stageLetters } from '../../src/activities/map-view.js';
import { wordsFor } from '../../src/http/catalogue.js';
import type { FrameworkTree, TreeItem } from '../../src/frameworks/framework-tree.js';

type Ties = Record<string, (readonly [item: string, stage: Stage, bloomLevel?: number])[]>;

const at = new Date('2026-02-01T09:00:00Z');

/** Two subdomains of one domain: `a1`, `a2` below `A`, `b1` below `B`. */
function buildTree(targets: Record<string, number> = {}): FrameworkTree {
  const item = (identifier: string, parent: string | null): TreeItem => ({
    identifier,
    uri: identifier,
    fullStatement: `Statement ${identifier}`,
    CFItemType: 'Competency',
    humanCodingScheme: null,
    bloomLevel: targets[identifier] ?? null,
    publishedResourceCount: null,
    parent,
    otherParents: [],
    depth: 0,
    children: [],
    isRetired: false,
  });
  const parents: Record<string, string | null> = {
    D: null,
    A: 'D',
    B: 'D',
    a1: 'A',
    a2: 'A',
    b1: 'B',
  };
  const items = new Map(Object.entries(parents).map(([id, parent]) => [id, item(id, parent)]));
  const pathTo = (id: string): TreeItem[] => {
    const found = items.get(id);
    if (!found) return [];
    return [...(found.parent === null ? [] : pathTo(found.parent)), found];
  };
  return {
    // What stands in the record of a framework is nothing to the map but its id.
    framework: { id: 'small' } as FrameworkTree['framework'],
    roots: [],
    items,
    competencies: ['a1', 'a2', 'b1'].flatMap((id) => items.get(id) ?? []),
    pathTo,
  };
}

function buildActivity(id: string): Activity {
  return {
    id,
    activityId: `https://tool.example/activities/${id}`,
    deployment: 'd1',
    course: 'c1',
    title: `Activity ${id}`,
    kind: 'page',
    source: 'typed',
    address: null,
    file: null,
    resourceLinkId: null,
    lineItemUrl: null,
    lesson: null,
    assessed: false,
    assessedSince: null,
    createdAt: at,
    lastLaunchAt: null,
  };
}

function buildMap(
  ties: Ties,
  more: {
    targets?: Record<string, number>;
    over?: number;
    completed?: string[];
    framework?: string;
  } = {},
) {
  const { targets, over = 2, completed = [], framework = 'small' } = more;
  const alignments = Object.entries(ties).map(([activity, list]): AlignmentRecord => ({
    activity,
    deployment: 'd1',
    course: 'c1',
    revision: 1,
    current: list.map(([item, stage, bloomLevel]): AlignedItem => ({
      framework,
      item,
      stage,
      ...(bloomLevel !== undefined && { bloomLevel }),
    })),
    history: [],
  }));
  return buildCurriculumMap({
    tree: buildTree(targets),
    activities: Object.keys(ties).map(buildActivity),
    alignments,
    isCompleted: ({ id }) => completed.includes(id),
    over,
  });
}

const rowsOf = (rows: { item: TreeItem }[]) => rows.map(({ item }) => item.identifier);

describe('buildCurriculumMap', () => {
  it('puts each alignment in its cell, rows by what is above them, columns in order of the activities', () => {
    const map = buildMap({
      x: [['a2', 'mastered']],
      y: [],
      z: [
        ['a2', 'introduced'],
        ['b1', 'reinforced'],
      ],
    });

    expect(
      map.groups.map(({ path, rows }) => [path.map(({ identifier }) => identifier), rowsOf(rows)]),
    ).to.deep.equal([
      [
        ['D', 'A'],
        ['a1', 'a2'],
      ],
      [['D', 'B'], ['b1']],
    ]);
    expect(map.columns.map(({ id }) => id)).to.deep.equal(['x', 'z']);
    expect(map.unaligned).to.equal(1);
    expect(
      [...(map.groups[0]?.rows[1]?.cells.values() ?? [])].map(({ stage }) => stage),
    ).to.deep.equal(['mastered', 'introduced']);
  });

  it('names rows that nothing covers, and those that more than so many cover', () => {
    const one = [['a1', 'introduced'] as const];

    const { findings } = buildMap({ x: one, y: one, z: one }, { over: 2 });
    const wider = buildMap({ x: one, y: one, z: one }, { over: 3 });

    expect(rowsOf(findings.empty)).to.deep.equal(['a2', 'b1']);
    expect(rowsOf(findings.overCovered)).to.deep.equal(['a1']);
    expect(wider.findings.overCovered).to.deep.equal([]);
  });

  for (const { title, stages, isFound } of [
    { title: 'mastered, then introduced', stages: ['mastered', 'introduced'], isFound: true },
    {
      title: 'reinforced, mastered, introduced',
      stages: ['reinforced', 'mastered', 'introduced'],
      isFound: true,
    },
    { title: 'introduced, then mastered', stages: ['introduced', 'mastered'], isFound: false },
    {
      title: 'introduced, mastered, introduced again',
      stages: ['introduced', 'mastered', 'introduced'],
      isFound: false,
    },
    {
      title: 'mastered and introduced nowhere, perhaps in an earlier course',
      stages: ['mastered'],
      isFound: false,
    },
  ] as const)
    it(`${isFound ? 'names' : 'does not name'} a row with ${title}`, () => {
      const ties: Ties = Object.fromEntries(
        stages.map((stage, index) => [`x${index}`, [['a1', stage] as const]]),
      );

      const found = buildMap(ties).findings.masteredFirst;

      expect(found.map(({ cell }) => cell.stage)).to.deep.equal(isFound ? ['mastered'] : []);
    });

  it('compares the target level with the highest that the activities state, and says where none does', () => {
    const { findings } = buildMap(
      {
        x: [
          ['a1', 'introduced', 2],
          ['a2', 'introduced'],
          ['b1', 'introduced', 4],
        ],
        y: [['a1', 'mastered', 3]],
      },
      { targets: { a1: 4, a2: 2, b1: 4 } },
    );

    expect(
      findings.bloom.map(({ row, target, highest }) => [row.item.identifier, target, highest]),
    ).to.deep.equal([
      ['a1', 4, 3],
      ['a2', 2, null],
    ]);
    expect(buildMap({}).hasTargets).to.equal(false);
  });

  it('names aligned activities that nobody completed', () => {
    const one = [['a1', 'introduced'] as const];

    const { findings } = buildMap({ x: one, y: one, z: [] }, { completed: ['y'] });

    expect(findings.neverCompleted?.map(({ id }) => id)).to.deep.equal(['x']);
  });

  it('leaves out what counts for another framework', () => {
    const map = buildMap({ x: [['a1', 'introduced']] }, { framework: 'other' });

    expect([map.columns.length, map.unaligned, map.findings.empty.length]).to.deep.equal([0, 1, 3]);
  });
});

describe('buildMapView', () => {
  const view = (showsAll: boolean) =>
    buildMapView({
      map: buildMap({ x: [['a1', 'introduced']] }),
      framework: 'small',
      over: 2,
      showsAll,
      words: wordsFor('en'),
      stageWords: (stage) => stage,
    });

  it('shows a group that nothing covers as one line with its number, and leads to its rows all the same', () => {
    const few = view(false);
    const all = view(true);

    expect(few.groups.map(({ collapsed, rows }) => [collapsed, rows.length])).to.deep.equal([
      [null, 2],
      ['1 competency, not covered', 0],
    ]);
    expect(few.collapsedCount).to.equal(1);
    expect(all.groups.map(({ rows }) => rows.length)).to.deep.equal([2, 1]);
    expect(few.findings[0]?.lines.map(({ href }) => href)).to.deep.equal([
      '#row-a2',
      '?rows=all#row-b1',
    ]);
    expect(all.findings[0]?.lines.map(({ href }) => href)).to.deep.equal(['#row-a2', '#row-b1']);
  });
});

describe('stageLetters', () => {
  for (const { words, letters } of [
    { words: ['introduced', 'reinforced', 'mastered'], letters: ['I', 'R', 'M'] },
    { words: ['Início', 'Intermédio', 'Mestria'], letters: ['INÍ', 'INT', 'MES'] },
    { words: ['Stage', 'Stage', 'Stage'], letters: ['1', '2', '3'] },
    { words: ['', 'b', 'c'], letters: ['1', '2', '3'] },
  ])
    it(`tells ${words.join(', ')} apart as ${letters.join(', ')}`, () => {
      const [introduced = '', reinforced = '', mastered = ''] = words;
      const names = { introduced, reinforced, mastered };

      expect(Object.values(stageLetters((stage) => names[stage]))).to.deep.equal(letters);
    });
});
