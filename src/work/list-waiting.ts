// What waits for whoever teaches a course: work for review, new activities that nobody aligned, links that learners reported
// as not working, a course copy on offer, scores that the gradebook refused. The count beside the navigation is kept for two seconds, as other counts of a course are.
import { listActivities, type Activity } from '../activities/activity.model.js';
import { listAlignments } from '../activities/alignment.model.js';
import { isNewActivity } from '../activities/course-view.js';
import { lineItemUrlsOf } from '../activities/failed-scores.js';
import { findCourseCopy, type CourseCopy } from '../activities/find-course-copy.js';
import { listFailedScores } from '../activities/score-delivery.model.js';
import { shareReads } from '../db/shared-reads.js';
import { listBrokenLinks, type BrokenLink } from './list-broken-links.js';
import { countWaitingWork, listWorkInState, type ReviewWork } from './review-work.model.js';

export interface Place {
  deployment: string;
  course: string;
}

export interface WaitingThings {
  /** The longest waiting first, as many as a page shows. */
  works: ReviewWork[];
  workCount: number;
  /** All of the course: failed scores name their columns. */
  activities: Activity[];
  unaligned: Activity[];
  brokenLinks: BrokenLink[];
  copy: CourseCopy | null;
  failedScores: number;
}

export async function listWaiting(options: Place & { now: Date }): Promise<WaitingThings> {
  const { deployment, course, now } = options;
  const place = { deployment, course };
  const [works, workCount, activities, alignments, brokenLinks, copy] = await Promise.all([
    listWorkInState({ ...place, state: 'waiting' }),
    countWaitingWork(place),
    listActivities(place),
    listAlignments(place),
    listBrokenLinks(place),
    findCourseCopy(place),
  ]);
  const decided = new Set(alignments.map(({ activity }) => activity));
  const lineItemUrls = lineItemUrlsOf(activities);
  const failed =
    lineItemUrls.length === 0 ? [] : await listFailedScores({ deployment, lineItemUrls });
  return {
    works,
    workCount,
    activities,
    unaligned: activities.filter((one) => !decided.has(one.id) && isNewActivity(one, now)),
    brokenLinks,
    copy,
    failedScores: failed.length,
  };
}

/** One for each piece of work, each new activity and each broken link, one for a copy on offer, one where scores failed. */
export function countThings(things: WaitingThings): number {
  const { workCount, unaligned, brokenLinks, copy, failedScores } = things;
  const rows = workCount + unaligned.length + brokenLinks.length;
  return rows + (copy ? 1 : 0) + (failedScores > 0 ? 1 : 0);
}

/** For the navigation of a course's pages. `now` is the process's clock. */
export function createWaitingCount(options: {
  now: () => Date;
}): (place: Place) => Promise<number> {
  return shareReads({
    about: ({ deployment, course }: Place) => `waiting ${deployment} ${course}`,
    read: async (place: Place) => countThings(await listWaiting({ ...place, now: options.now() })),
  });
}
