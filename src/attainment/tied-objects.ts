// What counts for which item, and since when: the histories of alignments and of the library's links, merged into one list
// of objects an item. A lesson that a course places as an activity is the same object as the lesson in the library. Pure.
import type { Activity } from '../activities/activity.model.js';
import type { AlignmentRecord } from '../activities/alignment.model.js';
import type { ShortlistHistory } from '../activities/shortlist.model.js';
import type { LearningResource } from '../library/learning-resource.model.js';
import type { Tie, TiedObject } from './plan-attainment.js';

export type TieableResource = Pick<LearningResource, 'id' | 'title' | 'status' | 'serves'>;

/** For each of the items every object that is or was tied to it. */
export function buildTiedObjects(options: {
  framework: string;
  items: readonly string[];
  alignments: readonly AlignmentRecord[];
  activities: readonly Activity[];
  resources: readonly TieableResource[];
}): Map<string, TiedObject[]> {
  const { framework, items, alignments, activities, resources } = options;
  const wanted = new Set(items);
  const byItem = new Map<string, Map<string, TiedObject>>(items.map((item) => [item, new Map()]));
  const add = (item: string, object: TiedObject) => {
    const objects = byItem.get(item);
    const known = objects?.get(object.objectId);
    if (known) known.ties.push(...object.ties);
    else objects?.set(object.objectId, object);
  };
  for (const { id, title, status, serves } of resources) {
    for (const link of serves.filter(
      (one) => one.framework === framework && wanted.has(one.item),
    )) {
      const tie = {
        since: link.since,
        until: link.until,
        course: null,
        assessedSince: null,
        live: status === 'live',
      };
      add(link.item, { objectId: id, objectKind: 'resource', title, ties: [tie] });
    }
  }
  const activityById = new Map(activities.map((activity) => [activity.id, activity]));
  for (const alignment of alignments) {
    const activity = activityById.get(alignment.activity);
    if (!activity) continue;
    for (const [item, ties] of buildAlignmentTies({ alignment, activity, framework })) {
      if (wanted.has(item)) add(item, { ...describeActivity(activity), ties });
    }
  }
  return new Map([...byItem].map(([item, objects]) => [item, [...objects.values()].sort(byId)]));
}

/** The object that an activity's evidence is about: its lesson, where it shows one of ours. */
export function describeActivity(
  activity: Pick<Activity, 'id' | 'lesson' | 'title'>,
): Omit<TiedObject, 'ties'> {
  const { id, lesson, title } = activity;
  return lesson === null
    ? { objectId: id, objectKind: 'activity', title }
    : { objectId: lesson, objectKind: 'resource', title };
}

/** Shortlists may name the activity that shows a lesson: they mean the lesson. */
export function nameObjects(options: {
  shortlists: readonly ShortlistHistory[];
  activities: readonly Activity[];
}): ShortlistHistory[] {
  const { shortlists, activities } = options;
  const objectIds = new Map(activities.map((one) => [one.id, describeActivity(one).objectId]));
  const nameAll = (ids: string[]) => ids.map((id) => objectIds.get(id) ?? id);
  return shortlists.map((shortlist) => ({
    ...shortlist,
    history: shortlist.history.map((revision) => ({
      ...revision,
      pinned: nameAll(revision.pinned),
      required: nameAll(revision.required),
      hidden: nameAll(revision.hidden),
    })),
  }));
}

/** For each item the stretches of time in which the activity was aligned to it. */
function buildAlignmentTies(options: {
  alignment: AlignmentRecord;
  activity: Activity;
  framework: string;
}): Map<string, Tie[]> {
  const { alignment, activity, framework } = options;
  const ties = new Map<string, Tie[]>();
  const open = new Map<string, Tie>();
  for (const { at, items } of [...alignment.history].sort((a, b) => a.revision - b.revision)) {
    const now = new Set(items.filter((one) => one.framework === framework).map(({ item }) => item));
    for (const [item, tie] of open) {
      if (now.has(item)) continue;
      tie.until = at;
      open.delete(item);
    }
    for (const item of now) {
      if (open.has(item)) continue;
      const tie: Tie = {
        since: at,
        until: null,
        course: activity.course,
        assessedSince: activity.assessedSince,
        live: true,
      };
      open.set(item, tie);
      ties.set(item, [...(ties.get(item) ?? []), tie]);
    }
  }
  return ties;
}

function byId(a: TiedObject, b: TiedObject): number {
  return a.objectId < b.objectId ? -1 : 1;
}
