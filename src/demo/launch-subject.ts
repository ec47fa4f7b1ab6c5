// What a launch opens, found again when the token is made: it may be gone, or no longer be for this person.
import type { DemoActivity } from './demo-activities.js';
import { mayTeach, type DemoCourse, type Person } from './demo-course.js';
import type { Demo, LaunchSubject } from './demo.js';
import { DemoError } from './demo-errors.js';
import type { DemoTool } from './demo-tools.js';
import { getLineItem } from './line-items.js';
import { visibleActivities } from './open-course.js';

interface Opening {
  demo: Demo;
  course: DemoCourse;
  person: Person;
  subject: LaunchSubject;
}

export function findTarget(opening: Opening & { tool: DemoTool }): string {
  if (opening.subject.kind === 'content') return opening.tool.deepLinkingUrl;
  return findActivity(opening).targetLinkUri;
}

/** The activity of a launch; for a review the one whose work is looked at, with the review's own target. */
export function findActivity({ demo, course, person, subject }: Opening): DemoActivity {
  const activities = visibleActivities({ demo, course, person });
  if (subject.kind === 'activity') {
    const activity = activities.find(({ id }) => id === subject.activityId);
    if (!activity) throw gone();
    return activity;
  }
  if (subject.kind === 'content' || !mayTeach(person)) throw gone();

  const named = { id: subject.lineItemId, courseId: course.id };
  const { resourceLinkId, submissionReview } = getLineItem(demo.records.read(), named);
  const reviewed = activities.find(({ id }) => id === resourceLinkId);
  if (!reviewed) throw gone();
  return {
    ...reviewed,
    targetLinkUri: submissionReview?.url ?? reviewed.targetLinkUri,
    custom: { ...reviewed.custom, ...submissionReview?.custom },
  };
}

export function gone(): DemoError {
  return new DemoError({
    status: 404,
    code: 'not_found',
    message: 'What was to be opened is no longer in this course.',
  });
}
