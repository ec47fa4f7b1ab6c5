// Which piece of evidence speaks for its object: the strongest one, so that a retake keeps the best and never counts twice.
// Pure.
import type { EvidenceKind } from '../xapi/evidence-claim.js';
import type { Evidence, ObjectKind } from './evidence.js';

export interface ContributingEvidence {
  statementId: string;
  objectId: string;
  objectKind: ObjectKind;
  kind: EvidenceKind;
  at: Date;
  title: string;
  score: number | null;
}

/** Evidence that completes its object and did not fail. */
export function countsAsDone(evidence: Evidence): boolean {
  return evidence.completes && evidence.success !== false;
}

/** Each statement once, oldest first; a withdrawal of it wins. */
export function uniqueEvidence(evidence: readonly Evidence[]): Evidence[] {
  const byId = new Map<string, Evidence>();
  for (const one of evidence) {
    const known = byId.get(one.statementId);
    if (known === undefined || (known.withdrawn === null && one.withdrawn !== null))
      byId.set(one.statementId, one);
  }
  return [...byId.values()].sort(
    (a, b) => a.at.getTime() - b.at.getTime() || (a.statementId < b.statementId ? -1 : 1),
  );
}

const KIND_ORDER: Record<EvidenceKind, number> = {
  assessed: 0,
  attested: 1,
  observed: 2,
  declared: 3,
};

/** By kind, then score, then the earlier; anything is stronger than nothing. */
export function isStronger(one: Evidence, than: Evidence | null): boolean {
  return than === null || compareStrength(one, than) < 0;
}

function compareStrength(a: Evidence, b: Evidence): number {
  return (
    KIND_ORDER[a.kind] - KIND_ORDER[b.kind] ||
    (b.score ?? -1) - (a.score ?? -1) ||
    a.at.getTime() - b.at.getTime() ||
    (a.statementId < b.statementId ? -1 : 1)
  );
}

export function toContributing(evidence: Evidence): ContributingEvidence {
  const { statementId, objectId, objectKind, kind, at, title, score } = evidence;
  return { statementId, objectId, objectKind, kind, at, title, score };
}

/** The best score among them; null without one. */
export function bestScore(basis: ContributingEvidence[]): number | null {
  const scores = basis.flatMap((one) => (one.score === null ? [] : [one.score]));
  return scores.length === 0 ? null : Math.max(...scores);
}
