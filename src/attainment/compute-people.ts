// Attainments of some people in some items, computed from what is stored: a handful of queries for all of them, whatever
// their number. What counts when is read once and shared; what people did is read for these people alone. Whether all of
// that is still so can be asked afterwards at a fraction of the cost.
import { isDeepStrictEqual } from 'node:util';
import { listActivitiesOf } from '../activities/activity.model.js';
import { listAlignmentHistories } from '../activities/alignment.model.js';
import { listShortlistHistories, type ShortlistHistory } from '../activities/shortlist.model.js';
import { listServingResources } from '../library/learning-resource.model.js';
import type { Attainment } from './attainment-row.model.js';
import type { RuleHistory } from './completion-rule.js';
import { listRuleHistories } from './completion-rule.model.js';
import { computeByPlan } from './compute-attainment.js';
import type { Evidence } from './evidence.js';
import {
  listAllEvidence,
  listCoursesOfPeople,
  stampEvidence,
  type EvidenceStamp,
} from './projected-evidence.model.js';
import { groupBy } from './group-by.js';
import {
  planAttainment,
  type AttainmentPlan,
  type AttainmentScope,
  type TiedObject,
} from './plan-attainment.js';
import { buildTiedObjects, nameObjects } from './tied-objects.js';

export interface PeopleRequest {
  deployment: string;
  users: readonly string[];
  framework: string;
  items: readonly string[];
  /** Only the answers of this course: of what its rules and shortlists decide. Every answer without it. */
  course?: string | undefined;
}

export interface PeopleInputs extends PeopleRequest {
  objects: Map<string, TiedObject[]>;
  /** By object, the items it is or was tied to; by item, itself. */
  itemsOf: Map<string, string[]>;
  rules: RuleHistory[];
  shortlists: ShortlistHistory[];
  /** Plans of courses are the same for all their learners: by item and course. */
  plans: Map<string, AttainmentPlan>;
  tiedCourses: Map<string, ReadonlySet<string>>;
  evidence: Map<string, Evidence[]>;
  courses: Map<string, Map<string, Date>>;
  /** As it was read, to be compared. */
  read: { basis: Basis; objectIds: string[]; stamp: EvidenceStamp };
}

type Basis = Awaited<ReturnType<typeof readBasis>>;

/** Everything that the attainments of these people in these items are a function of, read now. */
export async function readPeopleInputs(request: PeopleRequest): Promise<PeopleInputs> {
  const { deployment, users, framework, items } = request;
  const basis = await readBasis(request);
  const { alignments, resources, rules, shortlists, activities, courses } = basis;
  const objects = buildTiedObjects({ framework, items, alignments, activities, resources });
  const itemsOf = listItemsOfObjects(objects);
  const objectIds = [...itemsOf.keys()];
  const { evidence, stamp } = await listAllEvidence({ deployment, users, objectIds });
  return {
    ...request,
    objects,
    itemsOf,
    rules,
    shortlists: nameObjects({ shortlists, activities }),
    plans: new Map(),
    tiedCourses: new Map(),
    courses,
    evidence: groupBy(evidence, (one) => one.user),
    read: { basis, objectIds, stamp },
  };
}

/** Attestations are about the items themselves. */
function listItemsOfObjects(objects: ReadonlyMap<string, TiedObject[]>): Map<string, string[]> {
  const itemsOf = new Map<string, string[]>([...objects.keys()].map((item) => [item, [item]]));
  for (const [item, tied] of objects)
    for (const { objectId } of tied)
      itemsOf.set(objectId, [...(itemsOf.get(objectId) ?? []), item]);
  return itemsOf;
}

/** Whether what was read is what would be read now, so that what was computed from it stands. */
export async function isStillSo(inputs: PeopleInputs): Promise<boolean> {
  const { deployment, users, read } = inputs;
  const [basis, stamp] = await Promise.all([
    readBasis(inputs),
    stampEvidence({ deployment, users, objectIds: read.objectIds }),
  ]);
  return isDeepStrictEqual({ basis, stamp }, { basis: read.basis, stamp: read.stamp });
}

/** All but the evidence. */
async function readBasis({ deployment, users, framework, items, course }: PeopleRequest) {
  const [alignments, resources, rules, shortlists, courses] = await Promise.all([
    listAlignmentHistories({ deployment, framework, items }),
    listServingResources({ framework, items: [...items], viewer: { deployment } }),
    listRuleHistories({ deployment, framework }),
    listShortlistHistories({ deployment, framework, items }),
    // A course's own answer does not ask where else somebody is.
    course === undefined ? listCoursesOfPeople({ deployment, users }) : new Map<string, never>(),
  ]);
  const activities = await listActivitiesOf({
    deployment,
    activities: alignments.map(({ activity }) => activity),
  });
  return { alignments, resources, rules, shortlists, courses, activities };
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
  const byItem = groupByItem(inputs, inputs.evidence.get(user) ?? []);
  return inputs.items.flatMap((item) => {
    const evidence = byItem.get(item);
    if (evidence === undefined) return [];
    return listScopes({ inputs, evidence }).map((scope) =>
      computeOne({ inputs, user, item, scope, evidence, now }),
    );
  });
}

/** Of an object tied to several items each has the evidence; what is about an item itself is that item's. */
function groupByItem(
  { itemsOf }: PeopleInputs,
  evidence: readonly Evidence[],
): Map<string, Evidence[]> {
  const byItem = new Map<string, Evidence[]>();
  for (const one of evidence)
    for (const item of itemsOf.get(one.objectId) ?? []) {
      const known = byItem.get(item);
      if (known) known.push(one);
      else byItem.set(item, [one]);
    }
  return byItem;
}

function listScopes(options: { inputs: PeopleInputs; evidence: Evidence[] }): AttainmentScope[] {
  const { inputs, evidence } = options;
  const found = new Set(evidence.flatMap(({ course }) => (course === null ? [] : [course])));
  const courses = [...found].map((id) => ({ kind: 'course' as const, id }));
  return inputs.course === undefined
    ? [{ kind: 'framework', id: inputs.framework }, ...courses]
    : courses.filter(({ id }) => id === inputs.course);
}

function computeOne(options: {
  inputs: PeopleInputs;
  user: string;
  item: string;
  scope: AttainmentScope;
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
}): AttainmentPlan {
  const { inputs, user, item, scope } = options;
  const { framework, rules, shortlists, plans } = inputs;
  const courses = inputs.courses.get(user) ?? new Map<string, Date>();
  const joined = scope.kind === 'course' ? '' : writeCourses(coursesOf(inputs, item), courses);
  const key = `${item} ${scope.id} ${joined}`;
  const known = plans.get(key);
  if (known) return known;
  const objects = inputs.objects.get(item) ?? [];
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
