// Takes in the activities that an instructor typed or pasted. The same title and address again is the same activity.
import { recordActivities } from './activity.model.js';
import type { CourseLaunch } from './complete-object.js';
import { readTypedActivities, type TypedActivities } from './read-typed-activities.js';

/** Outcomes: `added` with their ids; `refused` with every faulty line, and nothing recorded. */
export async function addActivities(options: {
  launch: CourseLaunch;
  text: string;
  url: string;
  now: Date;
}): Promise<
  { outcome: 'added'; ids: string[] } | { outcome: 'refused'; faults: TypedActivities['faults'] }
> {
  const { launch, text, url, now } = options;
  const { deployment, course } = launch;
  const { activities, faults } = readTypedActivities(text);
  if (faults.length > 0) return { outcome: 'refused', faults };
  const facts = activities.map(({ title, address, kind }) => ({
    deployment,
    course,
    key: ['typed', title, address ?? ''],
    title,
    kind,
    source: 'typed' as const,
    address,
    resourceLinkId: null,
    lineItemUrl: null,
    lesson: null,
    assessed: false,
    lastLaunchAt: null,
  }));
  const ids = await recordActivities({ facts, url, now });
  return { outcome: 'added', ids: [...new Set(ids)] };
}
