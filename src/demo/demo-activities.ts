// The activities of the course as people and launches see them: those of the seed, then those
// that deep linking placed. An activity's id is its resource link id.
import type { DemoCourse, MemberKind, Person } from './demo-course.js';
import type { ContentItem } from './content-items.js';
import type { DemoRecords } from './demo-records.js';
import { addLineItem } from './line-items.js';

export interface DemoActivity {
  id: string;
  title: string;
  text: string;
  targetLinkUri: string;
  custom: Record<string, string>;
  visibleTo: readonly MemberKind[];
}

interface ActivitySources {
  course: DemoCourse;
  records: Readonly<DemoRecords>;
  /** Of the tool that opens the course. */
  toolUrl: string;
}

const EVERYONE: readonly MemberKind[] = ['Learner', 'Instructor', 'Officer', 'Administrator'];

export function listActivities({ course, records, toolUrl }: ActivitySources): DemoActivity[] {
  const seeded = course.activities.map((activity) => ({
    id: activity.id,
    title: activity.title,
    text: activity.text,
    targetLinkUri: `${toolUrl}${activity.targetPath}`,
    custom: activity.custom,
    visibleTo: activity.visibleTo,
  }));
  const ofCourse = records.activities.filter((activity) => activity.course === course.id);
  const placed = ofCourse.map((activity) => ({
    id: activity.id,
    title: activity.title,
    text: activity.text,
    targetLinkUri: new URL(activity.targetPath, toolUrl).href,
    custom: activity.custom,
    visibleTo: EVERYONE,
  }));
  return [...seeded, ...placed];
}

export function listVisibleActivities(sources: ActivitySources, person: Person): DemoActivity[] {
  return listActivities(sources).filter((activity) => activity.visibleTo.includes(person.kind));
}

/** Makes an activity, and its line item where one is asked for, of each chosen content item. */
export function placeContentItems(
  draft: DemoRecords,
  {
    items,
    courseId,
    toolUrl,
    placedAt,
  }: { items: ContentItem[]; courseId: string; toolUrl: string; placedAt: Date },
): string[] {
  return items.map((item) => {
    const id = String(draft.nextActivity);
    const title = item.title ?? item.lineItem?.label ?? `Activity ${id}`;
    draft.nextActivity += 1;
    draft.activities.push({
      id,
      title,
      text: item.text ?? '',
      targetPath: pathOf(item.url ?? `${toolUrl}/activities`),
      custom: item.custom ?? {},
      placedAt: placedAt.toISOString(),
      course: courseId,
    });
    if (item.lineItem) {
      const { label, ...rest } = item.lineItem;
      const input = { label: label ?? title, ...rest, resourceLinkId: id };
      addLineItem(draft, { input, courseId });
    }
    return title;
  });
}

function pathOf(address: string): string {
  const { pathname, search, hash } = new URL(address);
  return `${pathname.replace(/^\/+/, '/')}${search}${hash}`;
}
