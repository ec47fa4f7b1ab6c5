// What a piece of work is about: a competency of the course's framework, or an activity of the course with the competencies
// that it is aligned to now.
import { getActivity } from '../activities/activity.model.js';
import { findAlignment } from '../activities/alignment.model.js';
import { findCourseFramework } from '../activities/course-framework.js';
import type { FrameworkTree, TreeItem } from '../frameworks/framework-tree.js';
import { readTree } from '../frameworks/read-tree.js';
import { AppError } from '../http/errors.js';
import { itemHref } from '../library/framework-view.js';
import type { ReviewWork } from './review-work.model.js';

export interface WorkSubject {
  about: ReviewWork['about'];
  title: string;
  /** Path of its page. */
  href: string;
  /** Competencies that it can be accepted for; none where an activity is not aligned any more. */
  items: TreeItem[];
  tree: FrameworkTree;
}

/** Throws `work.no-subject` (404) for what is not in this course or its framework, `activity.not-found` (404). */
export async function getWorkSubject(options: {
  deployment: string;
  course: string;
  about: ReviewWork['about'];
}): Promise<WorkSubject> {
  const { deployment, course, about } = options;
  const framework = await findCourseFramework({ deployment, course });
  if (!framework) throw noSubject();
  const tree = await readTree({ framework });
  if (about.kind === 'item') {
    const item = tree.items.get(about.item);
    if (about.framework !== framework.id || item?.CFItemType !== 'Competency') throw noSubject();
    const href = itemHref(framework.id, item.identifier);
    return { about, title: item.fullStatement, href, items: [item], tree };
  }
  const { activity: id } = about;
  const [activity, alignment] = await Promise.all([
    getActivity({ deployment, course, activity: id }),
    findAlignment({ deployment, course, activity: id }),
  ]);
  const items = alignment.current
    .filter((one) => one.framework === framework.id)
    .flatMap(({ item }) => tree.items.get(item) ?? []);
  return { about, title: activity.title, href: `/activities/${id}`, items, tree };
}

function noSubject(): AppError {
  return new AppError('work.no-subject', { status: 404 });
}
