// A learner's progress for a page: stored attainment where there is evidence, what the rule asks where there is none, and
// completions that are in the outbox but not counted yet. A handful of queries for a whole framework, whatever its size.
import { listActivities, type Activity } from '../activities/activity.model.js';
import { listAlignments, type AlignmentRecord } from '../activities/alignment.model.js';
import { isLearner, type CourseLaunch } from '../activities/complete-object.js';
import { courseTopic } from '../activities/course-topic.js';
import { currentShortlist } from '../activities/shortlist.js';
import { listSharedShortlists } from '../activities/shortlist.model.js';
import { shareReads } from '../db/shared-reads.js';
import type { FrameworkTree } from '../frameworks/framework-tree.js';
import { listResources } from '../library/learning-resource.model.js';
import {
  listOutboxStatements,
  type OutboxStatementRecord,
} from '../outbox/outbox-statement.model.js';
import type { Statement } from '../xapi/statement.js';
import { listStandings, type Standing } from './attainment.model.js';
import { listSharedRuleHistories } from './completion-rule.model.js';
import { expectProgress, NO_PICKS, type ExpectedPicks } from './expect-progress.js';
import type { AttainmentScope } from './plan-attainment.js';
import { listEvidence } from './evidence.model.js';
import { groupBy } from './group-by.js';
import type { ItemProgress } from './progress-words.js';

const NEWEST = 50;

/** What a course aligns, by item of one framework. */
export interface Coverage {
  activities: Activity[];
  alignments: AlignmentRecord[];
  /** Activities by the item they are aligned to now. */
  byItem: Map<string, { activity: Activity; stage: AlignmentRecord['current'][number]['stage'] }[]>;
}

/** For a page: learners share what is kept for two seconds, the course's staff read what they just saved, wherever that was. */
export async function readPageCoverage(options: {
  launch: CourseLaunch;
  framework: string;
}): Promise<Coverage> {
  const { launch, framework } = options;
  const { deployment, course } = launch;
  const read = isLearner(launch) ? readSharedCoverage : readCoverage;
  return read({ deployment, course, framework });
}

const readSharedCoverage = shareReads({ about: courseTopic, read: readCoverage });

export async function readCoverage(options: {
  deployment: string;
  course: string;
  framework: string;
}): Promise<Coverage> {
  const { deployment, course, framework } = options;
  const [activities, alignments] = await Promise.all([
    listActivities({ deployment, course }),
    listAlignments({ deployment, course }),
  ]);
  const byId = new Map(activities.map((activity) => [activity.id, activity]));
  const pairs = alignments.flatMap(({ activity, current }) => {
    const found = byId.get(activity);
    const ofFramework = current.filter((one) => one.framework === framework);
    return found ? ofFramework.map(({ item, stage }) => ({ item, activity: found, stage })) : [];
  });
  const byItem = new Map(
    [...groupBy(pairs, ({ item }) => item)].map(([item, list]) => [
      item,
      list.map(({ activity, stage }) => ({ activity, stage })),
    ]),
  );
  return { activities, alignments, byItem };
}

/** Progress of every competency of the tree in one scope. */
export async function readProgress(options: {
  launch: CourseLaunch;
  scope: AttainmentScope;
  tree: FrameworkTree;
  coverage: Coverage;
  counts: ReadonlyMap<string, number>;
  now: Date;
  /** From listUncounted, where the caller has asked already. */
  uncounted?: readonly OutboxStatementRecord[];
  /** What is stored of the tree's competencies in this scope, where the caller has read it already. */
  standings?: readonly Standing[];
}): Promise<Map<string, ItemProgress>> {
  const { launch, scope, tree, coverage, counts, now } = options;
  const { deployment, course, user } = launch;
  const framework = tree.framework.id;
  const [standings, rules, picks, uncounted] = await Promise.all([
    options.standings ?? listStandings({ deployment, scope, user }),
    listSharedRuleHistories({ deployment, framework, courses: [course] }),
    readPicks({ deployment, framework, scope }),
    options.uncounted ?? listUncounted({ launch }),
  ]);
  const stored = new Map(standings.map((one) => [one.item, one]));
  const pending = countPending({ uncounted, tree, scope });
  return new Map(
    tree.competencies.map(({ identifier: item }) => {
      const beingCounted = pending.get(item) ?? 0;
      const found = stored.get(item);
      const expected = () =>
        expectProgress({
          item,
          framework,
          scope,
          activities: (coverage.byItem.get(item) ?? []).map(({ activity }) => activity),
          resources: counts.get(item) ?? 0,
          picks: picks.get(item) ?? NO_PICKS,
          rules,
          now,
        });
      return [item, { ...(found ? fromStored(found) : expected()), beingCounted }];
    }),
  );
}

/** Completions of a learner that stand in the outbox and are no evidence yet, newest last. */
export async function listUncounted(options: {
  launch: CourseLaunch;
}): Promise<OutboxStatementRecord[]> {
  const { deployment, user } = options.launch;
  const recent = await listOutboxStatements({
    deployment,
    user,
    kinds: ['completed', 'voided'],
    newest: NEWEST,
  });
  const completed = recent.filter(({ about }) => about.kind === 'completed');
  if (completed.length === 0) return [];
  const statementIds = completed.map(({ statementId }) => statementId);
  const counted = await listEvidence({ deployment, users: [user], statementIds });
  const known = new Set(counted.map(({ statementId }) => statementId));
  const voided = new Set(
    recent.flatMap(({ statement }) =>
      statement.object.objectType === 'StatementRef' ? [statement.object.id] : [],
    ),
  );
  return completed.filter(({ statementId }) => !known.has(statementId) && !voided.has(statementId));
}

/** How many completions that are not counted yet each competency has; the statements name their competencies. */
function countPending(options: {
  uncounted: readonly OutboxStatementRecord[];
  tree: FrameworkTree;
  scope: AttainmentScope;
}): Map<string, number> {
  const { uncounted, tree, scope } = options;
  const byUri = new Map(tree.competencies.map(({ uri, identifier }) => [uri, identifier]));
  const items = uncounted
    .filter(({ about }) => scope.kind === 'framework' || about.course === scope.id)
    .flatMap(({ statement }) => listOthers(statement).flatMap((iri) => byUri.get(iri) ?? []));
  return new Map([...groupBy(items, (item) => item)].map(([item, list]) => [item, list.length]));
}

/** IRIs of what a statement names beside its object: the competencies it counts for. Pure. */
export function listOthers(statement: Statement): string[] {
  return [statement.context?.contextActivities?.other ?? []].flat().map(({ id }) => id);
}

function fromStored({ item: _item, ...standing }: Standing): Omit<ItemProgress, 'beingCounted'> {
  return { ...standing, mastery: standing.mastery ?? null };
}

/** What the course's shortlists hide and require, by item. One query where nobody made one; none for the framework's answer. */
async function readPicks(options: {
  deployment: string;
  framework: string;
  scope: AttainmentScope;
}): Promise<Map<string, ExpectedPicks>> {
  const { deployment, framework, scope } = options;
  if (scope.kind !== 'course') return new Map();
  const records = await listSharedShortlists({ deployment, course: scope.id, framework });
  const named = records.map((record) => ({ item: record.item, ...currentShortlist(record) }));
  const ids = [...new Set(named.flatMap(({ hidden, required }) => [...hidden, ...required]))];
  const found = ids.length === 0 ? [] : await listResources({ ids, viewer: { deployment } });
  const live = found.filter(({ status }) => status === 'live');
  return new Map(
    named.map(({ item, hidden, required }) => {
      const serving = live.filter(({ serves }) =>
        serves.some(
          (one) => one.framework === framework && one.item === item && one.until === null,
        ),
      );
      const resources = new Set(serving.map(({ id }) => id));
      return [item, { hidden: new Set(hidden), required: new Set(required), resources }];
    }),
  );
}
