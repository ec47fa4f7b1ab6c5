// Attainments of some people in some items, computed from what is stored: a handful of queries for all of them, whatever
// their number. What counts when is read once and shared; what people did is read for these people alone.
import { listActivitiesOf } from '../activities/activity.model.js';
import { listAlignmentHistories } from '../activities/alignment.model.js';
import { listShortlistHistories, type ShortlistHistory } from '../activities/shortlist.model.js';
import { listServingResources } from '../library/learning-resource.model.js';
import type { Attainment } from './attainment-row.model.js';
import type { RuleHistory } from './completion-rule.js';
import { listRuleHistories } from './completion-rule.model.js';
import { computeByPlan } from './compute-attainment.js';
import type { Evidence } from './evidence.js';
import { listAllEvidence, listCoursesOfPeople } from './evidence.model.js';
import { groupBy } from './group-by.js';
import {
  planAttainment,
  type AttainmentPlan,
  type AttainmentScope,
  type TiedObject,
} from './plan-attainment.js';
import { buildTiedObjects, nameObjects } from './tied-objects.js';

interface PeopleRequest {
  deployment: string;
  users: readonly string[];
  framework: string;
  items: readonly string[];
}

export interface PeopleInputs extends PeopleRequest {
  objects: Map<string, TiedObject[]>;
  rules: RuleHistory[];
  shortlists: ShortlistHistory[];
  /** Plans of courses are the same for all their learners: by item and course. */
  plans: Map<string, AttainmentPlan>;
  tiedCourses: Map<string, ReadonlySet<string>>;
  evidence: Map<string, Evidence[]>;
  courses: Map<string, Map<string, Date>>;
}

/** Everything that the attainments of these people in these items are a function of, read now. */
export async function readPeopleInputs(request: PeopleRequest): Promise<PeopleInputs> {
  const { deployment, users, framework, items } = request;
  const viewer = { deployment };
  const [alignments, resources, rules, shortlists, courses] = await Promise.all([
    listAlignmentHistories({ deployment, framework, items }),
    listServingResources({ framework, items: [...items], viewer }),
    listRuleHistories({ deployment, framework }),
    listShortlistHistories({ deployment, framework, items }),
    listCoursesOfPeople({ deployment, users }),
  ]);
  const activities = await listActivitiesOf({
    deployment,
    activities: alignments.map(({ activity }) => activity),
  });
  const objects = buildTiedObjects({ framework, items, alignments, activities, resources });
  // Attestations are about the items themselves.
  const tied = [...objects.values()].flat().map(({ objectId }) => objectId);
  const objectIds = [...new Set([...items, ...tied])];
  const evidence = await listAllEvidence({ deployment, users, objectIds });
  return {
    ...request,
    objects,
    rules,
    shortlists: nameObjects({ shortlists, activities }),
    plans: new Map(),
    tiedCourses: new Map(),
    courses,
    evidence: groupBy(evidence, (one) => one.user),
  };
}

/** The same people and work under other rules: what a change would mean. */
export function withRules(inputs: PeopleInputs, rules: RuleHistory[]): PeopleInputs {
  return { ...inputs, rules, plans: new Map() };
}

/** One person's attainments, of the framework and of each course with evidence; none without evidence. Pure. */
export function computePerson(options: {
  inputs: PeopleInputs;
  user: string;
  now: Date;
}): Attainment[] {
  const { inputs, user, now } = options;
  const byObject = groupBy(inputs.evidence.get(user) ?? [], (one) => one.objectId);
  return inputs.items.flatMap((item) => {
    const objects = inputs.objects.get(item) ?? [];
    const evidence = [
      ...objects.flatMap(({ objectId }) => byObject.get(objectId) ?? []),
      ...(byObject.get(item) ?? []),
    ];
    if (evidence.length === 0) return [];
    const courses = new Set(evidence.flatMap(({ course }) => (course === null ? [] : [course])));
    const scopes: AttainmentScope[] = [
      { kind: 'framework', id: inputs.framework },
      ...[...courses].map((id) => ({ kind: 'course' as const, id })),
    ];
    return scopes.map((scope) => computeOne({ inputs, user, item, scope, objects, evidence, now }));
  });
}

function computeOne(options: {
  inputs: PeopleInputs;
  user: string;
  item: string;
  scope: AttainmentScope;
  objects: TiedObject[];
  evidence: Evidence[];
  now: Date;
}): Attainment {
  const { inputs, user, item, scope, evidence, now } = options;
  const { deployment, framework } = inputs;
  const { rule, ...result } = computeByPlan({ plan: findPlan(options), evidence, now });
  const attempted =
    result.n > 0 ||
    result.status === 'achieved' ||
    result.excluded.some(({ reason }) => reason === 'not-passed');
  return {
    user,
    deployment,
    scope,
    framework,
    item,
    attempted,
    ...result,
    ruleSource: rule.source,
    ruleRevision: rule.revision,
  };
}

function findPlan(options: {
  inputs: PeopleInputs;
  user: string;
  item: string;
  scope: AttainmentScope;
  objects: TiedObject[];
}): AttainmentPlan {
  const { inputs, user, item, scope, objects } = options;
  const { framework, rules, shortlists, plans } = inputs;
  const courses = inputs.courses.get(user) ?? new Map<string, Date>();
  const joined = scope.kind === 'course' ? '' : writeCourses(coursesOf(inputs, item), courses);
  const key = `${item} ${scope.id} ${joined}`;
  const known = plans.get(key);
  if (known) return known;
  const plan = planAttainment({ scope, framework, item, objects, rules, shortlists, courses });
  plans.set(key, plan);
  return plan;
}

/** Courses whose activities are or were tied to an item; found once an item. */
function coursesOf({ objects, tiedCourses }: PeopleInputs, item: string): ReadonlySet<string> {
  const known = tiedCourses.get(item);
  if (known) return known;
  const ties = (objects.get(item) ?? []).flatMap((object) => object.ties);
  const found = new Set(ties.flatMap(({ course }) => course ?? []));
  tiedCourses.set(item, found);
  return found;
}

/** Of a learner's courses, the framework's plan depends on when they joined those whose activities are tied to the item. */
function writeCourses(tied: ReadonlySet<string>, courses: ReadonlyMap<string, Date>): string {
  return [...courses]
    .flatMap(([course, joined]) => (tied.has(course) ? [`${course} ${joined.getTime()}`] : []))
    .sort()
    .join(' ');
}
