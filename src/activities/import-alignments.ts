// Takes alignments in from a table in two steps: read and shown, then written on a person's word, each activity by one write,
// the fact. Confirming again after a stop goes on where it stopped; what somebody changed since the preview is left alone.
import { randomUUID } from 'node:crypto';
import { AppError } from '../http/errors.js';
import type { FrameworkTree } from '../frameworks/framework-tree.js';
import { isSame, mergeChosen, restoreAlignments, type ChangedAlignment } from './align-activity.js';
import {
  findAlignmentImport,
  insertAlignmentImport,
  setAlignmentImport,
  type AlignmentImport,
  type ImportedChange,
} from './alignment-import.model.js';
import type { ReadAlignments } from './alignment-file.js';
import { findAlignment, replaceAlignments, type AlignmentRecord } from './alignment.model.js';
import type { CourseLaunch } from './complete-object.js';

interface ImportRequest {
  launch: CourseLaunch;
  id: string;
  now: Date;
}

/** Keeps what the table would change, and returns the id under which it waits. */
export async function keepAlignmentImport(options: {
  launch: CourseLaunch;
  chosen: ReadAlignments['chosen'];
  alignments: readonly AlignmentRecord[];
  tree: FrameworkTree;
  /** Whether the table's activities lose what it does not say of them. */
  mode: 'add' | 'replace';
  now: Date;
}): Promise<string> {
  const { launch, chosen, alignments, tree, mode, now } = options;
  const { deployment, course, user } = launch;
  const standing = new Map(alignments.map((one) => [one.activity, one]));
  const changes = [...chosen].flatMap(([activity, items]): ImportedChange[] => {
    const before = standing.get(activity) ?? { current: [], revision: 0 };
    const after = mergeChosen({ before, chosen: items, tree, mode });
    if (isSame(before.current, after)) return [];
    return [{ activity, revision: before.revision, items: after }];
  });
  const id = randomUUID();
  await insertAlignmentImport({ read: { id, deployment, course, by: user, changes }, now });
  return id;
}

/** Throws `alignment.no-import` (404) where it is none of the course, or too old. */
export async function getAlignmentImport(options: {
  launch: CourseLaunch;
  id: string;
}): Promise<AlignmentImport> {
  const { deployment, course } = options.launch;
  const found = await findAlignmentImport({ deployment, course, id: options.id });
  if (!found) throw new AppError('alignment.no-import', { status: 404 });
  return found;
}

/** Writes what was shown. Idempotent; returns how many activities somebody else changed since, which were left. */
export async function confirmAlignmentImport(request: ImportRequest): Promise<{ left: number }> {
  const { launch, id, now } = request;
  const { deployment, course, user } = launch;
  const found = await getAlignmentImport(request);
  if (found.state !== 'read') return { left: 0 };
  const changed: ChangedAlignment[] = [];
  for (const { activity, revision, items } of found.changes) {
    const place = { deployment, course, activity };
    const written =
      (await replaceAlignments({ ...place, expectedRevision: revision, items, by: user, now })) ??
      (await findAlignment(place));
    if (written.revision === revision + 1 && isSame(written.current, items))
      changed.push({ activity, revision: written.revision });
  }
  await setAlignmentImport({ deployment, course, id, change: { state: 'confirmed', changed } });
  return { left: found.changes.length - changed.length };
}

/** Takes back what it wrote; what somebody changed since is left. Does nothing before it was confirmed. */
export async function undoAlignmentImport(request: ImportRequest): Promise<{ left: number }> {
  const { launch, id, now } = request;
  const { deployment, course } = launch;
  const found = await getAlignmentImport(request);
  if (found.state !== 'confirmed') return { left: 0 };
  const undone = await restoreAlignments({ launch, changed: found.changed, now });
  await setAlignmentImport({ deployment, course, id, change: { state: 'undone' } });
  return undone;
}
