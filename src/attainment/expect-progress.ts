// What a competency asks for where a learner has no evidence yet: the rule, applied to what counts in the scope. In a course
// its shortlist hides and requires, as in what is computed later (plan-attainment.ts). Pure.
import type { Activity } from '../activities/activity.model.js';
import { evidenceObject } from '../activities/course-view.js';
import {
  buildDemand,
  findRuleInForce,
  readParameters,
  type RuleHistory,
} from './completion-rule.js';
import type { AttainmentScope } from './plan-attainment.js';
import type { ItemProgress } from './progress-words.js';

const PERCENT = 100;

/** What the course's shortlist of the competency says; empty in the framework's answer. */
export interface ExpectedPicks {
  hidden: ReadonlySet<string>;
  required: ReadonlySet<string>;
  /** Those of both that are live resources serving the competency. */
  resources: ReadonlySet<string>;
}

export const NO_PICKS: ExpectedPicks = {
  hidden: new Set(),
  required: new Set(),
  resources: new Set(),
};

/** A lesson placed as an activity counts once, as the resource it is. */
export function expectProgress(options: {
  item: string;
  framework: string;
  scope: AttainmentScope;
  /** Activities that are aligned to it. */
  activities: readonly Activity[];
  /** How many live resources serve it, hidden ones included. */
  resources: number;
  picks: ExpectedPicks;
  rules: RuleHistory[];
  now: Date;
}): Omit<ItemProgress, 'beingCounted'> {
  const { item, framework, scope, rules, now } = options;
  const course = scope.kind === 'course' ? scope.id : null;
  const { rule } = findRuleInForce({ histories: rules, framework, item, course, at: now });
  const { m, assessedM } = countMembers({ ...options, asksAll: rule.required.kind === 'all' });
  const demand = buildDemand({ rule, m, assessedM: Math.min(assessedM, m) });
  const { mastery } = readParameters(rule);
  return {
    status: 'open',
    n: 0,
    m,
    ...demand,
    assessedDone: 0,
    selfReported: false,
    mastery: mastery && {
      method: mastery.method,
      threshold: mastery.thresholdPercent / PERCENT,
      score: null,
      met: false,
    },
    missing: { more: demand.required, assessed: demand.assessedRequired },
    achievedAt: null,
    withdrawnAt: null,
  };
}

function countMembers(
  options: Pick<Parameters<typeof expectProgress>[0], 'activities' | 'resources' | 'picks'> & {
    asksAll: boolean;
  },
): { m: number; assessedM: number } {
  const { activities, resources, picks, asksAll } = options;
  const { hidden, required } = picks;
  const shown = activities.filter((one) => !hidden.has(evidenceObject(one)));
  // Of a lesson that no resource is counted for, the placing is what counts.
  const placed = shown.filter(({ lesson }) => lesson === null || resources === 0);
  const objects = new Set(placed.map(evidenceObject));
  const isShownResource = (id: string): boolean => picks.resources.has(id) && !hidden.has(id);
  const asked = [...required].filter((id) => objects.has(id) || isShownResource(id));
  if (asksAll && asked.length > 0) {
    const members = new Set(asked);
    const scored = shown.filter((one) => one.assessed && members.has(evidenceObject(one)));
    return { m: members.size, assessedM: new Set(scored.map(evidenceObject)).size };
  }
  const hiddenResources = [...hidden].filter((id) => picks.resources.has(id)).length;
  return {
    m: Math.max(0, resources - hiddenResources) + objects.size,
    assessedM: shown.filter(({ assessed }) => assessed).length,
  };
}
