// Computes attainment of some people in some items anew and stores what differs. Reads everything fresh and repeats until
// what is stored is what was computed, so that two workers at once end at the same place: whoever writes last looks again.
import { isDeepStrictEqual } from 'node:util';
import { listActivitiesOf } from '../activities/activity.model.js';
import { listAlignmentHistories } from '../activities/alignment.model.js';
import { listShortlistHistories, type ShortlistHistory } from '../activities/shortlist.model.js';
import type { StatementSource } from '../activities/statement-source.js';
import { findFramework } from '../frameworks/cf-document.model.js';
import { readTree } from '../frameworks/read-tree.js';
import type { FrameworkTree } from '../frameworks/framework-tree.js';
import { listServingResources } from '../library/learning-resource.model.js';
import { announceAttainments } from './announce-attainment.js';
import { listAttainmentsOf, replaceAttainments, type Attainment } from './attainment.model.js';
import { listRuleHistories } from './completion-rule.model.js';
import type { RuleHistory } from './completion-rule.js';
import { computeByPlan } from './compute-attainment.js';
import type { Evidence, FrameworkItem } from './evidence.js';
import { groupBy } from './group-by.js';
import { listCoursesOfPeople, listEvidence } from './evidence.model.js';
import {
  planAttainment,
  type AttainmentPlan,
  type AttainmentScope,
  type TiedObject,
} from './plan-attainment.js';
import { buildTiedObjects, nameObjects } from './tied-objects.js';

const MAX_ROUNDS = 5;

/** Brings the attainments of these people in these items up to date, and announces what was achieved or lost. */
export async function recomputeAttainments(options: {
  deployment: string;
  users: readonly string[];
  items: readonly FrameworkItem[];
  source: StatementSource;
  now: Date;
}): Promise<void> {
  const { users, items } = options;
  if (users.length === 0 || items.length === 0) return;
  for (const [framework, group] of groupBy(items, (one) => one.framework)) {
    await recomputeFramework({
      ...options,
      framework,
      items: [...new Set(group.map(({ item }) => item))],
    });
  }
}

interface FrameworkRequest {
  deployment: string;
  users: readonly string[];
  framework: string;
  items: readonly string[];
  source: StatementSource;
  now: Date;
}

async function recomputeFramework(request: FrameworkRequest): Promise<void> {
  const { deployment, framework, source, now } = request;
  const record = await findFramework({ framework, viewer: { deployment } });
  if (!record) return;
  const tree = await readTree({ framework: record });
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const { changed, removed } = await findDifferences(request);
    if (changed.length === 0 && removed.length === 0) return;
    const gone = removed.map((one): Attainment => ({ ...one, status: 'open', withdrawnAt: now }));
    await announceAll({ deployment, attainments: [...changed, ...gone], tree, source, now });
    await replaceAttainments({ deployment, attainments: changed, removed });
  }
}

async function announceAll(options: {
  deployment: string;
  attainments: Attainment[];
  tree: FrameworkTree;
  source: StatementSource;
  now: Date;
}): Promise<void> {
  const worthTelling = options.attainments.filter(
    (one) => one.status === 'achieved' || one.withdrawnAt !== null,
  );
  for (const [user, attainments] of groupBy(worthTelling, (one) => one.user)) {
    await announceAttainments({ ...options, user, attainments });
  }
}

async function findDifferences(
  request: FrameworkRequest,
): Promise<{ changed: Attainment[]; removed: Attainment[] }> {
  const { deployment, users, items } = request;
  const stored = await listAttainmentsOf({ deployment, users, items });
  const storedByKey = new Map(stored.map((one) => [keyOf(one), one]));
  const inputs = await readInputs(request);
  const computed = users.flatMap((user) => computeForUser({ request, inputs, user }));
  const computedKeys = new Set(computed.map(keyOf));
  return {
    changed: computed.filter((one) => !isSame(one, storedByKey.get(keyOf(one)))),
    removed: stored.filter(
      (one) => one.framework === request.framework && !computedKeys.has(keyOf(one)),
    ),
  };
}

interface Inputs {
  objects: Map<string, TiedObject[]>;
  rules: RuleHistory[];
  shortlists: ShortlistHistory[];
  /** Plans of courses are the same for all their learners: by item and course. */
  plans: Map<string, AttainmentPlan>;
  evidence: Map<string, Evidence[]>;
  courses: Map<string, Map<string, Date>>;
}

async function readInputs({
  deployment,
  users,
  framework,
  items,
}: FrameworkRequest): Promise<Inputs> {
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
  const evidence = await listEvidence({ deployment, users, objectIds });
  return {
    objects,
    rules,
    shortlists: nameObjects({ shortlists, activities }),
    plans: new Map(),
    courses,
    evidence: groupBy(evidence, (one) => one.user),
  };
}

function computeForUser(options: {
  request: FrameworkRequest;
  inputs: Inputs;
  user: string;
}): Attainment[] {
  const { request, inputs, user } = options;
  const byObject = groupBy(inputs.evidence.get(user) ?? [], (one) => one.objectId);
  return request.items.flatMap((item) => {
    const objects = inputs.objects.get(item) ?? [];
    const evidence = [
      ...objects.flatMap(({ objectId }) => byObject.get(objectId) ?? []),
      ...(byObject.get(item) ?? []),
    ];
    if (evidence.length === 0) return [];
    const courses = new Set(evidence.flatMap(({ course }) => (course === null ? [] : [course])));
    const scopes: AttainmentScope[] = [
      { kind: 'framework', id: request.framework },
      ...[...courses].map((id) => ({ kind: 'course' as const, id })),
    ];
    return scopes.map((scope) =>
      computeOne({ request, inputs, user, item, scope, objects, evidence }),
    );
  });
}

function computeOne(options: {
  request: FrameworkRequest;
  inputs: Inputs;
  user: string;
  item: string;
  scope: AttainmentScope;
  objects: TiedObject[];
  evidence: Evidence[];
}): Attainment {
  const { request, inputs, user, item, scope, objects, evidence } = options;
  const { deployment, framework, now } = request;
  const plan = findPlan({ inputs, framework, user, item, scope, objects });
  const { rule, ...result } = computeByPlan({ plan, evidence, now });
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
  inputs: Inputs;
  framework: string;
  user: string;
  item: string;
  scope: AttainmentScope;
  objects: TiedObject[];
}): AttainmentPlan {
  const { inputs, framework, user, item, scope, objects } = options;
  const { rules, shortlists, plans } = inputs;
  const key = `${item} ${scope.id}`;
  const known = scope.kind === 'course' ? plans.get(key) : undefined;
  if (known) return known;
  const courses = inputs.courses.get(user) ?? new Map<string, Date>();
  const plan = planAttainment({ scope, framework, item, objects, rules, shortlists, courses });
  if (scope.kind === 'course') plans.set(key, plan);
  return plan;
}

/** When it was computed is no difference. */
function isSame(one: Attainment, stored: Attainment | undefined): boolean {
  return (
    stored !== undefined && isDeepStrictEqual({ ...one, asOf: null }, { ...stored, asOf: null })
  );
}

function keyOf({ user, scope, item }: Pick<Attainment, 'user' | 'scope' | 'item'>): string {
  return `${user} ${scope.kind} ${scope.id} ${item}`;
}
