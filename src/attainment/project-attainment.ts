// The worker that turns statements into attainment: reads the feed since its cursor, stores evidence and withdrawals, then
// computes anew what they touch. What is not computed yet is marked as pending in the evidence itself, so a stop between
// any two steps loses nothing, and reading the same statements again changes nothing.
import { listActivitiesOfLessons } from '../activities/activity.model.js';
import { listAlignments, listItemsOfActivities } from '../activities/alignment.model.js';
import { listResources } from '../library/learning-resource.model.js';
import { moveCursor, readCursor } from './attainment-cursor.model.js';
import { listItemsOf } from './attainment.model.js';
import { collectEvidence } from './collect-evidence.js';
import type { FrameworkItem } from './evidence.js';
import {
  listPending,
  markSeen,
  recordEvidence,
  recordWithdrawals,
  type PendingEvidence,
} from './evidence.model.js';
import { groupBy } from './group-by.js';
import { projectChanges } from './project-changes.js';
import { projectForeign, toWithdrawal } from './project-foreign.js';
import type { FeedEntry, Projection, StatementFeed } from './projection.js';
import { tellAttainments } from './tell-attainment.js';
import { recomputeAttainments } from './recompute-attainment.js';

const PAGE = 500;
const OVERLAP = 100;
const PENDING_AT_ONCE = 2_000;
const PAGES_AT_ONCE = 100;

/** Works in everything there is: statements, then changed alignments, rules and resources. Several at once do no harm. */
export async function projectAttainment(projection: Projection): Promise<void> {
  let pages = 0;
  for (;;) {
    const isEnd = await projectPage(projection);
    pages += 1;
    const isStopped = projection.signal?.aborted === true;
    // Far behind, a person's pages are computed once and not once each.
    if (isEnd || isStopped || pages % PAGES_AT_ONCE === 0) await projectPending(projection);
    if (isEnd || isStopped) break;
  }
  if (projection.signal?.aborted) return;
  await tellAttainments(projection);
  await projectChanges(projection);
  await tellAttainments(projection);
}

/** Stores what one page of the feed proves, then moves the cursor. True at the end of the feed. */
export async function projectPage({ feed }: Pick<Projection, 'feed'>): Promise<boolean> {
  const cursor = await readCursor({ name: 'feed' });
  const fresh = await feed.read({ after: cursor.position, limit: PAGE });
  if (fresh.entries.length > 0) {
    const before = Math.max(0, cursor.position - OVERLAP);
    const again = await feed.read({ after: before, limit: OVERLAP });
    const late = again.entries.filter(({ position }) => position <= cursor.position);
    const entries = [...late, ...fresh.entries];
    const trusted = await keepTrusted(feed, entries);
    await recordEvidence({
      evidence: await collectEvidence(trusted.filter(({ voids }) => voids === null)),
    });
    await recordWithdrawals({ withdrawals: trusted.flatMap(toWithdrawal) });
    await projectForeign({ entries, sources: await feed.readSources() });
  }
  const position = Math.min(fresh.entries.at(-1)?.position ?? fresh.through, fresh.through);
  if (position > cursor.position)
    await moveCursor({ name: 'feed', cursor: { ...cursor, position } });
  return fresh.entries.length < PAGE;
}

/** Computes what pending evidence touches, until nothing is pending. */
export async function projectPending({
  source,
  now,
  signal,
}: Omit<Projection, 'feed'>): Promise<void> {
  for (;;) {
    const pending = await listPending({ limit: PENDING_AT_ONCE });
    if (pending.length === 0 || signal?.aborted) return;
    for (const [deployment, group] of groupBy(pending, (one) => one.deployment)) {
      const users = [...new Set(group.map(({ user }) => user))];
      const items = await listTouchedItems({ deployment, users, pending: group });
      await recomputeAttainments({ deployment, users, items, source, now: now() });
    }
    await markSeen({ evidence: pending });
  }
}

async function keepTrusted(feed: StatementFeed, entries: FeedEntry[]): Promise<FeedEntry[]> {
  const keys = [...new Set(entries.map(({ authorityKey }) => authorityKey))];
  const trusted = new Set<string>();
  for (const key of keys) if (await feed.isTrusted(key)) trusted.add(key);
  return entries.filter(({ authorityKey }) => trusted.has(authorityKey));
}

/**
 * Items that the objects of the evidence are or were tied to; and, because a learner's first evidence in a course adds
 * that course's activities to the framework's M, items aligned there in which the learner has a record already.
 */
async function listTouchedItems(options: {
  deployment: string;
  users: string[];
  pending: PendingEvidence[];
}): Promise<FrameworkItem[]> {
  const { deployment, users, pending } = options;
  const objectIds = [...new Set(pending.map(({ objectId }) => objectId))];
  const courses = [...new Set(pending.flatMap(({ course }) => (course === null ? [] : [course])))];
  const [resources, lessonActivities, recorded] = await Promise.all([
    listResources({ ids: objectIds, viewer: { deployment } }),
    listActivitiesOfLessons({ deployment, lessons: objectIds }),
    listItemsOf({ deployment, users }),
  ]);
  const activities = [...objectIds, ...lessonActivities.map(({ id }) => id)];
  const ofActivities = await listItemsOfActivities({ deployment, activities });
  const ofCourses: FrameworkItem[] = [];
  for (const course of courses) {
    const alignments = await listAlignments({ deployment, course });
    ofCourses.push(...alignments.flatMap(({ current }) => current));
  }
  const recordedKeys = new Set(recorded.map(keyOf));
  const touched = [
    ...resources.flatMap(({ serves }) => serves),
    ...ofActivities,
    ...pending.flatMap(({ item }) => item ?? []),
    ...ofCourses.filter((one) => recordedKeys.has(keyOf(one))),
  ];
  return [
    ...new Map(
      touched.map(({ framework, item }) => [keyOf({ framework, item }), { framework, item }]),
    ).values(),
  ];
}

function keyOf({ framework, item }: FrameworkItem): string {
  return `${framework}/${item}`;
}
