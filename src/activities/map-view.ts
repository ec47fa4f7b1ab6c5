// What the page of the curriculum map shows: the lists of what is odd, each line with a way to its cell, and the table by
// domain and subdomain. A group that nothing covers is one line until all rows are asked for. Pure.
import type { Words } from '../http/catalogue.js';
import { itemHref } from '../library/framework-view.js';
import type { CurriculumMap, MapGroup, MapRow } from './curriculum-map.js';
import { STAGES, type Stage } from './alignment.model.js';
import type { StageWords } from './stage-words.js';

interface FoundLine {
  /** Where the line leads: a place in this page, with all rows shown where it has to be. */
  href: string;
  text: string;
  /** What more there is to say, or null. */
  note: string | null;
}

interface Finding {
  key: string;
  /** "12 competencies have no activity". */
  summary: string;
  lines: FoundLine[];
}

type Cell = {
  id: string;
  href: string;
  letter: string;
  stage: string;
  tint: number;
  title: string;
};

export interface MapView {
  columns: { title: string; href: string }[];
  groups: {
    id: string;
    title: string;
    /** "6 competencies, none covered", for a group shown as one line; else null. */
    collapsed: string | null;
    rows: {
      id: string;
      statement: string;
      href: string;
      isEmpty: boolean;
      cells: (Cell | null)[];
    }[];
  }[];
  findings: Finding[];
  letters: { letter: string; stage: string; tint: number }[];
  /** Competencies in groups that are shown as one line. */
  collapsedCount: number;
  unaligned: number;
}

/** Steps of the heat scale that tell the stages apart, beside their letters. */
const TINTS: Record<Stage, number> = { introduced: 1, reinforced: 3, mastered: 5 };
const MAX_PREFIX = 3;

/** The least beginning of each stage's word that tells it from the others, else its number. */
export function stageLetters(stageWords: StageWords): Record<Stage, string> {
  const names = STAGES.map((stage) => stageWords(stage).trim());
  for (let length = 1; length <= MAX_PREFIX; length += 1) {
    const [introduced = '', reinforced = '', mastered = ''] = names.map((name) =>
      [...name].slice(0, length).join('').toUpperCase(),
    );
    const letters = { introduced, reinforced, mastered };
    if (new Set(Object.values(letters)).size === STAGES.length && !names.includes(''))
      return letters;
  }
  return { introduced: '1', reinforced: '2', mastered: '3' };
}

export function buildMapView(options: {
  map: CurriculumMap;
  framework: string;
  over: number;
  /** True where groups that nothing covers are shown row by row. */
  showsAll: boolean;
  words: Words;
  stageWords: StageWords;
}): MapView {
  const { map, showsAll, words, stageWords } = options;
  const letters = stageLetters(stageWords);
  const groups = map.groups.map((group) => {
    const isCollapsed = !showsAll && isEmptyGroup(group);
    return {
      id: groupId(group),
      title: group.path.map(({ fullStatement }) => fullStatement).join(' › '),
      collapsed: isCollapsed ? words('map:collapsed', { count: group.rows.length }) : null,
      rows: isCollapsed ? [] : group.rows.map((row) => buildRow({ ...options, row, letters })),
    };
  });
  return {
    columns: map.columns.map(({ id, title }) => ({
      title,
      href: `/activities/${id}`,
    })),
    groups,
    findings: listFindings(options),
    letters: STAGES.map((stage) => ({
      letter: letters[stage],
      stage: stageWords(stage),
      tint: TINTS[stage],
    })),
    collapsedCount: showsAll
      ? 0
      : map.groups.filter(isEmptyGroup).reduce((sum, { rows }) => sum + rows.length, 0),
    unaligned: map.unaligned,
  };
}

function buildRow(options: {
  row: MapRow;
  map: CurriculumMap;
  framework: string;
  letters: Record<Stage, string>;
  stageWords: StageWords;
}): MapView['groups'][number]['rows'][number] {
  const { row, map, framework, letters, stageWords } = options;
  const { identifier, fullStatement } = row.item;
  return {
    id: rowId(row),
    statement: fullStatement,
    href: itemHref(framework, identifier),
    isEmpty: row.cells.size === 0,
    cells: map.columns.map(({ id, title }) => {
      const cell = row.cells.get(id);
      if (!cell) return null;
      const { stage } = cell;
      return {
        id: cellId(row, id),
        href: `/activities/${id}`,
        letter: letters[stage],
        stage: stageWords(stage),
        tint: TINTS[stage],
        title,
      };
    }),
  };
}

function listFindings(options: {
  map: CurriculumMap;
  over: number;
  showsAll: boolean;
  words: Words;
}): Finding[] {
  const { map, over, showsAll, words } = options;
  const { empty, overCovered, masteredFirst, bloom, neverCompleted } = map.findings;
  const collapsed = new Set(
    showsAll ? [] : map.groups.filter(isEmptyGroup).flatMap(({ rows }) => rows.map(rowId)),
  );
  const toRow = (row: MapRow, note: string | null = null): FoundLine => ({
    href: collapsed.has(rowId(row)) ? `?rows=all#${rowId(row)}` : `#${rowId(row)}`,
    text: row.item.fullStatement,
    note,
  });
  const rows = map.groups.flatMap((group) => group.rows);
  const titles = new Map(map.columns.map(({ id, title }) => [id, title]));
  const finding = (key: string, lines: FoundLine[]): Finding => ({
    key,
    summary: words(`map:findings.${key}`, { count: lines.length, over }),
    lines,
  });
  return [
    finding(
      'empty',
      empty.map((row) => toRow(row)),
    ),
    finding(
      'overCovered',
      overCovered.map((row) => toRow(row, words('map:activities', { count: row.cells.size }))),
    ),
    finding(
      'masteredFirst',
      masteredFirst.map(({ row, cell }) => ({
        href: `#${cellId(row, cell.activity)}`,
        text: row.item.fullStatement,
        note: titles.get(cell.activity) ?? null,
      })),
    ),
    ...(map.hasTargets
      ? [
          finding(
            'bloom',
            bloom.map(({ row, target, highest }) =>
              toRow(
                row,
                words(`map:bloom.${highest === null ? 'notStated' : 'below'}`, { target, highest }),
              ),
            ),
          ),
        ]
      : []),
    ...(neverCompleted === null
      ? []
      : [
          finding(
            'neverCompleted',
            neverCompleted.map(({ id, title }) => {
              const row = rows.find(({ cells }) => cells.has(id));
              return { href: row ? `#${cellId(row, id)}` : '#map', text: title, note: null };
            }),
          ),
        ]),
  ];
}

function isEmptyGroup({ rows }: MapGroup): boolean {
  return rows.every(({ cells }) => cells.size === 0);
}

function groupId({ path }: MapGroup): string {
  return `group-${path.at(-1)?.identifier ?? 'top'}`;
}

function rowId({ item }: MapRow): string {
  return `row-${item.identifier}`;
}

function cellId({ item }: MapRow, activity: string): string {
  return `cell-${item.identifier}-${activity}`;
}
