// The curriculum map of a course: competencies by activities with the stage of each alignment, and what is odd about it.
// Activities stand in the order in which the course told of them, for LTI tells a tool no place in the course. Pure.
import type { FrameworkTree, TreeItem } from '../frameworks/framework-tree.js';
import type { Activity } from './activity.model.js';
import type { AlignmentRecord, Stage } from './alignment.model.js';

export interface MapCell {
  activity: string;
  stage: Stage;
  /** Bloom's level that the activity asks for, 1 to 6; null where nobody stated it. */
  bloomLevel: number | null;
}

export interface MapRow {
  item: TreeItem;
  /** By activity; in the order of the columns. */
  cells: ReadonlyMap<string, MapCell>;
}

export interface MapGroup {
  /** Domain and subdomain, or less where the framework has less. */
  path: TreeItem[];
  rows: MapRow[];
}

export interface MapFindings {
  /** No activity counts for them. */
  empty: MapRow[];
  /** More activities than `over` count for them. */
  overCovered: MapRow[];
  /** An activity that masters stands before the first that introduces. */
  masteredFirst: { row: MapRow; cell: MapCell }[];
  /** What the framework aims at is above what its activities ask for; `highest` is null where none of them states it. */
  bloom: { row: MapRow; target: number; highest: number | null }[];
  /** Aligned, and no learner has completed them yet; null for whoever may not see what learners did. */
  neverCompleted: Activity[] | null;
}

export interface CurriculumMap {
  /** Activities that count for something, in order. */
  columns: Activity[];
  /** Activities that count for nothing in this framework. */
  unaligned: number;
  groups: MapGroup[];
  findings: MapFindings;
  /** False where the framework names no level for any competency. */
  hasTargets: boolean;
}

export function buildCurriculumMap(options: {
  tree: FrameworkTree;
  /** In order. */
  activities: readonly Activity[];
  alignments: readonly AlignmentRecord[];
  /** Null where that is not to be seen. */
  isCompleted: ((activity: Activity) => boolean) | null;
  /** A row with more activities than this is over-covered. */
  over: number;
}): CurriculumMap {
  const { tree, activities, alignments, isCompleted, over } = options;
  const byItem = groupCells({ tree, alignments });
  const aligned = new Set([...byItem.values()].flatMap((cells) => [...cells.keys()]));
  const columns = activities.filter(({ id }) => aligned.has(id));
  const rows = tree.competencies.map((item): MapRow => {
    const cells = byItem.get(item.identifier);
    return {
      item,
      cells: new Map(
        columns.flatMap(({ id }) => {
          const cell = cells?.get(id);
          return cell ? [[id, cell] as const] : [];
        }),
      ),
    };
  });
  return {
    columns,
    unaligned: activities.length - columns.length,
    groups: groupRows(tree, rows),
    findings: {
      empty: rows.filter(({ cells }) => cells.size === 0),
      overCovered: rows.filter(({ cells }) => cells.size > over),
      masteredFirst: rows.flatMap((row) => findMasteredFirst(row) ?? []),
      bloom: rows.flatMap((row) => findLowBloom(row) ?? []),
      neverCompleted: isCompleted && columns.filter((activity) => !isCompleted(activity)),
    },
    hasTargets: tree.competencies.some(({ bloomLevel }) => bloomLevel !== null),
  };
}

function groupCells(options: {
  tree: FrameworkTree;
  alignments: readonly AlignmentRecord[];
}): Map<string, Map<string, MapCell>> {
  const { tree, alignments } = options;
  const byItem = new Map<string, Map<string, MapCell>>();
  const live = new Set(tree.competencies.map(({ identifier }) => identifier));
  for (const { activity, current } of alignments)
    for (const { framework, item, stage, bloomLevel = null } of current) {
      if (framework !== tree.framework.id || !live.has(item)) continue;
      const cells = byItem.get(item) ?? new Map<string, MapCell>();
      byItem.set(item, cells.set(activity, { activity, stage, bloomLevel }));
    }
  return byItem;
}

/** Rows with the same items above them, in reading order. */
function groupRows(tree: FrameworkTree, rows: readonly MapRow[]): MapGroup[] {
  const groups = new Map<string, MapGroup>();
  for (const row of rows) {
    const path = tree.pathTo(row.item.identifier).slice(0, -1);
    const key = path.at(-1)?.identifier ?? '';
    const group = groups.get(key) ?? { path, rows: [] };
    group.rows.push(row);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function findMasteredFirst(row: MapRow): { row: MapRow; cell: MapCell } | null {
  const cells = [...row.cells.values()];
  const mastered = cells.findIndex(({ stage }) => stage === 'mastered');
  const introduced = cells.findIndex(({ stage }) => stage === 'introduced');
  const cell = cells[mastered];
  return cell && introduced > mastered ? { row, cell } : null;
}

function findLowBloom(row: MapRow): MapFindings['bloom'][number] | null {
  const target = row.item.bloomLevel;
  if (target === null || row.cells.size === 0) return null;
  const stated = [...row.cells.values()].flatMap(({ bloomLevel }) => bloomLevel ?? []);
  const highest = stated.length === 0 ? null : Math.max(...stated);
  return highest !== null && highest >= target ? null : { row, target, highest };
}
