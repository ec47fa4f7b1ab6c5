// Takes alignments over from the course that this one was copied from, for the activities a person chose. Each activity is
// one write, the fact; the decision is noted last, so that a stop in between offers the rest again. Nothing is copied unasked.
import { AppError } from '../http/errors.js';
import type { ChangedAlignment } from './align-activity.js';
import type { CourseLaunch } from './complete-object.js';
import { recordCopyDecision } from './course-copy.model.js';
import { readCourseCopy, type CourseCopy } from './find-course-copy.js';
import { takeAlignments } from './take-alignments.js';

interface CopyRequest {
  launch: CourseLaunch;
  from: string;
  now: Date;
}

/** Throws `course-copy.unknown` (404) where the platform named no such earlier course of this one. */
export async function getCourseCopy(options: {
  launch: CourseLaunch;
  from: string;
}): Promise<CourseCopy> {
  const { deployment, course } = options.launch;
  const copy = await readCourseCopy({ deployment, course, from: options.from });
  if (!copy) throw new AppError('course-copy.unknown', { status: 404 });
  return copy;
}

/**
 * Returns the activities that changed, with their new revision. What they count for already stays as it is; an activity that
 * somebody else changed at the same moment is left. Throws as getCourseCopy does, or `course-copy.nothing-chosen` (400).
 */
export async function copyAlignments(
  request: CopyRequest & { activities: readonly string[] },
): Promise<ChangedAlignment[]> {
  const { launch, from, now } = request;
  const { deployment, course, user } = launch;
  const copy = await getCourseCopy(request);
  const chosen = copy.alignments.filter(({ activity }) => request.activities.includes(activity.id));
  if (chosen.length === 0) throw new AppError('course-copy.nothing-chosen', { status: 400 });
  const changed = await takeAlignments({
    launch,
    taken: chosen.map(({ activity, adds }) => ({ activity: activity.id, items: adds })),
    now,
  });
  await recordCopyDecision({ deployment, course, from, decision: 'copied', by: user, now });
  return changed;
}

/** The course's staff want none of it; nobody is asked again. Throws as getCourseCopy does. */
export async function declineCopy(request: CopyRequest): Promise<void> {
  const { launch, from, now } = request;
  const { deployment, course, user } = launch;
  await getCourseCopy(request);
  await recordCopyDecision({ deployment, course, from, decision: 'declined', by: user, now });
}
