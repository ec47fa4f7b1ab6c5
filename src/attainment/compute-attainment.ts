// Attainment of one learner in one item and one scope: a function of evidence and of the histories of alignments, resource
// links and rules. Live N of M by what is tied to the item now; achieved at the earliest instant at which evidence that was
// never withdrawn met the rules and ties then in force. Order of arrival and duplicates decide nothing. Pure.
import {
  buildDemand,
  findRuleInForce,
  type RuleHistory,
  type RuleInForce,
} from './completion-rule.js';
import type { Evidence } from './evidence.js';
import {
  bestScore,
  countsAsDone,
  pickBest,
  uniqueEvidence,
  type ContributingEvidence,
} from './weigh-evidence.js';

/** The newest are explained; a learner's record stays small however often a lesson is taken again. */
const MAX_EXCLUDED = 50;

/** Counts from `since` on, until (not including) `until`. */
export interface Tie {
  since: Date;
  until: Date | null;
  /** The course whose alignment it is; null for a link of the library. */
  course: string | null;
  /** Since when the aligned activity can bring a score that is asked for; null for one that cannot and for the library. */
  assessedSince: Date | null;
  /** False for a retired or broken resource: it keeps its history and leaves today's M. */
  live: boolean;
}

/** An activity or resource that counts for the item, or once did. A lesson placed as an activity is one object. */
export interface TiedObject {
  objectId: string;
  objectKind: 'activity' | 'resource';
  title: string;
  ties: Tie[];
}

export interface AttainmentScope {
  kind: 'course' | 'framework';
  id: string;
}

export type ExclusionReason =
  | 'withdrawn'
  | 'not-completed'
  | 'not-passed'
  | 'same-object'
  | 'not-aligned'
  | 'retired'
  | 'other-course';

export interface ExcludedEvidence {
  statementId: string;
  objectId: string;
  reason: ExclusionReason;
}

export interface AttainmentResult {
  status: 'open' | 'progress' | 'achieved';
  n: number;
  m: number;
  required: number;
  assessedRequired: number;
  assessedDone: number;
  /** What is there rests on declarations alone. */
  selfReported: boolean;
  /** Best score (0 to 1) among what contributes; null without one. */
  score: number | null;
  contributing: ContributingEvidence[];
  /** What met the rule when it was achieved; kept when today's ties are others. */
  achievedBy: ContributingEvidence[];
  excluded: ExcludedEvidence[];
  missing: { more: number; assessed: number };
  achievedAt: Date | null;
  /** It had been achieved until evidence was withdrawn at this time; null otherwise. */
  withdrawnAt: Date | null;
  rule: RuleInForce;
  asOf: Date;
}

export interface ComputeAttainmentInput {
  scope: AttainmentScope;
  framework: string;
  item: string;
  /** All of this learner's evidence for the objects below; duplicates and any order are fine. */
  evidence: Evidence[];
  objects: TiedObject[];
  rules: RuleHistory[];
  /** Courses this learner is in, with the time of the first evidence there: decides whose activities the framework's M holds. */
  courses: Map<string, Date>;
  now: Date;
}

/** See the head of this file. An empty M is "nothing to do yet" and never achieved. */
export function computeAttainment(input: ComputeAttainmentInput): AttainmentResult {
  const { now, objects } = input;
  const evidence = uniqueEvidence(input.evidence);
  const ofScope = evidence.filter((one) => isEvidenceOfScope(one, input.scope));
  const standing = ofScope.filter((one) => one.withdrawn === null && countsAsDone(one));

  const today = meetAt({ input, objects, evidence: standing, at: now, onlyLive: true });
  const achieved = findEarliest({ input, objects, evidence: standing });
  const lost =
    achieved === null ? findLoss({ input, objects, evidence: ofScope.filter(countsAsDone) }) : null;

  const contributing = pickBest(today.done);
  const achievedBy = achieved === null ? [] : pickBest(achieved.done);
  const basis = [...contributing, ...upgrade(achievedBy, standing)];
  return {
    status: achieved !== null ? 'achieved' : today.n > 0 ? 'progress' : 'open',
    n: today.n,
    m: today.m,
    required: today.required,
    assessedRequired: today.assessedRequired,
    assessedDone: today.assessedDone,
    selfReported: basis.length > 0 && basis.every((one) => one.kind === 'declared'),
    score: bestScore(basis),
    contributing,
    achievedBy,
    excluded: explainExcluded({ all: evidence, contributing, objects, input }),
    missing: {
      more: Math.max(0, today.required - today.n),
      assessed: Math.max(0, today.assessedRequired - today.assessedDone),
    },
    achievedAt: achieved?.at ?? null,
    withdrawnAt: lost,
    rule: today.rule,
    asOf: now,
  };
}

interface Meeting {
  at: Date;
  n: number;
  m: number;
  required: number;
  assessedRequired: number;
  assessedDone: number;
  met: boolean;
  done: Evidence[];
  rule: RuleInForce;
}

/** How evidence dated up to `at` meets what is in force at `at`. */
function meetAt(options: {
  input: ComputeAttainmentInput;
  objects: TiedObject[];
  evidence: Evidence[];
  at: Date;
  onlyLive: boolean;
}): Meeting {
  const { input, at, onlyLive } = options;
  const inForce = options.objects.filter(
    (object) => tiesAt({ object, input, at, onlyLive }).length > 0,
  );
  const ids = new Set(inForce.map((object) => object.objectId));
  const done = options.evidence.filter(
    (one) => ids.has(one.objectId) && one.at.getTime() <= at.getTime(),
  );
  const n = new Set(done.map((one) => one.objectId)).size;
  const assessedDone = new Set(
    done.filter((one) => one.kind === 'assessed').map((one) => one.objectId),
  ).size;
  const assessedM = inForce.filter((object) =>
    tiesAt({ object, input, at, onlyLive }).some((tie) => isPast(tie.assessedSince, at)),
  ).length;
  const rule = findRuleInForce({
    histories: input.rules,
    framework: input.framework,
    item: input.item,
    course: input.scope.kind === 'course' ? input.scope.id : null,
    at,
  });
  const demand = buildDemand({ rule: rule.rule, m: inForce.length, assessedM });
  const met = inForce.length > 0 && n >= demand.required && assessedDone >= demand.assessedRequired;
  return { at, n, m: inForce.length, ...demand, assessedDone, met, done, rule };
}

function findEarliest(options: {
  input: ComputeAttainmentInput;
  objects: TiedObject[];
  evidence: Evidence[];
}): Meeting | null {
  if (options.evidence.length === 0) return null;
  for (const at of listInstants(options)) {
    const meeting = meetAt({ ...options, at, onlyLive: false });
    if (meeting.met) return meeting;
  }
  return null;
}

/** The withdrawal by which it ceased to be achieved; null where it never was. */
function findLoss(options: {
  input: ComputeAttainmentInput;
  objects: TiedObject[];
  evidence: Evidence[];
}): Date | null {
  const { input, objects, evidence } = options;
  const times = new Set(
    evidence.flatMap((one) => (one.withdrawn ? [one.withdrawn.at.getTime()] : [])),
  );
  for (const time of [...times].sort((a, b) => b - a)) {
    const before = evidence.filter(
      (one) => one.withdrawn === null || one.withdrawn.at.getTime() >= time,
    );
    if (findEarliest({ input: { ...input, now: new Date(time - 1) }, objects, evidence: before }))
      return new Date(time);
  }
  return null;
}

/** Every instant up to now at which something that decides may have changed, from the first evidence on. */
function listInstants(options: {
  input: ComputeAttainmentInput;
  objects: TiedObject[];
  evidence: Evidence[];
}): Date[] {
  const { input, objects, evidence } = options;
  const first = Math.min(...evidence.map((one) => one.at.getTime()));
  const times = new Set<number>();
  for (const one of evidence) times.add(one.at.getTime());
  for (const tie of objects.flatMap((object) => object.ties)) {
    for (const time of [tie.since, tie.until, tie.assessedSince])
      if (time) times.add(time.getTime());
  }
  for (const history of input.rules)
    for (const revision of history.history) times.add(revision.at.getTime());
  for (const joined of input.courses.values()) times.add(joined.getTime());
  const last = input.now.getTime();
  return [...times]
    .filter((time) => time >= first && time <= last)
    .sort((a, b) => a - b)
    .map((time) => new Date(time));
}

function isEvidenceOfScope(evidence: Evidence, scope: AttainmentScope): boolean {
  return scope.kind === 'framework' || evidence.course === scope.id;
}

/** The ties of an object that hold at an instant, in this scope. */
function tiesAt(options: {
  object: TiedObject;
  input: ComputeAttainmentInput;
  at: Date;
  onlyLive: boolean;
}): Tie[] {
  const { object, input, at, onlyLive } = options;
  return object.ties.filter(
    (tie) =>
      (tie.live || !onlyLive) &&
      isPast(tie.since, at) &&
      !isPast(tie.until, at) &&
      isReachable(tie, input, at),
  );
}

/** A course's answer holds its own activities; the framework's those of courses the learner was in by then. */
function isReachable(tie: Tie, input: ComputeAttainmentInput, at: Date): boolean {
  if (tie.course === null) return true;
  if (input.scope.kind === 'course') return tie.course === input.scope.id;
  return isPast(input.courses.get(tie.course) ?? null, at);
}

function isPast(time: Date | null, at: Date): boolean {
  return time !== null && time.getTime() <= at.getTime();
}

/** What achieved it, with stronger evidence for the same objects that came later. */
function upgrade(achievedBy: ContributingEvidence[], standing: Evidence[]): ContributingEvidence[] {
  const ids = new Set(achievedBy.map((one) => one.objectId));
  return pickBest(standing.filter((one) => ids.has(one.objectId)));
}

function explainExcluded(options: {
  all: Evidence[];
  contributing: ContributingEvidence[];
  objects: TiedObject[];
  input: ComputeAttainmentInput;
}): ExcludedEvidence[] {
  const counted = new Set(options.contributing.map((one) => one.statementId));
  const byObject = new Map(options.objects.map((object) => [object.objectId, object]));
  const excluded: ExcludedEvidence[] = [];
  for (const one of options.all.toReversed()) {
    if (excluded.length === MAX_EXCLUDED) break;
    if (counted.has(one.statementId)) continue;
    const reason = reasonOf(one, byObject.get(one.objectId), options.input);
    excluded.push({ statementId: one.statementId, objectId: one.objectId, reason });
  }
  return excluded;
}

function reasonOf(
  evidence: Evidence,
  object: TiedObject | undefined,
  input: ComputeAttainmentInput,
): ExclusionReason {
  if (evidence.withdrawn !== null) return 'withdrawn';
  if (!isEvidenceOfScope(evidence, input.scope)) return 'other-course';
  if (!evidence.completes) return 'not-completed';
  if (evidence.success === false) return 'not-passed';
  if (
    object === undefined ||
    tiesAt({ object, input, at: input.now, onlyLive: false }).length === 0
  )
    return 'not-aligned';
  return tiesAt({ object, input, at: input.now, onlyLive: true }).length === 0
    ? 'retired'
    : 'same-object';
}
