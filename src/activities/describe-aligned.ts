// An activity of a course as statements name it, with what it is aligned to now in the course's framework.
import { readTree } from '../frameworks/read-tree.js';
import type { Activity } from './activity.model.js';
import { findAlignment } from './alignment.model.js';
import type { CompletableObject } from './complete-object.js';
import { findCourseFramework } from './course-framework.js';
import { describeCourseActivity } from './describe-object.js';

export async function describeAligned(activity: Activity): Promise<CompletableObject> {
  const { deployment, course, id } = activity;
  const [alignment, framework] = await Promise.all([
    findAlignment({ deployment, course, activity: id }),
    findCourseFramework({ deployment, course }),
  ]);
  const tree = framework && (await readTree({ framework }));
  return describeCourseActivity({ activity, aligned: alignment.current, tree });
}
