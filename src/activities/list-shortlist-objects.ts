// What a course's shortlist of a competency can hold: live resources of the library that serve it, and the course's own
// activities that count for it. A hosted lesson placed as an activity is the lesson itself, as in every count.
import type { FrameworkTree } from '../frameworks/framework-tree.js';
import { listServingResources, type LearningResource } from '../library/learning-resource.model.js';
import { listActivities, type Activity } from './activity.model.js';
import { listAlignments } from './alignment.model.js';
import { evidenceObject } from './course-view.js';

export type ShortlistObject =
  | { id: string; title: string; resource: LearningResource; activity: null }
  | { id: string; title: string; resource: null; activity: Activity };

/** The course's own first, then the library's by title. */
export async function listShortlistObjects(options: {
  deployment: string;
  course: string;
  tree: FrameworkTree;
  item: string;
}): Promise<ShortlistObject[]> {
  const { deployment, course, tree, item } = options;
  const framework = tree.framework.id;
  const [activities, alignments, serving] = await Promise.all([
    listActivities({ deployment, course }),
    listAlignments({ deployment, course }),
    listServingResources({ framework, items: [item], viewer: { deployment } }),
  ]);
  const aligned = new Set(
    alignments
      .filter(({ current }) =>
        current.some((one) => one.framework === framework && one.item === item),
      )
      .map(({ activity }) => activity),
  );
  const live = serving.filter(
    ({ status, serves }) =>
      status === 'live' &&
      serves.some((one) => one.framework === framework && one.item === item && one.until === null),
  );
  const known = new Set(live.map(({ id }) => id));
  return [
    ...activities
      .filter((activity) => aligned.has(activity.id) && !known.has(evidenceObject(activity)))
      .map((activity) => ({
        id: evidenceObject(activity),
        title: activity.title,
        resource: null,
        activity,
      })),
    ...live
      .sort((a, b) => a.title.localeCompare(b.title) || (a.id < b.id ? -1 : 1))
      .map((resource) => ({ id: resource.id, title: resource.title, resource, activity: null })),
  ];
}
