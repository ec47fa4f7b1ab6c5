// Attainment of one learner in one item and one scope: a function of evidence and of the histories of alignments, resource
// links, shortlists and rules. Live N of M by what counts for the item now; achieved at the earliest instant at which
// evidence that was never withdrawn met the rules and ties then in force. Order of arrival and duplicates decide nothing.
// What the learner has no part in (what counts when, under which rule) is a plan, made once for many learners. Pure.
import type { RuleInForce, RuleParameters } from './completion-rule.js';
import type { Evidence } from './evidence.js';
import { explainExcluded, type ExcludedEvidence } from './explain-excluded.js';
import {
  bestOf,
  createJudge,
  judgeStretch,
  listPieces,
  takeEvidence,
  type Judge,
  type MasteryResult,
} from './judge-evidence.js';
import {
  planAttainment,
  type AttainmentPlan,
  type PlanInput,
  type Stretch,
} from './plan-attainment.js';
import { bestScore, uniqueEvidence, type ContributingEvidence } from './weigh-evidence.js';

export interface AttainmentResult {
  status: 'open' | 'progress' | 'achieved';
  n: number;
  m: number;
  required: number;
  assessedRequired: number;
  assessedDone: number;
  /** What is there rests on declarations alone. */
  selfReported: boolean;
  /** Result (0 to 1) of the rule's method on scores, or the best score among what contributes; null without one. */
  score: number | null;
  /** What the rule asks of the scores together, and how far they come; null where it asks nothing. */
  mastery: MasteryResult | null;
  contributing: ContributingEvidence[];
  /** What met the rule when it was achieved; kept when today's ties are others. */
  achievedBy: ContributingEvidence[];
  excluded: ExcludedEvidence[];
  missing: { more: number; assessed: number };
  achievedAt: Date | null;
  /** It had been achieved until evidence was withdrawn at this time; null otherwise. */
  withdrawnAt: Date | null;
  rule: RuleInForce;
  /** Method and parameters that the numbers above were made by. */
  parameters: RuleParameters;
  asOf: Date;
}

export interface ComputeAttainmentInput extends PlanInput {
  /** All of this learner's evidence for the objects and the item; duplicates and any order are fine. */
  evidence: readonly Evidence[];
  now: Date;
}

/** See the head of this file. An empty M is "nothing to do yet" and never achieved. */
export function computeAttainment(input: ComputeAttainmentInput): AttainmentResult {
  const { evidence, now, ...planInput } = input;
  return computeByPlan({ plan: planAttainment(planInput), evidence, now });
}

/** The same, for a plan that several learners share. */
export function computeByPlan(options: {
  plan: AttainmentPlan;
  evidence: readonly Evidence[];
  now: Date;
}): AttainmentResult {
  const { plan, now } = options;
  const evidence = uniqueEvidence(options.evidence);
  const ofScope = evidence.filter((one) => plan.isOfScope(one) && plan.isOfItem(one));
  const standing = ofScope.filter((one) => one.withdrawn === null);

  const stretch = plan.today(now);
  const all = judgeAll({ evidence: standing, rule: stretch.parameters, until: now });
  const today = judgeStretch(all, stretch);
  const contributing = listPieces(all, stretch);
  const achieved = findEarliest({ plan, evidence: standing, until: now });
  const lost = achieved === null ? findLoss({ plan, evidence: ofScope, until: now }) : null;

  const achievedBy = achieved?.pieces ?? [];
  const basis = [...contributing, ...achievedBy.map((one) => bestOf(all, one.objectId) ?? one)];
  return {
    status: achieved !== null ? 'achieved' : today.n > 0 ? 'progress' : 'open',
    n: today.n,
    m: today.m,
    required: today.required,
    assessedRequired: today.assessedRequired,
    assessedDone: today.assessedDone,
    selfReported: basis.length > 0 && basis.every((one) => one.kind === 'declared'),
    score: today.mastery === null ? bestScore(basis) : today.mastery.score,
    mastery: today.mastery,
    contributing,
    achievedBy,
    excluded: explainExcluded({ all: evidence, contributing, plan, stretch, judge: all, now }),
    missing: {
      more: Math.max(0, today.required - today.n),
      assessed: Math.max(0, today.assessedRequired - today.assessedDone),
    },
    achievedAt: achieved?.at ?? null,
    withdrawnAt: lost,
    rule: stretch.rule,
    parameters: stretch.parameters,
    asOf: now,
  };
}

function judgeAll(options: {
  evidence: readonly Evidence[];
  rule: RuleParameters;
  until: Date;
}): Judge {
  const { evidence, rule, until } = options;
  const judge = createJudge({ rule });
  for (const one of evidence) if (one.at.getTime() <= until.getTime()) takeEvidence(judge, one);
  return judge;
}

/** The earliest instant at which evidence met what was in force, in one pass over evidence and stretches in order of time. */
function findEarliest(options: {
  plan: AttainmentPlan;
  evidence: readonly Evidence[];
  until: Date;
}): { at: Date; pieces: ContributingEvidence[] } | null {
  const { plan, evidence, until } = options;
  const first = evidence[0]?.at.getTime();
  if (first === undefined) return null;
  const last = until.getTime();
  let stretch: Stretch | null = null;
  let judge: Judge | null = null;
  let seen = 0;
  for (const time of listInstants({ plan, evidence, first, last })) {
    const now = plan.at(time);
    if (judge === null || stretch === null || !isSameRule(now.rule, stretch.rule)) {
      judge = createJudge({ rule: now.parameters });
      for (let index = 0; index < seen; index += 1) take(judge, evidence[index]);
    }
    stretch = now;
    for (; (evidence[seen]?.at.getTime() ?? Infinity) <= time; seen += 1)
      take(judge, evidence[seen]);
    if (judgeStretch(judge, stretch).met)
      return { at: new Date(time), pieces: listPieces(judge, stretch) };
  }
  return null;
}

function isSameRule(one: RuleInForce, other: RuleInForce): boolean {
  return one.source === other.source && one.revision === other.revision;
}

function take(judge: Judge, evidence: Evidence | undefined): void {
  if (evidence) takeEvidence(judge, evidence);
}

/** Milliseconds of every instant at which something that decides may have changed, from the first evidence on. */
function listInstants(options: {
  plan: AttainmentPlan;
  evidence: readonly Evidence[];
  first: number;
  last: number;
}): number[] {
  const { plan, evidence, first, last } = options;
  const times = new Set(evidence.map(({ at }) => at.getTime()));
  for (const time of plan.times) times.add(time);
  return [...times].filter((time) => time >= first && time <= last).sort((a, b) => a - b);
}

/** The withdrawal by which it ceased to be achieved; null where it never was. */
function findLoss(options: {
  plan: AttainmentPlan;
  evidence: readonly Evidence[];
  until: Date;
}): Date | null {
  const { plan, evidence } = options;
  const times = new Set(
    evidence.flatMap((one) => (one.withdrawn ? [one.withdrawn.at.getTime()] : [])),
  );
  for (const time of [...times].sort((a, b) => b - a)) {
    const before = evidence.filter(
      (one) => one.withdrawn === null || one.withdrawn.at.getTime() >= time,
    );
    if (findEarliest({ plan, evidence: before, until: new Date(time - 1) })) return new Date(time);
  }
  return null;
}
