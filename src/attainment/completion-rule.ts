// When a competency counts as achieved: how many of the objects that count for it (M), how many of them with assessed
// evidence, what a score must reach, and what their scores together must. Rules have histories and hold for a framework or
// one item of it, in general or in one course; a course's rule never decides the framework's answer (docs/architecture.md,
// "two answers"). Pure.
import type { MasteryMethod } from './mastery-methods.js';

type RequiredCount =
  { kind: 'all' } | { kind: 'number'; n: number } | { kind: 'percent'; percent: number };

/**
 * What a named person's word for the competency is worth: one piece as any other, one that also stands where assessed
 * evidence is asked for, or the whole competency.
 */
export const ATTESTED_WORTHS = ['piece', 'assessed', 'whole'] as const;
type AttestedWorth = (typeof ATTESTED_WORTHS)[number];

/** Of several scores for one object the highest speaks for it, or the latest. */
export const KEPT_SCORES = ['highest', 'latest'] as const;
type KeptScore = (typeof KEPT_SCORES)[number];

export interface MasteryDemand {
  method: MasteryMethod;
  /** What the method's result must reach; also what counts as mastering in `n-mastery`. */
  thresholdPercent: number;
}

/** Rules saved before the optional parts existed leave them out; `readParameters` says what holds then. */
export interface CompletionRule {
  /** `all` means the required ones, where the course's shortlist requires some. */
  required: RequiredCount;
  /** How many of them with assessed evidence; asked for only where an activity that can bring a score is aligned. */
  assessed: number;
  attested?: AttestedWorth;
  /** From which percent of the maximum on a score counts as passed; null: as its statement says. */
  passPercent?: number | null;
  keep?: KeptScore;
  /** What the kept scores, one an object, must come to besides; null asks nothing of them. */
  mastery?: MasteryDemand | null;
}

/** A rule with everything said. */
export type RuleParameters = Required<CompletionRule>;

/** What the seed framework is published with: any two, one of them with a score where an assessed activity is aligned. */
export const DEFAULT_RULE: CompletionRule = { required: { kind: 'number', n: 2 }, assessed: 1 };

export function readParameters(rule: CompletionRule): RuleParameters {
  const { required, assessed } = rule;
  return {
    required,
    assessed,
    attested: rule.attested ?? 'piece',
    passPercent: rule.passPercent ?? null,
    keep: rule.keep ?? 'highest',
    mastery: rule.mastery ?? null,
  };
}

export type ChildrenDemand =
  | { kind: 'all' }
  | { kind: 'any' }
  | { kind: 'at-least'; n: number }
  /** Moodle's `competency_rule_points`: every required child, and points of the achieved ones of at least `base`. */
  | {
      kind: 'points';
      base: number;
      members: { item: string; points: number; required: boolean }[];
    };

export interface ParentRule {
  children: ChildrenDemand;
}

export interface RuleRevision {
  revision: number;
  at: Date;
  by: string;
  /** Null from this revision on the wider rule holds again. Of a domain or subdomain it is a rule for its children. */
  rule: CompletionRule | ParentRule | null;
}

/** The rules of one place: a framework or one of its items, in general (`course` null) or in a course. */
export interface RuleHistory {
  framework: string;
  item: string | null;
  course: string | null;
  history: RuleRevision[];
}

export type RuleSource = 'course-item' | 'course' | 'item' | 'framework' | 'default';

export interface RuleInForce {
  rule: CompletionRule;
  /** Where it comes from, the nearest place first. */
  source: RuleSource;
  revision: number;
}

/** The rule for an item at an instant: the nearest place that has one. `course` null asks for the framework's answer. */
export function findRuleInForce(options: {
  histories: readonly RuleHistory[];
  framework: string;
  item: string;
  course: string | null;
  at: Date;
}): RuleInForce {
  const { histories, framework, item, course, at } = options;
  const places: { source: RuleSource; item: string | null; course: string | null }[] = [
    ...(course === null
      ? []
      : [
          { source: 'course-item' as const, item, course },
          { source: 'course' as const, item: null, course },
        ]),
    { source: 'item', item, course: null },
    { source: 'framework', item: null, course: null },
  ];
  for (const place of places) {
    const found = histories.find(
      (one) =>
        one.framework === framework && one.item === place.item && one.course === place.course,
    );
    const revision = found && latestAt(found.history, at);
    if (revision?.rule && !isParentRule(revision.rule))
      return { rule: revision.rule, source: place.source, revision: revision.revision };
  }
  return { rule: DEFAULT_RULE, source: 'default', revision: 0 };
}

export function isParentRule(rule: CompletionRule | ParentRule): rule is ParentRule {
  return 'children' in rule;
}

export interface Demand {
  required: number;
  assessedRequired: number;
}

/** What a rule asks of `m` objects, `assessedM` of them activities that can bring a score. Nothing is asked of none. */
export function buildDemand(options: {
  rule: Pick<CompletionRule, 'required' | 'assessed'>;
  m: number;
  assessedM: number;
}): Demand {
  const { rule, m, assessedM } = options;
  if (m === 0) return { required: 0, assessedRequired: 0 };
  const required = Math.min(m, Math.max(1, countRequired(rule.required, m)));
  return { required, assessedRequired: Math.min(rule.assessed, assessedM, required) };
}

function countRequired(required: RequiredCount, m: number): number {
  if (required.kind === 'all') return m;
  if (required.kind === 'number') return required.n;
  return Math.ceil((required.percent * m) / 100);
}

/** The newest entry of a history at an instant. */
export function latestAt<Entry extends { revision: number; at: Date }>(
  history: readonly Entry[],
  at: Date,
): Entry | null {
  let latest: Entry | null = null;
  for (const entry of history) {
    if (entry.at.getTime() > at.getTime()) continue;
    if (latest === null || entry.revision > latest.revision) latest = entry;
  }
  return latest;
}
