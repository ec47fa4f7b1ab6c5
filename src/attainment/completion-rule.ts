// When a competency counts as achieved: how many of the objects that count for it (M), and how many of them with a score.
// Rules have histories and hold for a framework or one item of it, in general or in one course; a course's rule never
// decides the framework's answer (docs/architecture.md, "two answers"). Pure.

type RequiredCount =
  { kind: 'all' } | { kind: 'number'; n: number } | { kind: 'percent'; percent: number };

export interface CompletionRule {
  required: RequiredCount;
  /** How many of them with a score; asked for only where an activity that can bring one is aligned. */
  assessed: number;
}

/** What the seed framework is published with: any two, one of them with a score where an assessed activity is aligned. */
export const DEFAULT_RULE: CompletionRule = { required: { kind: 'number', n: 2 }, assessed: 1 };

export interface RuleRevision {
  revision: number;
  at: Date;
  by: string;
  /** Null from this revision on the wider rule holds again. */
  rule: CompletionRule | null;
}

/** The rules of one place: a framework or one of its items, in general (`course` null) or in a course. */
export interface RuleHistory {
  framework: string;
  item: string | null;
  course: string | null;
  history: RuleRevision[];
}

export interface RuleInForce {
  rule: CompletionRule;
  /** Where it comes from, the nearest place first. */
  source: 'course-item' | 'course' | 'item' | 'framework' | 'default';
  revision: number;
}

/** The rule for an item at an instant: the nearest place that has one. `course` null asks for the framework's answer. */
export function findRuleInForce(options: {
  histories: RuleHistory[];
  framework: string;
  item: string;
  course: string | null;
  at: Date;
}): RuleInForce {
  const { histories, framework, item, course, at } = options;
  const places: { source: RuleInForce['source']; item: string | null; course: string | null }[] = [
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
    if (revision?.rule)
      return { rule: revision.rule, source: place.source, revision: revision.revision };
  }
  return { rule: DEFAULT_RULE, source: 'default', revision: 0 };
}

export interface Demand {
  required: number;
  assessedRequired: number;
}

/** What a rule asks of `m` objects, `assessedM` of them activities that can bring a score. Nothing is asked of none. */
export function buildDemand(options: {
  rule: CompletionRule;
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

function latestAt(history: RuleRevision[], at: Date): RuleRevision | null {
  let latest: RuleRevision | null = null;
  for (const entry of history) {
    if (entry.at.getTime() > at.getTime()) continue;
    if (latest === null || entry.revision > latest.revision) latest = entry;
  }
  return latest;
}
