// Alignments as a table: activity, address, competency by code or text, stage. Written so that it reads back as it stands; read
// so that each fault names its row and column and what was probably meant. Pure.
import type { FrameworkTree } from '../frameworks/framework-tree.js';
import { buildCompetencyIndex, type CompetencyIndex } from '../library/competency-index.js';
import type { TableRow } from '../tables/table.js';
import type { Activity } from './activity.model.js';
import { STAGES, type AlignmentRecord, type Stage } from './alignment.model.js';
import type { ChosenItem } from './align-activity.js';
import type { StageWords } from './stage-words.js';

export const COLUMNS = ['activity', 'address', 'competency', 'stage'] as const;
export type Column = (typeof COLUMNS)[number];

export type FileRow = Record<Column, string>;

export interface FileFault {
  /** As a spreadsheet counts, from 1. */
  row: number;
  column: Column;
  /** Key of the words: `align:file.faults.FAULT`. */
  fault: 'missing-column' | 'no-activity' | 'two-activities' | 'no-competency' | 'no-stage';
  cell: string;
  /** What reads alike, nearest first. */
  near: string[];
}

export interface ReadAlignments {
  /** By activity id; an activity that is named without a competency has none. */
  chosen: Map<string, ChosenItem[]>;
  faults: FileFault[];
}

/** A row for each alignment to this framework, and one for each activity without any. */
export function listFileRows(options: {
  activities: readonly Activity[];
  alignments: readonly AlignmentRecord[];
  tree: FrameworkTree;
  stageWords: StageWords;
}): FileRow[] {
  const { activities, alignments, tree, stageWords } = options;
  const index = buildCompetencyIndex(tree);
  const byActivity = new Map(alignments.map((one) => [one.activity, one.current]));
  return activities.flatMap(({ id, title, address }) => {
    const about = { activity: title, address: address ?? '' };
    const own = (byActivity.get(id) ?? []).filter(
      ({ framework }) => framework === tree.framework.id,
    );
    if (own.length === 0) return [{ ...about, competency: '', stage: '' }];
    return own.map(({ item, stage }) => ({
      ...about,
      competency: nameCompetency({ tree, index, item }),
      stage: stageWords(stage),
    }));
  });
}

/** Nothing is to be done with a table that has faults. */
export function readFileRows(options: {
  rows: readonly TableRow[];
  activities: readonly Activity[];
  tree: FrameworkTree;
  stageWords: StageWords;
}): ReadAlignments {
  const [head, ...rows] = options.rows;
  const places = new Map(COLUMNS.map((column) => [column, findColumn(head, column)]));
  const faults = (['activity', 'competency'] as const)
    .filter((column) => places.get(column) === -1)
    .map((column): FileFault => ({ row: 1, column, fault: 'missing-column', cell: '', near: [] }));
  const read: ReadAlignments = { chosen: new Map(), faults };
  if (faults.length > 0) return read;
  const known = { ...options, index: buildCompetencyIndex(options.tree) };
  for (const { row, cells } of rows) {
    const cellOf = (column: Column) => cleanCell(cells[places.get(column) ?? -1] ?? '');
    readRow({ known, row, cellOf, read });
  }
  return read;
}

function readRow(options: {
  known: {
    activities: readonly Activity[];
    tree: FrameworkTree;
    index: CompetencyIndex;
    stageWords: StageWords;
  };
  row: number;
  cellOf: (column: Column) => string;
  read: ReadAlignments;
}): void {
  const { known, row, cellOf, read } = options;
  const fault = (column: Column, found: FileFault['fault'], near: string[] = []) =>
    void read.faults.push({ row, column, fault: found, cell: cellOf(column), near });
  const found = findActivities(known.activities, cellOf);
  const [activity] = found;
  if (!activity) return fault('activity', 'no-activity');
  if (found.length > 1) return fault('activity', 'two-activities');
  const chosen = read.chosen.get(activity.id) ?? [];
  read.chosen.set(activity.id, chosen);
  const words = cellOf('competency');
  if (words === '') return;
  const item = known.tree.items.get(known.index.find(words) ?? '');
  const stage = readStage(cellOf('stage'), known.stageWords);
  if (stage === null) fault('stage', 'no-stage', STAGES.map(known.stageWords));
  if (item?.CFItemType !== 'Competency' || item.isRetired)
    return fault('competency', 'no-competency', known.index.suggest(words));
  if (stage !== null) chosen.push({ item: item.identifier, stage });
}

/** By its address where that is known, else by its title. */
function findActivities(
  activities: readonly Activity[],
  cellOf: (column: Column) => string,
): Activity[] {
  const [title, address] = [fold(cellOf('activity')), cellOf('address')];
  const titled = activities.filter((one) => fold(one.title) === title);
  const placed = activities.filter((one) => address !== '' && one.address === address);
  const both = placed.filter((one) => titled.includes(one));
  if (both.length > 0) return both;
  return placed.length > 0 ? placed : titled;
}

/** Its name, its word here, or the one letter that begins only one of either. */
function readStage(cell: string, stageWords: StageWords): Stage | null {
  const typed = fold(cell);
  if (typed === '') return 'introduced';
  const named = STAGES.find((stage) => stage === typed || fold(stageWords(stage)) === typed);
  if (named) return named;
  const begun = STAGES.filter(
    (stage) => typed.length === 1 && fold(stageWords(stage))[0] === typed,
  );
  return begun.length === 1 ? (begun[0] ?? null) : null;
}

/** The shortest text that reads back as this competency. */
function nameCompetency(options: {
  tree: FrameworkTree;
  index: CompetencyIndex;
  item: string;
}): string {
  const { tree, index, item } = options;
  const path = tree.pathTo(item).map(({ fullStatement }) => fullStatement);
  const names = [
    tree.items.get(item)?.humanCodingScheme ?? '',
    path.at(-1) ?? '',
    path.join(' / '),
  ];
  return names.find((name) => name !== '' && index.find(name) === item) ?? item;
}

function findColumn(head: TableRow | undefined, column: Column): number {
  return (head?.cells ?? []).findIndex((cell) => fold(cleanCell(cell)) === column);
}

/** Without the apostrophe that keeps a spreadsheet from running a text as a formula. */
function cleanCell(cell: string): string {
  return cell.trim().replace(/^'(?=[=+\-@])/, '');
}

function fold(text: string): string {
  return text.normalize('NFC').trim().replace(/\s+/g, ' ').toLowerCase();
}
