// What taking a report of outcomes in would change: which competency each outcome is, which ratings are new, changed, as they
// were, or left because somebody rated the same work here since. The preview shows it and the taking does it. Pure.
import type { FrameworkTree, TreeItem } from '../frameworks/framework-tree.js';
import { readGiven, type GivenRating } from './rating-scale.js';
import type { Rating } from './rating.model.js';
import type { OutcomeRow, ReportedOutcome } from './read-outcome-report.js';

/** Why a competency is offered for an outcome. */
export type ProposalReason = 'remembered' | 'code' | 'title' | 'identifier';

export interface OutcomeChoice {
  outcome: ReportedOutcome;
  /** Identifier of the competency; null where the outcome is left out. */
  item: string | null;
  /** Why it is offered; null where the person chose, or nothing is. */
  because: ProposalReason | null;
}

export interface PlannedOutcome {
  user: string;
  assessment: OutcomeRow['assessment'];
  item: string;
  given: GivenRating;
  workAt: Date | null;
}

export type OutcomeChange = 'fresh' | 'changed' | 'same' | 'kept';

const WHOLE = 1;
/** Smaller differences are rounding. */
const ROUNDING = 1e-6;

/** Proposes by what was chosen in this course before, then by identifier, code and title, each only where it is exact and one. */
export function chooseCompetencies(options: {
  outcomes: readonly ReportedOutcome[];
  tree: Pick<FrameworkTree, 'items' | 'competencies'>;
  /** By outcome; null for one that was left out on purpose. */
  remembered: ReadonlyMap<string, string | null>;
  /** What the person says now, by outcome; null before they said anything. */
  chosen: ReadonlyMap<string, string | null> | null;
}): OutcomeChoice[] {
  const { outcomes, tree, remembered, chosen } = options;
  const isKnown = (item: string): boolean =>
    tree.items.get(item)?.CFItemType === 'Competency' && !tree.items.get(item)?.isRetired;
  return outcomes.map((outcome) => {
    if (chosen?.has(outcome.id)) {
      const item = chosen.get(outcome.id) ?? null;
      return { outcome, item: item !== null && isKnown(item) ? item : null, because: null };
    }
    const before = remembered.get(outcome.id);
    if (before === null) return { outcome, item: null, because: 'remembered' };
    if (before !== undefined && isKnown(before))
      return { outcome, item: before, because: 'remembered' };
    const proposed = propose(outcome, tree);
    return proposed
      ? { outcome, item: proposed.item.identifier, because: proposed.because }
      : { outcome, item: null, because: null };
  });
}

function propose(
  outcome: ReportedOutcome,
  tree: Pick<FrameworkTree, 'competencies'>,
): { item: TreeItem; because: ProposalReason } | null {
  const names = [outcome.name, outcome.friendlyName].map(plain).filter((name) => name !== '');
  const tests: [ProposalReason, (item: TreeItem) => boolean][] = [
    ['identifier', ({ identifier, uri }) => names.some((one) => isIn(one, [identifier, uri]))],
    ['code', ({ humanCodingScheme: code }) => names.some((name) => beginsWithCode(name, code))],
    ['title', ({ fullStatement }) => names.includes(plain(fullStatement))],
  ];
  for (const [because, test] of tests) {
    const [item, ...more] = tree.competencies.filter(test);
    if (item && more.length === 0) return { item, because };
  }
  return null;
}

function isIn(name: string, values: readonly string[]): boolean {
  return values.some((value) => plain(value) === name);
}

/** "I.1", "I.1. Analyse data", "I.1: Analyse data"; never "I.10". */
function beginsWithCode(name: string, code: string | null): boolean {
  const plainCode = plain(code ?? '').replace(/\.$/, '');
  if (plainCode === '' || !name.startsWith(plainCode)) return false;
  return /^$|^\.?$|^\.?[\s:–-]/.test(name.slice(plainCode.length));
}

/** One rating a learner, assessment and competency; `unread` counts the rows without points. */
export function gatherRatings(options: {
  rows: readonly OutcomeRow[];
  /** Our id of the person by `student`. */
  people: ReadonlyMap<string, string>;
  choices: readonly OutcomeChoice[];
  /** 0 to 1: decides where the report does not say what is mastered. */
  passShare: number;
}): { ratings: PlannedOutcome[]; unread: number } {
  const { rows, people, choices, passShare } = options;
  const itemOf = new Map(choices.map(({ outcome, item }) => [outcome.id, item]));
  const groups = new Map<string, { user: string; item: string; rows: OutcomeRow[] }>();
  let unread = 0;
  for (const row of rows) {
    const user = people.get(row.student);
    const item = itemOf.get(row.outcome) ?? null;
    if (user === undefined || item === null) continue;
    if (row.score === null || row.possible === null || row.possible <= 0) {
      unread += 1;
      continue;
    }
    const key = JSON.stringify([user, row.assessment.key, item]);
    const group = groups.get(key) ?? { user, item, rows: [] };
    group.rows.push(row);
    groups.set(key, group);
  }
  const ratings = [...groups.values()].flatMap(({ user, item, rows: together }) => {
    const [first] = together;
    if (!first) return [];
    return [{ user, item, assessment: first.assessment, ...pool(together, passShare) }];
  });
  return { ratings, unread };
}

/** Points of the newest attempt's questions together, each once: a student of two sections has two rows for one result. */
function pool(
  rows: readonly OutcomeRow[],
  passShare: number,
): { given: GivenRating; workAt: Date | null } {
  const outcomes = [...new Set(rows.map(({ outcome }) => outcome))];
  const counted = outcomes.map((outcome) => {
    const ofOutcome = rows.filter((row) => row.outcome === outcome);
    const newest = Math.max(...ofOutcome.map(({ attempt }) => attempt));
    const ofAttempt = ofOutcome.filter(({ attempt }) => attempt === newest);
    return [...new Map(ofAttempt.map((row) => [row.question, row])).values()];
  });
  const all = counted.flat();
  const raw = sum(all.map(({ score }) => score ?? 0));
  const max = sum(all.map(({ possible }) => possible ?? 0));
  const labels = new Set(all.map(({ rating }) => rating));
  const [label = ''] = labels;
  const times = all.flatMap(({ at }) => at?.getTime() ?? []);
  return {
    given: {
      label: labels.size === 1 && label !== '' ? label : null,
      score: Math.min(WHOLE, Math.max(0, raw / max)),
      success: counted.every((ofOutcome) => isMastered(ofOutcome, passShare)),
      points: { raw, max },
    },
    workAt: times.length === 0 ? null : new Date(Math.max(...times)),
  };
}

/** Canvas rates questions together: the level that was reached says more than what each question says of itself. */
function isMastered(rows: readonly OutcomeRow[], passShare: number): boolean {
  const [first] = rows;
  if (rows.length === 1 && first?.question === '' && first.mastered !== null) return first.mastered;
  if (first && first.ratingPoints !== null && first.masteryScore !== null)
    return first.ratingPoints >= first.masteryScore;
  if (rows.every(({ mastered }) => mastered !== null))
    return rows.every(({ mastered }) => mastered === true);
  const share =
    sum(rows.map(({ score }) => score ?? 0)) / sum(rows.map((row) => row.possible ?? 0));
  return share >= passShare - ROUNDING;
}

/** `kept` where somebody rated it here since, or took it away: their word stands. */
export function compareOutcome(planned: PlannedOutcome, known: Rating | undefined): OutcomeChange {
  const last = known?.history.at(-1);
  if (!last) return 'fresh';
  if (last.import === undefined) return 'kept';
  const before = readGiven(last);
  if (before === null) return 'fresh';
  return isSameGiven(before, planned.given) ? 'same' : 'changed';
}

function isSameGiven(one: GivenRating, other: GivenRating): boolean {
  return (
    one.label === other.label &&
    one.success === other.success &&
    Math.abs(one.score - other.score) < ROUNDING &&
    Math.abs((one.points?.max ?? 0) - (other.points?.max ?? 0)) < ROUNDING
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function plain(text: string): string {
  return text.replace(/\s+/g, ' ').trim().toLowerCase();
}
