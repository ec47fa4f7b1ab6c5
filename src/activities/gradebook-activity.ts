// The activity that an assignment of the LMS becomes, whichever of its files tells of it: the gradebook or a report. Pure.
import { activityRecordId, type ActivityFacts } from './activity.model.js';
import type { CourseLaunch } from './complete-object.js';
import type { GradebookColumn } from './read-gradebook.js';

interface OfColumn {
  launch: Pick<CourseLaunch, 'deployment' | 'course'>;
  column: Pick<GradebookColumn, 'title' | 'kind' | 'key'>;
}

export function idOfColumn(options: OfColumn): string {
  return activityRecordId(factsOfColumn(options));
}

export function factsOfColumn(options: OfColumn): ActivityFacts {
  const { launch, column } = options;
  const { deployment, course } = launch;
  const { title, kind, key } = column;
  return {
    deployment,
    course,
    key: ['gradebook', ...key],
    title,
    kind,
    source: 'gradebook',
    address: null,
    resourceLinkId: null,
    lineItemUrl: null,
    lesson: null,
    assessed: true,
    lastLaunchAt: null,
  };
}
