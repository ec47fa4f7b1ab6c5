// Attainment of one learner in one item and one scope: a function of evidence and of the histories of alignments, resource
// links and rules. Live N of M by what is tied to the item now; achieved at the earliest instant at which evidence that was
// never withdrawn met the rules and ties then in force. Order of arrival and duplicates decide nothing. Pure.
import {
  buildDemand,
  findRuleInForce,
  type RuleHistory,
  type RuleInForce,
} from './completion-rule.js';
import type { Evidence, EvidenceKind } from './evidence.js';

/** From `since` on, until (not including) `until`. */
export interface TieInterval {
  since: Date;
  until: Date | null;
}

/** An activity or resource that counts for the item, or once did. */
export interface TiedObject {
  objectId: string;
  objectKind: 'activity' | 'resource';
  title: string;
  /** The course of an activity; null for a resource of the library. */
  course: string | null;
  /** Since when the activity can bring a score that is asked for; null for one that cannot and for resources. */
  assessedSince: Date | null;
  /** False for a retired or broken resource: it keeps its history and leaves today's M. */
  live: boolean;
  ties: TieInterval[];
}

export interface AttainmentScope {
  kind: 'course' | 'framework';
  id: string;
}

export interface ContributingEvidence {
  statementId: string;
  objectId: string;
  objectKind: 'activity' | 'resource';
  kind: EvidenceKind;
  at: Date;
  title: string;
  score: number | null;
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
  const { now } = input;
  const evidence = uniqueEvidence(input.evidence);
  const objects = input.objects.filter((object) => isOfScope(object, input));
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

/** Evidence that completes its object and did not fail. */
export function countsAsDone(evidence: Evidence): boolean {
  return evidence.completes && evidence.success !== false;
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
    (object) =>
      (object.live || !onlyLive) && isTiedAt(object, at) && isReachable(object, input, at),
  );
  const ids = new Set(inForce.map((object) => object.objectId));
  const done = options.evidence.filter(
    (one) => ids.has(one.objectId) && one.at.getTime() <= at.getTime(),
  );
  const n = new Set(done.map((one) => one.objectId)).size;
  const assessedDone = new Set(
    done.filter((one) => one.kind === 'assessed').map((one) => one.objectId),
  ).size;
  const assessedM = inForce.filter(
    (object) => object.assessedSince !== null && object.assessedSince.getTime() <= at.getTime(),
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
  for (const object of objects) {
    if (object.assessedSince) times.add(object.assessedSince.getTime());
    for (const tie of object.ties) {
      times.add(tie.since.getTime());
      if (tie.until) times.add(tie.until.getTime());
    }
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

function isOfScope(object: TiedObject, input: ComputeAttainmentInput): boolean {
  if (object.objectKind === 'resource' || input.scope.kind === 'framework') return true;
  return object.course === input.scope.id;
}

function isEvidenceOfScope(evidence: Evidence, scope: AttainmentScope): boolean {
  return scope.kind === 'framework' || evidence.course === scope.id;
}

function isTiedAt(object: TiedObject, at: Date): boolean {
  const time = at.getTime();
  return object.ties.some(
    (tie) => tie.since.getTime() <= time && (tie.until === null || time < tie.until.getTime()),
  );
}

/** In the framework's answer, activities count only in courses the learner was in by then. */
function isReachable(object: TiedObject, input: ComputeAttainmentInput, at: Date): boolean {
  if (object.course === null || input.scope.kind === 'course') return true;
  const joined = input.courses.get(object.course);
  return joined !== undefined && joined.getTime() <= at.getTime();
}

function uniqueEvidence(evidence: Evidence[]): Evidence[] {
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

/** One piece of evidence an object, the strongest: by kind, then score, then the earlier. */
function pickBest(evidence: Evidence[]): ContributingEvidence[] {
  const best = new Map<string, Evidence>();
  for (const one of evidence) {
    const known = best.get(one.objectId);
    if (known === undefined || compareStrength(one, known) < 0) best.set(one.objectId, one);
  }
  return [...best.values()].map(toContributing);
}

function compareStrength(a: Evidence, b: Evidence): number {
  return (
    KIND_ORDER[a.kind] - KIND_ORDER[b.kind] ||
    (b.score ?? -1) - (a.score ?? -1) ||
    a.at.getTime() - b.at.getTime() ||
    (a.statementId < b.statementId ? -1 : 1)
  );
}

/** What achieved it, with stronger evidence for the same objects that came later. */
function upgrade(achievedBy: ContributingEvidence[], standing: Evidence[]): ContributingEvidence[] {
  const ids = new Set(achievedBy.map((one) => one.objectId));
  return pickBest(standing.filter((one) => ids.has(one.objectId)));
}

function toContributing(evidence: Evidence): ContributingEvidence {
  const { statementId, objectId, objectKind, kind, at, title, score } = evidence;
  return { statementId, objectId, objectKind, kind, at, title, score };
}

function bestScore(basis: ContributingEvidence[]): number | null {
  const scores = basis.flatMap((one) => (one.score === null ? [] : [one.score]));
  return scores.length === 0 ? null : Math.max(...scores);
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
  for (const one of options.all) {
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
  if (object === undefined || !isTiedAt(object, input.now)) return 'not-aligned';
  if (!object.live) return 'retired';
  return 'same-object';
}
