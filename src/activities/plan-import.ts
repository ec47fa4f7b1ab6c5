// What taking a gradebook file in would change: which activity each column is, which scores are new, changed, as they were,
// or gone, and what keeps a column from being taken. The preview shows it and the taking does it, so that both agree. Pure.
import type { Activity } from './activity.model.js';
import { nextResult, type ReadResult, type ResultChange } from './next-result.js';
import type { Matched } from './match-people.js';
import type { GradebookColumn } from './read-gradebook.js';
import { readScore } from './read-score.js';
import type { ResultState } from './result-state.model.js';

/** `read`: its grades reach us from the gradebook itself, or it sends scores there: a file must not count them twice. */
export type ColumnTarget =
  { is: 'new' } | { is: 'known'; activity: Activity } | { is: 'read'; activity: Activity };

export interface ColumnChoice {
  isChosen: boolean;
  /** Points possible as the person says; null where they say none. */
  maximum: number | null;
}

export interface PlannedScore {
  user: string;
  known: ResultState | null;
  result: ReadResult;
  change: ResultChange;
}

export interface ColumnPlan {
  column: GradebookColumn;
  target: ColumnTarget;
  isChosen: boolean;
  maximum: number | null;
  /** `maximum`: nobody says how many points are possible. */
  fault: 'maximum' | null;
  counts: { fresh: number; changed: number; same: number; cleared: number; text: number };
  scores: PlannedScore[];
}

/** The activity that a column is: the one made from it before, or the only one of that title. */
export function findTarget(options: {
  column: Pick<GradebookColumn, 'title'>;
  /** Our id of the activity that the column makes. */
  id: string;
  activities: readonly Activity[];
}): ColumnTarget {
  const { column, id, activities } = options;
  const title = plain(column.title);
  const [alike, ...more] = activities.filter((one) => plain(one.title) === title);
  const found = activities.find((one) => one.id === id) ?? (more.length === 0 ? alike : undefined);
  if (!found) return { is: 'new' };
  const isRead = found.lineItemUrl !== null || found.lesson !== null;
  return { is: isRead ? 'read' : 'known', activity: found };
}

export function planColumn(options: {
  column: GradebookColumn;
  target: ColumnTarget;
  choice: ColumnChoice | null;
  people: Matched['people'];
  /** What is known of the learners' results in this activity. */
  states: ReadonlyMap<string, ResultState>;
  /** The day the scores are of; null for now. */
  at: Date | null;
  passShare: number;
  now: Date;
}): ColumnPlan {
  const { column, target, choice, people, states, at, passShare, now } = options;
  const maximum = choice?.maximum ?? column.maximum ?? knownMaximum(states);
  const isChosen = target.is !== 'read' && (choice?.isChosen ?? column.isSuggested);
  const plan: ColumnPlan = {
    column,
    target,
    isChosen,
    maximum,
    fault: maximum === null ? 'maximum' : null,
    counts: { fresh: 0, changed: 0, same: 0, cleared: 0, text: 0 },
    scores: [],
  };
  if (target.is === 'read') return plan;
  for (const { row, user } of people) {
    const cell = readScore(row.cells[column.at] ?? '');
    if (cell.is === 'text') {
      plan.counts.text += 1;
      continue;
    }
    const known = states.get(user) ?? null;
    const score = cell.is === 'score' ? cell.score : null;
    // Without a maximum the preview can still count, by the scores themselves.
    const result = { score, maximum: maximum ?? known?.maximum ?? Math.max(1, score ?? 1), at };
    const change = nextResult({ known, result, passShare, now });
    const kind = kindOf({ known, score, change });
    if (kind !== null) plan.counts[kind] += 1;
    if (change) plan.scores.push({ user, known, result, change: replaceAll(change, known) });
  }
  return plan;
}

function kindOf(options: {
  known: ResultState | null;
  score: number | null;
  change: ResultChange | null;
}): 'fresh' | 'changed' | 'same' | 'cleared' | null {
  const { known, score, change } = options;
  if (change === null) return score === null ? null : 'same';
  if (score === null) return 'cleared';
  return known?.score === null || known === null ? 'fresh' : 'changed';
}

/** A corrected score is no further attempt: what the file said before is taken back. */
function replaceAll(change: ResultChange, known: ResultState | null): ResultChange {
  const voids = (known?.standing ?? []).map(({ statementId }) => statementId);
  return { ...change, standing: [], voids };
}

function knownMaximum(states: ReadonlyMap<string, ResultState>): number | null {
  const [first] = states.values();
  return first?.maximum ?? null;
}

function plain(title: string): string {
  return title.replace(/\s+/g, ' ').trim().toLowerCase();
}
