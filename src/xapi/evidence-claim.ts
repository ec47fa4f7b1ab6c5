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
  /** The one competency that a rating speaks for; null where the work speaks for all it is aligned to. */
  itemIri: string | null;
  /** Who vouches or rates; null where the statement names nobody. */
  instructor: Actor | null;
  actor: Actor;
  /** A person brought the score in from a file. */
  imported: boolean;
}

const KINDS: readonly EvidenceKind[] = ['declared', 'observed', 'assessed', 'attested'];
const ENDS: readonly string[] = [
  VERBS.completed,
  VERBS.passed,
  VERBS.failed,
  VERBS.scored,
  VERBS.attested,
];
const MEETINGS: readonly string[] = [
  VERBS.launched,
  VERBS.initialized,
  VERBS.experienced,
  VERBS.answered,
];

/** Our own statements say their kind; in others a score or a success is an assessment and the rest was observed. */
export function readEvidenceClaim(statement: Statement): EvidenceClaim | { reason: string } {
  const { verb, object, result = {}, actor, context = {} } = statement;
  if (object.objectType !== undefined && object.objectType !== 'Activity')
    return { reason: 'object-is-no-activity' };
  if (!('id' in object)) return { reason: 'object-is-no-activity' };
  const instructor = context.instructor ?? null;
  // Nobody's word is no attestation.
  if (verb.id === VERBS.attested && instructor === null) return { reason: 'nobody-attests' };
  const isEnd = ENDS.includes(verb.id) || result.completion === true;
  if (!isEnd && !MEETINGS.includes(verb.id)) return { reason: 'verb-says-nothing-of-work' };
  const rated = context.extensions?.[EXTENSIONS.ratedCompetency];
  const isAssessed =
    result.score !== undefined ||
    result.success !== undefined ||
    verb.id === VERBS.passed ||
    verb.id === VERBS.failed;
  return {
    kind: kindOf({ verb: verb.id, said: result.extensions?.[EXTENSIONS.evidenceKind], isAssessed }),
    score: result.score ?? null,
    success: result.success ?? successOf(verb.id),
    completion: result.completion ?? isEnd,
    objectIri: object.id,
    itemIri: typeof rated === 'string' ? rated : null,
    instructor,
    actor,
    imported: context.extensions?.[EXTENSIONS.imported] !== undefined,
  };
}

function kindOf(options: { verb: string; said: unknown; isAssessed: boolean }): EvidenceKind {
  const { verb, said, isAssessed } = options;
  if (verb === VERBS.attested) return 'attested';
  const named = KINDS.find((kind) => kind === said);
  return named ?? (isAssessed ? 'assessed' : 'observed');
}

function successOf(verb: string): boolean | null {
  if (verb === VERBS.passed) return true;
  return verb === VERBS.failed ? false : null;
}
