// Works changed alignments, shortlists, rules and library links into the attainments of the people they concern. Cursors are times
// with an overlap for late writers; inside it the revision already worked in is remembered, so nothing is done twice
// without need, and doing it twice is harmless.
import { listChangedAlignments } from '../activities/alignment.model.js';
import { listChangedShortlists } from '../activities/shortlist.model.js';
import { readLibraryState } from '../library/library-state.model.js';
import {
  moveCursor,
  readCursor,
  type AttainmentCursor,
  type CursorName,
} from './attainment-cursor.model.js';
import { listItemsInScope, listItemsOf } from './attainment.model.js';
import { INSTANCE_RULES, listChangedRules } from './completion-rule.model.js';
import { listDeploymentsWithEvidence, listPeopleWithEvidence } from './evidence.model.js';
import type { FrameworkItem } from './evidence.js';
import { groupBy } from './group-by.js';
import type { AttainmentScope } from './plan-attainment.js';
import type { Projection } from './projection.js';
import { recomputeAttainments } from './recompute-attainment.js';

const OVERLAP_MS = 60_000;
const CHANGES_AT_ONCE = 1_000;
const PEOPLE_AT_ONCE = 100;

type ChangeProjection = Pick<Projection, 'source' | 'now' | 'signal'>;

export async function projectChanges(projection: ChangeProjection): Promise<void> {
  await projectAlignments(projection);
  await projectShortlists(projection);
  await projectRules(projection);
  await projectLibrary(projection);
}

interface Change {
  key: string;
  revision: number;
  changedAt: Date;
}

async function projectAlignments(projection: ChangeProjection): Promise<void> {
  await workInChanges({
    name: 'alignments',
    list: async (since) =>
      (await listChangedAlignments({ since, limit: CHANGES_AT_ONCE })).map((one) => ({
        ...one,
        key: `${one.deployment}/${one.activity}`,
      })),
    work: (changes) =>
      workInCourses({
        changes,
        projection,
        itemsOf: ({ items }) => items,
        touches: 'every-answer',
      }),
  });
}

async function projectShortlists(projection: ChangeProjection): Promise<void> {
  await workInChanges({
    name: 'shortlists',
    list: async (since) =>
      (await listChangedShortlists({ since, limit: CHANGES_AT_ONCE })).map((one) => ({
        ...one,
        key: one.id,
      })),
    work: (changes) =>
      workInCourses({ changes, projection, itemsOf: (one) => [one], touches: 'own-answer' }),
  });
}

/** Computes the people of each course anew in the items that its changes touch. */
async function workInCourses<One extends { deployment: string; course: string }>(options: {
  changes: One[];
  projection: ChangeProjection;
  itemsOf: (change: One) => FrameworkItem[];
  /** Of the course alone, or of the framework and of other courses too. */
  touches: 'own-answer' | 'every-answer';
}): Promise<void> {
  const { changes, projection, itemsOf, touches } = options;
  const groups = groupBy(changes, ({ deployment, course }) => `${deployment}/${course}`);
  for (const group of groups.values()) {
    const [first] = group;
    if (!first) continue;
    const { deployment, course } = first;
    const items = group.flatMap(itemsOf);
    const only = touches === 'own-answer' ? { course } : {};
    await forPeople({ deployment, course, projection }, (users) =>
      recompute({ projection, deployment, users, items, ...only }),
    );
  }
}

async function projectRules(projection: ChangeProjection): Promise<void> {
  await workInChanges({
    name: 'rules',
    list: async (since) =>
      (await listChangedRules({ since, limit: CHANGES_AT_ONCE })).map((one) => ({
        ...one,
        key: one.id,
      })),
    async work(changes) {
      for (const change of changes)
        for (const deployment of await listConcerned(change.deployment))
          await applyRule({ ...change, deployment, projection });
    },
  });
}

/** A rule of the instance's own framework concerns every deployment. */
async function listConcerned(deployment: string): Promise<string[]> {
  return deployment === INSTANCE_RULES ? listDeploymentsWithEvidence() : [deployment];
}

/** A course's rule decides the course's answers alone; a framework's those of everybody. */
async function applyRule(options: {
  deployment: string;
  course: string | null;
  framework: string;
  item: string | null;
  projection: ChangeProjection;
}): Promise<void> {
  const { deployment, course, framework, item, projection } = options;
  const scope: AttainmentScope =
    course === null ? { kind: 'framework', id: framework } : { kind: 'course', id: course };
  const concerned = item === null ? await listItemsInScope({ deployment, scope }) : [item];
  const items = concerned.map((one) => ({ framework, item: one }));
  const only = course === null ? {} : { course };
  await forPeople({ deployment, ...only, projection }, (users) =>
    recompute({ projection, deployment, users, items, ...only }),
  );
}

/** A new revision of the library may change what counts for any item: its viewers' records are looked at again. */
async function projectLibrary(projection: ChangeProjection): Promise<void> {
  for (const deployment of await listDeploymentsWithEvidence()) {
    const { revision, stamp } = await readLibraryState({ viewer: { deployment } });
    const cursor = await readCursor({ name: 'library' });
    if (stamp === null || revision === cursor.seen[deployment]?.revision) continue;
    await forPeople({ deployment, projection }, async (users) => {
      const items = await listItemsOf({ deployment, users });
      await recompute({ projection, deployment, users, items });
    });
    await moveCursor({
      name: 'library',
      cursor: {
        ...cursor,
        seen: { ...cursor.seen, [deployment]: { revision, at: projection.now().getTime() } },
      },
    });
  }
}

function recompute(options: {
  projection: ChangeProjection;
  deployment: string;
  users: string[];
  items: FrameworkItem[];
  course?: string;
}): Promise<void> {
  const { projection, ...request } = options;
  const { source, now } = projection;
  return recomputeAttainments({ ...request, source, now: now() });
}

/** Calls `work` for all people with evidence, a bounded number at a time. Throws when stopped, so that no cursor moves. */
async function forPeople(
  options: { deployment: string; course?: string; projection: ChangeProjection },
  work: (users: string[]) => Promise<void>,
): Promise<void> {
  const { projection, ...filter } = options;
  let after: string | null = null;
  for (;;) {
    projection.signal?.throwIfAborted();
    const users: string[] = await listPeopleWithEvidence({
      ...filter,
      after,
      limit: PEOPLE_AT_ONCE,
    });
    if (users.length > 0) await work(users);
    if (users.length < PEOPLE_AT_ONCE) return;
    after = users.at(-1) ?? null;
  }
}

async function workInChanges<One extends Change>(options: {
  name: CursorName;
  list: (since: Date) => Promise<One[]>;
  work: (changes: One[]) => Promise<void>;
}): Promise<void> {
  const { name, list, work } = options;
  const start = await readCursor({ name });
  let since =
    start.changedAt === null ? new Date(0) : new Date(start.changedAt.getTime() - OVERLAP_MS);
  for (;;) {
    const cursor = await readCursor({ name });
    const listed = await list(since);
    const fresh = listed.filter((one) => (cursor.seen[one.key]?.revision ?? -1) < one.revision);
    if (fresh.length > 0) {
      await work(fresh);
      await moveCursor({ name, cursor: advance(cursor, fresh) });
    }
    const last = listed.at(-1);
    if (listed.length < CHANGES_AT_ONCE || last === undefined) return;
    since = last.changedAt > since ? last.changedAt : new Date(since.getTime() + 1);
  }
}

/** Remembers what was worked in inside the overlap; what is older cannot come late any more. */
function advance(cursor: AttainmentCursor, worked: Change[]): AttainmentCursor {
  const seen = new Map(Object.entries(cursor.seen));
  for (const { key, revision, changedAt } of worked)
    seen.set(key, { revision, at: changedAt.getTime() });
  const latest = Math.max(
    cursor.changedAt?.getTime() ?? 0,
    ...worked.map(({ changedAt }) => changedAt.getTime()),
  );
  const recent = [...seen].filter(([, { at }]) => at >= latest - 2 * OVERLAP_MS);
  return { ...cursor, changedAt: new Date(latest), seen: Object.fromEntries(recent) };
}
