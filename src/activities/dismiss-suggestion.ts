// Remembers that a suggested competency does not fit an activity, or lets all be suggested again. The write to the activity's
// dismissals is the fact; it aligns nothing.
import { AppError } from '../http/errors.js';
import { listActivitiesOfCourse } from './activity.model.js';
import type { CourseLaunch } from './complete-object.js';
import { readCourseTree } from './course-framework.js';
import { dismissSuggestion, forgetDismissals } from './suggestion-dismissal.model.js';

/**
 * For each of these activities. Does nothing where neither was asked for. Throws `activity.not-found` (404) for activities of
 * another course, `alignment.unknown-item` (400).
 */
export async function changeDismissals(options: {
  launch: CourseLaunch;
  activities: readonly string[];
  dismiss?: string | undefined;
  undismiss?: string | undefined;
}): Promise<void> {
  const { launch, activities, dismiss, undismiss } = options;
  if (dismiss === undefined && undismiss === undefined) return;
  const { deployment, course } = launch;
  const known = await listActivitiesOfCourse({ deployment, course, activities });
  if (known.length < new Set(activities).size)
    throw new AppError('activity.not-found', { status: 404 });
  if (undismiss !== undefined)
    for (const { id } of known) await forgetDismissals({ deployment, course, activity: id });
  if (dismiss === undefined) return;
  const tree = await readCourseTree(launch);
  if (tree.items.get(dismiss)?.CFItemType !== 'Competency')
    throw new AppError('alignment.unknown-item', { status: 400 });
  const dismissed = { framework: tree.framework.id, item: dismiss };
  for (const { id } of known)
    await dismissSuggestion({ deployment, course, activity: id, ...dismissed });
}
