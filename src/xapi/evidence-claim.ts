// What a statement claims about somebody's work on something, ours or another tool's: the kind of evidence, score and
// success, or the reason why it claims nothing. Which of our objects it is about, others decide. Pure.
import type { Actor, Score, Statement } from './statement.js';
import { EXTENSIONS, VERBS } from './vocabulary.js';

export type EvidenceKind = 'declared' | 'observed' | 'assessed' | 'attested';

export interface EvidenceClaim {
  kind: EvidenceKind;
  score: Score | null;
  /** `result.success`; null where the statement does not say. */
  success: boolean | null;
  /** True where the work is said to be finished; an opening or a launch says so little. */
  completion: boolean;
  /** The activity it is about. */
  objectIri: string;
  actor: Actor;
}

const KINDS: readonly unknown[] = ['declared', 'observed', 'assessed', 'attested'];
const ENDS: readonly string[] = [VERBS.completed, VERBS.passed, VERBS.failed, VERBS.scored];
const MEETINGS: readonly string[] = [
  VERBS.launched,
  VERBS.initialized,
  VERBS.experienced,
  VERBS.answered,
];

/** Our own statements say their kind; in others a score or a success is an assessment and the rest was observed. */
export function readEvidenceClaim(statement: Statement): EvidenceClaim | { reason: string } {
  const { verb, object, result = {}, actor } = statement;
  if (object.objectType !== undefined && object.objectType !== 'Activity')
    return { reason: 'object-is-no-activity' };
  if (!('id' in object)) return { reason: 'object-is-no-activity' };
  const isEnd = ENDS.includes(verb.id) || result.completion === true;
  if (!isEnd && !MEETINGS.includes(verb.id)) return { reason: 'verb-says-nothing-of-work' };
  const said = result.extensions?.[EXTENSIONS.evidenceKind];
  const isAssessed = result.score !== undefined || result.success !== undefined;
  return {
    kind: KINDS.includes(said)
      ? (said as EvidenceKind) // one of the four words, as just checked
      : isAssessed || verb.id === VERBS.passed || verb.id === VERBS.failed
        ? 'assessed'
        : 'observed',
    score: result.score ?? null,
    success: result.success ?? successOf(verb.id),
    completion: result.completion ?? isEnd,
    objectIri: object.id,
    actor,
  };
}

function successOf(verb: string): boolean | null {
  if (verb === VERBS.passed) return true;
  return verb === VERBS.failed ? false : null;
}
