// What counts for one item in one scope, and under which rule, at every time: the histories of ties, shortlists and rules
// cut into stretches in which nothing changes. A course's plan is the same for all its learners; the framework's holds the
// activities of the courses a learner was in by then. Pure.
import type { ShortlistHistory } from '../activities/shortlist.model.js';
import {
  findRuleInForce,
  latestAt,
  readParameters,
  type RuleHistory,
  type RuleInForce,
  type RuleParameters,
} from './completion-rule.js';
import type { Evidence } from './evidence.js';

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

export interface PlanInput {
  scope: AttainmentScope;
  framework: string;
  item: string;
  objects: readonly TiedObject[];
  rules: readonly RuleHistory[];
  /** What courses pin, require and hide; decides their own answers only. */
  shortlists?: readonly ShortlistHistory[];
  /** Courses this learner is in, with the time of the first evidence there: decides whose activities the framework's M holds. */
  courses: ReadonlyMap<string, Date>;
}

/** What holds between two changes. */
export interface Stretch {
  rule: RuleInForce;
  parameters: RuleParameters;
  /** Ids of the objects that count. Under a rule of "all" only the required ones, where some are. */
  members: ReadonlySet<string>;
  /** How many of them can bring a score that is asked for. */
  assessedM: number;
  /** Tied, but hidden by the course's shortlist. */
  hidden: ReadonlySet<string>;
  /** Tied, but not among the required ones. */
  notRequired: ReadonlySet<string>;
}

export interface AttainmentPlan {
  /** Milliseconds of every change, in order. */
  times: readonly number[];
  /** What is in force at a time in milliseconds, also of objects that were retired since. */
  at(time: number): Stretch;
  /** What is in force now, without retired and broken resources. */
  today(now: Date): Stretch;
  /** True for evidence that this scope's answer may rest on. */
  isOfScope(evidence: Evidence): boolean;
  /** True for evidence that speaks for this item or for whatever its object is tied to. */
  isOfItem(evidence: Evidence): boolean;
}

export function planAttainment(input: PlanInput): AttainmentPlan {
  const { scope, framework, item } = input;
  const times = listChanges(input);
  const stretches = new Map<number, Stretch>();
  const todays = new Map<number, Stretch>();
  return {
    times,
    at(time) {
      const place = lastUpTo(times, time);
      const known = stretches.get(place);
      if (known) return known;
      const from = times[place] ?? Number.NEGATIVE_INFINITY;
      const stretch = buildStretch({ input, at: from, onlyLive: false });
      stretches.set(place, stretch);
      return stretch;
    },
    today(now) {
      const known = todays.get(now.getTime());
      if (known) return known;
      const stretch = buildStretch({ input, at: now.getTime(), onlyLive: true });
      todays.set(now.getTime(), stretch);
      return stretch;
    },
    isOfScope: (one) => scope.kind === 'framework' || one.course === scope.id,
    isOfItem: (one) =>
      one.item === null || (one.item.item === item && one.item.framework === framework),
  };
}

/** Every time at which ties, rules, shortlists or the learner's courses change, in order. */
function listChanges(input: PlanInput): number[] {
  const { scope, courses, objects } = input;
  const histories = [...listRules(input), ...listShortlists(input)];
  const changes = [
    ...objects.flatMap(({ ties }) =>
      ties.flatMap(({ since, until, assessedSince }) => [since, until, assessedSince]),
    ),
    ...histories.flatMap(({ history }) => history.map(({ at }) => at)),
    ...(scope.kind === 'framework' ? courses.values() : []),
  ];
  const times = new Set(changes.flatMap((at) => at?.getTime() ?? []));
  return [...times].sort((a, b) => a - b);
}

/** Only those that bear on this item and scope. */
function listRules({ rules, scope, framework, item }: PlanInput): RuleHistory[] {
  return rules.filter(
    (one) =>
      one.framework === framework &&
      (one.item === null || one.item === item) &&
      (one.course === null || (scope.kind === 'course' && one.course === scope.id)),
  );
}

/** A course's shortlist never touches the framework's answer. */
function listShortlists({
  shortlists = [],
  scope,
  framework,
  item,
}: PlanInput): ShortlistHistory[] {
  return scope.kind === 'framework'
    ? []
    : shortlists.filter(
        (one) => one.course === scope.id && one.framework === framework && one.item === item,
      );
}

function buildStretch(options: { input: PlanInput; at: number; onlyLive: boolean }): Stretch {
  const { input, at, onlyLive } = options;
  const { scope, framework, item } = input;
  const rule = findRuleInForce({
    histories: listRules(input),
    framework,
    item,
    course: scope.kind === 'course' ? scope.id : null,
    at: new Date(Math.max(at, 0)),
  });
  const shortlist = listShortlists(input)
    .map(({ history }) => latestAt(history, new Date(Math.max(at, 0))))
    .find((one) => one !== null);
  const hiddenIds = new Set(shortlist?.hidden);
  const requiredIds = new Set(shortlist?.required);
  const tied = input.objects.filter((object) =>
    object.ties.some((tie) => holds({ tie, input, at, onlyLive })),
  );
  const shown = tied.filter(({ objectId }) => !hiddenIds.has(objectId));
  const required = shown.filter(({ objectId }) => requiredIds.has(objectId));
  const isNarrowed = rule.rule.required.kind === 'all' && required.length > 0;
  const counting = isNarrowed ? required : shown;
  const members = new Set(counting.map(({ objectId }) => objectId));
  const canScore = (tie: Tie): boolean =>
    holds({ tie, input, at, onlyLive }) && isPast(tie.assessedSince, at);
  return {
    rule,
    parameters: readParameters(rule.rule),
    members,
    assessedM: counting.filter(({ ties }) => ties.some(canScore)).length,
    hidden: new Set(tied.flatMap(({ objectId }) => (hiddenIds.has(objectId) ? [objectId] : []))),
    notRequired: new Set(
      shown.flatMap(({ objectId }) => (members.has(objectId) ? [] : [objectId])),
    ),
  };
}

/** Whether a tie holds at a time, in this scope. */
function holds(options: { tie: Tie; input: PlanInput; at: number; onlyLive: boolean }): boolean {
  const { tie, input, at, onlyLive } = options;
  return (
    (tie.live || !onlyLive) &&
    isPast(tie.since, at) &&
    !isPast(tie.until, at) &&
    isReachable(tie, input, at)
  );
}

/** A course's answer holds its own activities; the framework's those of courses the learner was in by then. */
function isReachable(tie: Tie, input: PlanInput, at: number): boolean {
  if (tie.course === null) return true;
  if (input.scope.kind === 'course') return tie.course === input.scope.id;
  return isPast(input.courses.get(tie.course) ?? null, at);
}

function isPast(time: Date | null, at: number): boolean {
  return time !== null && time.getTime() <= at;
}

/** Place of the last of the sorted times that is not after `time`; -1 where all are. */
function lastUpTo(times: readonly number[], time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? Infinity) <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
