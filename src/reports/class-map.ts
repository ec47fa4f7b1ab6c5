// The class as a map: learners by competencies, each cell a letter and a step of one colour, with the words behind it. Pure.
// The letter is the sign, the colour only helps: it is never alone.
import type { ClassCell } from '../attainment/attainment.model.js';
import type { Words } from '../http/catalogue.js';
import type { LabelledLearner } from '../lti/read-cohort.js';
import type { ReportCompetency } from './attainment-report.js';
import type { LearnerStatus } from './learner-status.js';

/** A competency with the number it has in the whole framework, so that it is the same however the map is narrowed. */
export interface NumberedCompetency extends ReportCompetency {
  number: number;
}

export interface MapCell {
  item: string;
  status: LearnerStatus;
  /** What stands in the cell. */
  letter: string;
  /** The same as a sentence, for whoever does not see the letter or the colour. */
  sentence: string;
  /** 0 (nothing) to 5 (achieved). */
  step: number;
}

export interface MapRow extends LabelledLearner {
  achieved: number;
  cells: MapCell[];
}

/** Steps of the colour: what is in progress takes two, by the half. */
const STEPS = { open: 0, attempted: 1, selfReport: 4, achieved: 5 } as const;
const STARTED = 2;
const NEAR = 3;

/** The competencies of a framework in reading order, numbered from 1. */
export function numberCompetencies(
  competencies: readonly ReportCompetency[],
): NumberedCompetency[] {
  return competencies.map((one, index) => ({ ...one, number: index + 1 }));
}

/** One row a learner, in the order given; a learner without a record has not started. */
export function buildMapRows(options: {
  learners: readonly LabelledLearner[];
  competencies: readonly NumberedCompetency[];
  cells: readonly ClassCell[];
  words: Words;
}): MapRow[] {
  const { learners, competencies, cells, words } = options;
  const known = new Map(cells.map((cell) => [`${cell.user} ${cell.item}`, cell]));
  return learners.map((learner) => {
    const row = competencies.map(({ identifier }) =>
      buildCell({ item: identifier, cell: known.get(`${learner.user} ${identifier}`), words }),
    );
    return { ...learner, achieved: row.filter(isAchieved).length, cells: row };
  });
}

/** Competencies by domain, for the head of the map: each domain as wide as it has columns. */
export function groupColumns(
  competencies: readonly NumberedCompetency[],
): { domain: string; columns: number }[] {
  const groups: { domain: string; columns: number }[] = [];
  for (const { path } of competencies) {
    const domain = path[0] ?? '';
    const last = groups.at(-1);
    if (last?.domain === domain) last.columns += 1;
    else groups.push({ domain, columns: 1 });
  }
  return groups;
}

export function readCellStatus(cell: ClassCell | undefined): LearnerStatus {
  if (cell === undefined) return 'open';
  const { status, attempted, selfReported } = cell;
  if (status === 'achieved') return selfReported ? 'selfReport' : 'achieved';
  return status === 'open' && attempted ? 'attempted' : status;
}

function isAchieved({ status }: MapCell): boolean {
  return status === 'achieved' || status === 'selfReport';
}

function buildCell(options: { item: string; cell: ClassCell | undefined; words: Words }): MapCell {
  const { item, cell, words } = options;
  const status = readCellStatus(cell);
  const count = { n: cell?.n ?? 0, required: cell?.required ?? 0 };
  return {
    item,
    status,
    letter: words(`class:letters.${status}`, count),
    sentence: words(`class:cells.${status}`, count),
    step: status === 'progress' ? stepOf(count) : STEPS[status],
  };
}

function stepOf({ n, required }: { n: number; required: number }): number {
  return required > 0 && n / required >= 1 / 2 ? NEAR : STARTED;
}
