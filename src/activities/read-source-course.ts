// Reads the two sides of a comparison: the aligned activities of another course of the deployment, and this course with the
// history of its links.
import { readHistory } from '../lti/launch-context.js';
import { listResourceLinks } from '../lti/resource-link.model.js';
import { CUSTOM } from '../lti/vocabulary.js';
import { listActivities } from './activity.model.js';
import { listAlignments } from './alignment.model.js';
import {
  compareAlignments,
  type AlignmentDiff,
  type SourceActivity,
} from './compare-alignments.js';

interface Place {
  deployment: string;
  course: string;
}

/** Activities of the course that count for something, with what they count for. */
export async function readSourceCourse(place: Place): Promise<SourceActivity[]> {
  const [activities, alignments] = await Promise.all([
    listActivities(place),
    listAlignments(place),
  ]);
  const current = new Map(alignments.map((one) => [one.activity, one.current]));
  return activities.flatMap(({ id, title, address, lesson, resourceLinkId }) => {
    const items = current.get(id) ?? [];
    return items.length === 0 ? [] : [{ id, title, address, lesson, resourceLinkId, items }];
  });
}

/** What the others would bring to this course. */
export async function compareWithCourse(options: {
  place: Place;
  there: readonly SourceActivity[];
}): Promise<AlignmentDiff> {
  const { place, there } = options;
  const [activities, alignments, links] = await Promise.all([
    listActivities(place),
    listAlignments(place),
    listResourceLinks({ ...place, after: '' }),
  ]);
  const linkHistories = new Map(
    links.map((link) => [link.resourceLinkId, readHistory(link.custom[CUSTOM.linkHistory])]),
  );
  return compareAlignments({ activities, alignments, there, linkHistories });
}
