// Aligns activities of a course to competencies. The one write to the alignment's document is the fact; attainment sees the
// newer revision by itself. A revision that somebody else wrote meanwhile is never overwritten.
import { AppError, isAppError } from '../http/errors.js';
import type { FrameworkTree } from '../frameworks/framework-tree.js';
import { requestCourseRead } from '../lti/course-read.model.js';
import { getActivity, listActivitiesOfCourse } from './activity.model.js';
import {
  findAlignment,
  listAlignments,
  replaceAlignments,
  type AlignedItem,
  type AlignmentRecord,
  type Stage,
} from './alignment.model.js';
import type { CourseLaunch } from './complete-object.js';

export interface ChosenItem {
  item: string;
  stage: Stage;
  /** Bloom's level, 1 to 6; null takes it away, and without a word of it what was stated stays. */
  bloomLevel?: number | null;
}

export interface ChangedAlignment {
  activity: string;
  /** The revision that the change made. */
  revision: number;
}

const MAX_ATTEMPTS = 3;

interface AlignRequest {
  launch: CourseLaunch;
  activity: string;
  now: Date;
}

/**
 * Replaces what the activity is aligned to in this framework; alignments to others stay. Outcomes: `aligned`, `unchanged`;
 * `activity.not-found` (404), `alignment.unknown-item` (400), `alignment.changed` (409).
 */
export async function alignActivity(
  request: AlignRequest & { chosen: ChosenItem[]; tree: FrameworkTree; expectedRevision: number },
): Promise<'aligned' | 'unchanged'> {
  const { chosen, tree, expectedRevision } = request;
  const before = await readAlignment(request);
  if (before.revision !== expectedRevision) throw changedMeanwhile();
  return write(request, before, mergeChosen({ before, chosen, tree, mode: 'replace' }));
}

/**
 * Adds the chosen competencies to several activities, or changes their stage there. Each activity is one write, made again on
 * what somebody else wrote meanwhile; returns those that changed, with their new revision. Throws as alignActivity does.
 */
export async function alignActivities(options: {
  launch: CourseLaunch;
  activities: string[];
  chosen: ChosenItem[];
  tree: FrameworkTree;
  now: Date;
}): Promise<ChangedAlignment[]> {
  const { launch, activities, chosen, tree, now } = options;
  const { deployment, course } = launch;
  const known = await listActivitiesOfCourse({ deployment, course, activities });
  if (known.length < new Set(activities).size)
    throw new AppError('activity.not-found', { status: 404 });
  const alignments = await listAlignments({ deployment, course });
  const standing = new Map(alignments.map((one) => [one.activity, one]));
  const changed: ChangedAlignment[] = [];
  for (const activity of activities) {
    const request = { launch, activity, now, chosen, tree };
    const written = await add(request, standing.get(activity) ?? null);
    if (written) changed.push(written);
  }
  return changed;
}

/** Null where it counts for all that already. */
async function add(
  request: AlignRequest & { chosen: ChosenItem[]; tree: FrameworkTree },
  standing: AlignmentRecord | null,
): Promise<ChangedAlignment | null> {
  const { launch, activity, chosen, tree } = request;
  const { deployment, course } = launch;
  for (let attempt = 1; ; attempt += 1) {
    const isFirst = attempt === 1 && standing !== null;
    const before = isFirst ? standing : await findAlignment({ deployment, course, activity });
    const items = mergeChosen({ before, chosen, tree, mode: 'add' });
    const writing = write(request, before, items);
    const outcome = await (attempt < MAX_ATTEMPTS ? writing.catch(onlyChanged) : writing);
    if (outcome === 'aligned') return { activity, revision: before.revision + 1 };
    if (outcome === 'unchanged') return null;
  }
}

/** Lets a change by somebody else be tried again. */
function onlyChanged(error: unknown): 'changed' {
  if (isAppError(error) && error.code === 'alignment.changed') return 'changed';
  throw error;
}

/** Takes back what several activities got together. Those that somebody changed since are left; returns how many were. */
export async function restoreAlignments(options: {
  launch: CourseLaunch;
  changed: ChangedAlignment[];
  now: Date;
}): Promise<{ left: number }> {
  const { launch, changed, now } = options;
  let left = 0;
  for (const { activity, revision } of changed) {
    const restoring = restoreAlignment({
      launch,
      activity,
      now,
      revision: revision - 1,
      expectedRevision: revision,
    });
    await restoring.catch((error: unknown) => {
      if (!isAppError(error) || error.code !== 'alignment.changed') throw error;
      left += 1;
    });
  }
  return { left };
}

/** Brings back what the activity was aligned to at an earlier revision; 0 is before the first. Throws as alignActivity does. */
export async function restoreAlignment(
  request: AlignRequest & { revision: number; expectedRevision: number },
): Promise<'aligned' | 'unchanged'> {
  const { revision, expectedRevision } = request;
  const before = await readAlignment(request);
  if (before.revision !== expectedRevision) throw changedMeanwhile();
  const restored = before.history.find((one) => one.revision === revision);
  if (!restored && revision !== 0) throw new AppError('alignment.no-revision', { status: 404 });
  return write(request, before, restored?.items ?? []);
}

async function readAlignment({ launch, activity }: AlignRequest): Promise<AlignmentRecord> {
  const { deployment, course } = launch;
  await getActivity({ deployment, course, activity });
  return findAlignment({ deployment, course, activity });
}

/** What is aligned then; to other frameworks it stays. Throws `alignment.unknown-item` (400). Pure. */
export function mergeChosen(options: {
  before: Pick<AlignmentRecord, 'current'>;
  chosen: ChosenItem[];
  tree: FrameworkTree;
  mode: 'replace' | 'add';
}): AlignedItem[] {
  const { before, chosen, tree, mode } = options;
  const framework = tree.framework.id;
  const unknown = chosen.find(({ item }) => tree.items.get(item)?.CFItemType !== 'Competency');
  if (unknown) throw new AppError('alignment.unknown-item', { status: 400 });
  const merged = new Map<string, AlignedItem>();
  for (const one of before.current) {
    if (mode === 'add' || one.framework !== framework)
      merged.set(`${one.framework}/${one.item}`, one);
  }
  const stated = new Map(
    before.current.map((one) => [`${one.framework}/${one.item}`, one.bloomLevel]),
  );
  for (const { item, stage, bloomLevel } of chosen) {
    const key = `${framework}/${item}`;
    const level = bloomLevel === undefined ? stated.get(key) : bloomLevel;
    merged.set(key, { framework, item, stage, ...(level && { bloomLevel: level }) });
  }
  return [...merged.values()];
}

async function write(
  request: AlignRequest,
  before: AlignmentRecord,
  items: AlignedItem[],
): Promise<'aligned' | 'unchanged'> {
  const { launch, activity, now } = request;
  if (isSame(before.current, items)) return 'unchanged';
  const { deployment, course, user } = launch;
  const written = await replaceAlignments({
    deployment,
    course,
    activity,
    expectedRevision: before.revision,
    items,
    by: user,
    now,
  });
  if (!written) throw changedMeanwhile();
  // A graded column that counts for something now has results that nobody read yet.
  await requestCourseRead({ kind: 'results', deployment, course, launchedAt: now, now });
  return 'aligned';
}

/** Whatever the order. Pure. */
export function isSame(one: readonly AlignedItem[], other: readonly AlignedItem[]): boolean {
  const keys = (items: readonly AlignedItem[]) =>
    items
      .map(({ framework, item, stage, bloomLevel = 0 }) =>
        [framework, item, stage, bloomLevel].join(' '),
      )
      .sort()
      .join('\n');
  return keys(one) === keys(other);
}

function changedMeanwhile(): AppError {
  return new AppError('alignment.changed', { status: 409 });
}
