// What a learner has done with an object in a course, read from the outbox: the outbox record is the fact, so a page can
// show it before any LRS has it. A mark can be undone, which makes room for the next attempt; scores stay. Pure.
import { readEvidenceClaim } from '../xapi/evidence-claim.js';
import type { Statement } from '../xapi/statement.js';

/** As the outbox keeps it. */
export interface StatedFact {
  statementId: string;
  about: { kind: string; course: string | null; objectId: string; attempt: number };
  createdAt: Date;
  statement: Statement;
}

interface ScoredAttempt {
  attempt: number;
  statementId: string;
  at: Date;
  scaled: number | null;
  passed: boolean | null;
  /** What was answered, as the statement holds it. */
  response: string | null;
}

export interface CompletionState {
  /** The learner's own mark that stands. */
  marked: { statementId: string; attempt: number; at: Date } | null;
  /** Number of the next mark: one more than were undone. */
  nextMark: number;
  /** Scored attempts, oldest first. */
  attempts: ScoredAttempt[];
  /** Number of the next scored attempt. */
  nextAttempt: number;
  best: ScoredAttempt | null;
  isDone: boolean;
}

const NOTHING: CompletionState = {
  marked: null,
  nextMark: 1,
  attempts: [],
  nextAttempt: 1,
  best: null,
  isDone: false,
};

/** State by object id; objects without a fact are absent (`completionOf` answers for them). */
export function readCompletionStates(facts: readonly StatedFact[]): Map<string, CompletionState> {
  const ids = new Set(facts.map(({ about }) => about.objectId));
  return new Map(
    [...ids].map((id) => [id, readOne(facts.filter(({ about }) => about.objectId === id))]),
  );
}

/** The state of one object, also where nothing was done with it. */
export function completionOf(
  states: Map<string, CompletionState>,
  objectId: string,
): CompletionState {
  return states.get(objectId) ?? NOTHING;
}

function readOne(facts: StatedFact[]): CompletionState {
  const undone = new Set(
    facts.filter(({ about }) => about.kind === 'voided').map(({ about }) => about.attempt),
  );
  const completed = facts.filter(({ about }) => about.kind === 'completed');
  const isScored = ({ statement }: StatedFact) => kindOf(statement) === 'assessed';
  const standing = completed.find((fact) => !isScored(fact) && !undone.has(fact.about.attempt));
  const attempts = [...completed.filter(isScored), ...listStandingResults(facts)]
    .map(toAttempt)
    .sort((a, b) => a.attempt - b.attempt);
  const best = attempts.reduce<ScoredAttempt | null>(
    (top, one) => ((one.scaled ?? 0) > (top?.scaled ?? -1) ? one : top),
    null,
  );
  return {
    marked: standing
      ? {
          statementId: standing.statementId,
          attempt: standing.about.attempt,
          at: standing.createdAt,
        }
      : null,
    nextMark: Math.max(0, ...undone) + 1,
    attempts,
    nextAttempt: Math.max(0, ...attempts.map(({ attempt }) => attempt)) + 1,
    best,
    isDone: standing !== undefined || attempts.some(({ passed }) => passed !== false),
  };
}

/** Grades of the LMS that were not taken back. */
function listStandingResults(facts: StatedFact[]): StatedFact[] {
  const withdrawn = new Set(
    facts.flatMap(({ about, statement: { object } }) =>
      about.kind === 'result-withdrawn' && 'id' in object ? [object.id] : [],
    ),
  );
  return facts.filter(
    ({ about, statementId }) => about.kind === 'result' && !withdrawn.has(statementId),
  );
}

function toAttempt({ about, statementId, createdAt, statement }: StatedFact): ScoredAttempt {
  const { score, success, response } = statement.result ?? {};
  return {
    attempt: about.attempt,
    statementId,
    at: createdAt,
    scaled: score?.scaled ?? null,
    passed: success ?? null,
    response: response ?? null,
  };
}

function kindOf(statement: Statement): string | null {
  const claim = readEvidenceClaim(statement);
  return 'reason' in claim ? null : claim.kind;
}
