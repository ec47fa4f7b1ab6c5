// What another tool's statement claims about work, for who decided that its statements count. It may say that somebody opened,
// finished, passed or failed something; it may not vouch, name a kind of evidence, or rate for a competency: those words are
// ours. cmi5: of a session's statements those that decide about moving on say what was done, and each needs its session. Pure.
import { readEvidenceClaim, type EvidenceClaim } from './evidence-claim.js';
import type { Statement } from './statement.js';
import { CMI5, VERBS } from './vocabulary.js';

export interface ForeignClaim extends EvidenceClaim {
  /** IRIs that may name the activity, nearest first: of cmi5 also what the publisher calls it. */
  objectIris: string[];
}

const MOVE_ON: readonly string[] = [VERBS.completed, VERBS.passed, VERBS.failed];

export function readForeignClaim(statement: Statement): ForeignClaim | { reason: string } {
  if (statement.verb.id === VERBS.attested) return { reason: 'only-people-attest' };
  const { context = {}, result } = statement;
  const claim = readEvidenceClaim({
    ...statement,
    context: without(context),
    ...(result && { result: without(result) }),
  });
  if ('reason' in claim) return claim;
  const categories = listIris(context.contextActivities?.category);
  if (!categories.includes(CMI5.category)) return { ...claim, objectIris: [claim.objectIri] };
  if (!isSession(context.extensions?.[CMI5.sessionId]) || context.registration === undefined)
    return { reason: 'cmi5-without-session' };
  const isMoveOn = MOVE_ON.includes(statement.verb.id) && categories.includes(CMI5.moveOn);
  return {
    ...claim,
    // Initialized and terminated say that somebody was there; a score counts by passed and failed alone.
    ...(!isMoveOn && { completion: false, success: null, score: null, kind: 'observed' as const }),
    objectIris: [claim.objectIri, ...listIris(context.contextActivities?.grouping)],
  };
}

function without<Part extends { extensions?: unknown }>(part: Part): Omit<Part, 'extensions'> {
  const { extensions: _theirs, ...rest } = part;
  return rest;
}

function isSession(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function listIris(activities: { id: string } | { id: string }[] | undefined): string[] {
  return [activities ?? []].flat().map(({ id }) => id);
}
