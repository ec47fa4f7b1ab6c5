// When a domain or subdomain is achieved: by its children, which are competencies and subdomains of their own rule. Computed
// from the children's answers whenever it is asked for, never stored: it is theirs, so it can never disagree with them, and
// a voided statement or a moved competency needs no second projection. Sticky as they are: it is achieved at the earliest
// instant at which the children achieved by then met the rule then in force. Pure.
import {
  latestAt,
  type ChildrenDemand,
  type ParentRule,
  type RuleHistory,
} from './completion-rule.js';
import { meetsPoints } from './mastery-methods.js';

/** As Moodle's `competency_rule_all`: every child. */
const DEFAULT_PARENT_RULE: ParentRule = { children: { kind: 'all' } };

export interface ParentRuleInForce {
  rule: ParentRule;
  source: 'course-item' | 'item' | 'default';
  revision: number;
}

/** The rule of a domain or subdomain: the course's, else the framework's, else all. It is not handed down to what is below. */
export function findParentRuleInForce(options: {
  histories: readonly RuleHistory[];
  framework: string;
  item: string;
  /** Null asks for the framework's answer. */
  course: string | null;
  at: Date;
}): ParentRuleInForce {
  const { histories, framework, item, course, at } = options;
  for (const place of course === null ? [null] : [course, null]) {
    const found = histories.find(
      (one) => one.framework === framework && one.item === item && one.course === place,
    );
    const revision = found && latestAt(found.history, at);
    if (revision?.rule && 'children' in revision.rule)
      return {
        rule: revision.rule,
        source: place === null ? 'item' : 'course-item',
        revision: revision.revision,
      };
  }
  return { rule: DEFAULT_PARENT_RULE, source: 'default', revision: 0 };
}

/** One child's answer in the scope that is asked for. */
export interface ChildAnswer {
  item: string;
  status: 'open' | 'progress' | 'achieved';
  achievedAt: Date | null;
  selfReported: boolean;
  /** False where nothing counts for it here yet: it is left out, as an empty M never is achieved and cannot be asked for. */
  counts: boolean;
}

export interface ParentAnswer {
  status: 'open' | 'progress' | 'achieved';
  /** Children achieved, of those that count here. */
  n: number;
  m: number;
  required: number;
  /** Points reached and needed, under a rule of points. */
  points: { reached: number; base: number } | null;
  selfReported: boolean;
  achievedAt: Date | null;
  rule: ParentRuleInForce;
}

/** The answer of a domain or subdomain. Without a child that counts it is "nothing to do yet", never achieved. */
export function rollUp(options: {
  framework: string;
  item: string;
  course: string | null;
  children: readonly ChildAnswer[];
  histories: readonly RuleHistory[];
  now: Date;
}): ParentAnswer {
  const { framework, item, course, histories, now } = options;
  const children = options.children.filter(({ counts, status }) => counts || status === 'achieved');
  const place = { histories, framework, item, course };
  const achieved = children.filter(({ status }) => status === 'achieved');
  const instants = [
    ...achieved.flatMap(({ achievedAt }) => achievedAt ?? []),
    ...histories
      .filter((one) => one.framework === framework && one.item === item)
      .flatMap(({ history }) => history.map(({ at }) => at)),
  ]
    .filter((at) => at.getTime() <= now.getTime())
    .sort((a, b) => a.getTime() - b.getTime());
  const isBy = (at: Date) => (child: ChildAnswer) =>
    child.achievedAt !== null && child.achievedAt.getTime() <= at.getTime();
  const achievedAt =
    instants.find((at) =>
      meets({
        demand: findParentRuleInForce({ ...place, at }).rule.children,
        children,
        achieved: achieved.filter(isBy(at)),
      }),
    ) ?? null;
  const rule = findParentRuleInForce({ ...place, at: now });
  const { children: demand } = rule.rule;
  const isBegun = children.some(({ status }) => status !== 'open');
  return {
    status: achievedAt !== null ? 'achieved' : isBegun ? 'progress' : 'open',
    n: achieved.length,
    m: children.length,
    required: countRequired(demand, children),
    points:
      demand.kind === 'points' ? { reached: sumPoints(demand, achieved), base: demand.base } : null,
    selfReported: achieved.length > 0 && achieved.every(({ selfReported }) => selfReported),
    achievedAt,
    rule,
  };
}

function meets(options: {
  demand: ChildrenDemand;
  children: readonly ChildAnswer[];
  achieved: readonly ChildAnswer[];
}): boolean {
  const { demand, children, achieved } = options;
  if (children.length === 0 || achieved.length === 0) return false;
  if (demand.kind !== 'points') return achieved.length >= countRequired(demand, children);
  const done = new Set(achieved.map(({ item }) => item));
  const members = demand.members.map(({ item, points, required }) => ({
    points,
    required,
    proficient: done.has(item),
  }));
  return meetsPoints(members, demand);
}

function countRequired(demand: ChildrenDemand, children: readonly ChildAnswer[]): number {
  if (demand.kind === 'all') return children.length;
  if (demand.kind === 'any') return Math.min(1, children.length);
  if (demand.kind === 'at-least') return Math.min(demand.n, children.length);
  return demand.members.filter(({ required }) => required).length;
}

function sumPoints(
  demand: Extract<ChildrenDemand, { kind: 'points' }>,
  achieved: readonly ChildAnswer[],
): number {
  const done = new Set(achieved.map(({ item }) => item));
  return demand.members.reduce((sum, { item, points }) => sum + (done.has(item) ? points : 0), 0);
}
