// Writes alignments that come from elsewhere (a copied course, an earlier term, a template) to activities of this course.
import { requestCourseRead } from '../lti/course-read.model.js';
import type { ChangedAlignment } from './align-activity.js';
import { findAlignment, replaceAlignments, type AlignedItem } from './alignment.model.js';
import type { CourseLaunch } from './complete-object.js';

/**
 * Adds the items to each activity, or gives them the stage that comes along; what else it counts for stays. Each activity is
 * one write, the fact; one that somebody else changed at the same moment is left. Returns what changed, with the new revision.
 */
export async function takeAlignments(options: {
  launch: CourseLaunch;
  taken: readonly { activity: string; items: readonly AlignedItem[] }[];
  now: Date;
}): Promise<ChangedAlignment[]> {
  const { launch, taken, now } = options;
  const { deployment, course, user } = launch;
  const changed: ChangedAlignment[] = [];
  for (const { activity, items } of taken) {
    const place = { deployment, course, activity };
    const before = await findAlignment(place);
    const merged = new Map(
      [...before.current, ...items].map((one) => [`${one.framework}/${one.item}`, one]),
    );
    const written = await replaceAlignments({
      ...place,
      expectedRevision: before.revision,
      items: [...merged.values()],
      by: user,
      now,
    });
    if (written) changed.push({ activity, revision: written.revision });
  }
  // A graded column that counts for something now has results that nobody read yet.
  if (changed.length > 0)
    await requestCourseRead({ kind: 'results', deployment, course, launchedAt: now, now });
  return changed;
}
