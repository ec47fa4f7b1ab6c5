// Why a piece of evidence does not count for an item now: the answer to "I did this, and it is not there". Pure.
import type { Evidence } from './evidence.js';
import { isPassed, isRated, type Judge } from './judge-evidence.js';
import type { AttainmentPlan, Stretch } from './plan-attainment.js';
import type { ContributingEvidence } from './weigh-evidence.js';

/** The newest are explained; a learner's record stays small however often a lesson is taken again. */
const MAX_EXCLUDED = 50;

export type ExclusionReason =
  | 'withdrawn'
  | 'not-completed'
  | 'not-passed'
  /** Another statement about the same object speaks for it. */
  | 'same-object'
  /** A rating for this item stands in place of the object's other scores. */
  | 'rated'
  | 'not-aligned'
  | 'retired'
  /** The course's shortlist hides it. */
  | 'hidden'
  /** The rule asks for all that the course's shortlist requires, and this is not among them. */
  | 'not-required'
  | 'other-course'
  /** A rating of the same work for another item. */
  | 'other-item';

export interface ExcludedEvidence {
  statementId: string;
  objectId: string;
  reason: ExclusionReason;
}

export function explainExcluded(options: {
  /** Each statement once, oldest first. */
  all: readonly Evidence[];
  contributing: readonly ContributingEvidence[];
  plan: AttainmentPlan;
  stretch: Stretch;
  judge: Judge;
  now: Date;
}): ExcludedEvidence[] {
  const counted = new Set(options.contributing.map((one) => one.statementId));
  const excluded: ExcludedEvidence[] = [];
  for (let index = options.all.length - 1; index >= 0; index -= 1) {
    const one = options.all[index];
    if (excluded.length === MAX_EXCLUDED) break;
    if (one === undefined || counted.has(one.statementId)) continue;
    const { statementId, objectId } = one;
    excluded.push({ statementId, objectId, reason: reasonOf({ ...options, evidence: one }) });
  }
  return excluded;
}

function reasonOf(options: {
  evidence: Evidence;
  plan: AttainmentPlan;
  stretch: Stretch;
  judge: Judge;
  now: Date;
}): ExclusionReason {
  const { evidence, plan, stretch, judge, now } = options;
  const { objectId } = evidence;
  if (evidence.withdrawn !== null) return 'withdrawn';
  if (!plan.isOfScope(evidence)) return 'other-course';
  if (!plan.isOfItem(evidence)) return 'other-item';
  if (!evidence.completes) return 'not-completed';
  if (!isPassed(judge.rule, evidence)) return 'not-passed';
  if (stretch.hidden.has(objectId)) return 'hidden';
  if (stretch.notRequired.has(objectId)) return 'not-required';
  const isShown = evidence.objectKind === 'item' || stretch.members.has(objectId);
  if (!isShown) return plan.at(now.getTime()).members.has(objectId) ? 'retired' : 'not-aligned';
  const isOther = evidence.item === null && evidence.kind === 'assessed';
  return isOther && isRated(judge, objectId) ? 'rated' : 'same-object';
}
