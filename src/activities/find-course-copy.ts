// Whether a course was copied from one that this deployment knows, and which alignments could come along. Only a history that
// the platform's signed launch named is followed, and only within the deployment. Shows of the other course its title and
// what would be copied, nothing else. Writes nothing.
import { findCourse, listCoursesOfContexts, type Course } from '../lti/course.model.js';
import type { ComparedActivity } from './compare-alignments.js';
import { listDecidedCopies } from './course-copy.model.js';
import { compareWithCourse, readSourceCourse } from './read-source-course.js';

const MAX_CONTEXTS = 20;

export interface CourseCopy {
  /** Our id of the course this one was copied from. */
  from: string;
  title: string;
  /** Activities that do not count yet for all that their originals count for. */
  alignments: Pick<ComparedActivity, 'activity' | 'by' | 'adds'>[];
  /** Aligned activities of the other course that have no counterpart here. */
  without: number;
}

interface Place {
  deployment: string;
  course: string;
}

/** The nearest earlier course with something to bring that nobody decided about; null where there is none. */
export async function findCourseCopy(place: Place): Promise<CourseCopy | null> {
  const earlier = await listEarlierCourses(place);
  if (earlier.length === 0) return null;
  const decided = new Set(await listDecidedCopies(place));
  for (const course of earlier) {
    const copy = decided.has(course._id) ? null : await compareCourses(place, course);
    if (copy && copy.alignments.length > 0) return copy;
  }
  return null;
}

/** What could come from this earlier course, decided or not; null where it is none of this course's. */
export async function readCourseCopy(place: Place & { from: string }): Promise<CourseCopy | null> {
  const { from, ...here } = place;
  const course = (await listEarlierCourses(here)).find(({ _id }) => _id === from);
  return course ? compareCourses(here, course) : null;
}

/** Newest copy first, as the platform names them. */
async function listEarlierCourses({ deployment, course }: Place): Promise<Course[]> {
  const record = await findCourse({ deployment, course });
  const contextIds = (record?.contextIdHistory ?? []).slice(0, MAX_CONTEXTS);
  if (contextIds.length === 0) return [];
  const found = await listCoursesOfContexts({ deployment, contextIds });
  return found
    .filter(({ _id }) => _id !== course)
    .sort((a, b) => contextIds.indexOf(a.contextId) - contextIds.indexOf(b.contextId));
}

async function compareCourses(place: Place, other: Course): Promise<CourseCopy> {
  const { deployment } = place;
  const there = await readSourceCourse({ deployment, course: other._id });
  const diff = await compareWithCourse({ place, there });
  return {
    from: other._id,
    title: other.title ?? other.label ?? other.contextId,
    alignments: diff.pairs.filter(({ adds }) => adds.length > 0),
    without: diff.onlyThere.length,
  };
}
