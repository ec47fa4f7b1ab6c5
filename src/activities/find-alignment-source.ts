// What alignments could come to this course from elsewhere: earlier courses that this person taught in the same deployment,
// the likeliest first, and the template of the course's code. Nothing is copied here. Another person's course is not found.
import { AppError } from '../http/errors.js';
import { findCourse, listCoursesById, type Course } from '../lti/course.model.js';
import { listCoursesTaught } from '../lti/membership.model.js';
import { findTemplate, type AlignmentTemplate } from './alignment-template.model.js';
import type { AlignmentDiff } from './compare-alignments.js';
import type { CourseLaunch } from './complete-object.js';
import { courseCodeOf, likenessOf } from './course-code.js';
import { compareWithCourse, readSourceCourse } from './read-source-course.js';

const MAX_COURSES = 100;
const LIKELY = 0.5;

export interface EarlierCourse {
  id: string;
  title: string;
  label: string | null;
  term: string | null;
  /** Same code or SIS id, or a title that is much the same. */
  isLikely: boolean;
}

export interface AlignmentSources {
  /** The course's own code as far as it can be told. */
  code: string | null;
  courses: EarlierCourse[];
  template: AlignmentTemplate | null;
}

/** Four queries at most. */
export async function listAlignmentSources(launch: CourseLaunch): Promise<AlignmentSources> {
  const { deployment, course } = launch;
  const [here, courses] = await Promise.all([
    findCourse({ deployment, course }),
    listTaughtCourses(launch),
  ]);
  const code = here && courseCodeOf(here);
  const template = code === null ? null : await findTemplate({ deployment, code });
  const likeness = new Map(
    courses.map((one) => [one._id, here === null ? 0 : likenessOf(here, one)]),
  );
  const likenessTo = ({ _id }: Course) => likeness.get(_id) ?? 0;
  return {
    code,
    courses: courses
      .toSorted((a, b) => likenessTo(b) - likenessTo(a))
      .map((one) => ({
        id: one._id,
        title: titleOf(one),
        label: one.label,
        term: one.term?.name ?? null,
        isLikely: likenessTo(one) >= LIKELY,
      })),
    template: template && template.activities.length > 0 ? template : null,
  };
}

export type SourceName = { kind: 'course' | 'template'; id: string };

export interface AlignmentSource {
  title: string;
  diff: AlignmentDiff;
}

/** Compares this course with a source of its own. Throws `alignment-source.unknown` (404) for every other. */
export async function getAlignmentSource(options: {
  launch: CourseLaunch;
  source: SourceName;
}): Promise<AlignmentSource> {
  const { launch, source } = options;
  const { deployment, course } = launch;
  const found =
    source.kind === 'course'
      ? await readTaughtCourse(launch, source.id)
      : await readTemplate(launch, source.id);
  if (!found) throw new AppError('alignment-source.unknown', { status: 404 });
  const { title, activities } = found;
  const diff = await compareWithCourse({ place: { deployment, course }, there: activities });
  return { title, diff };
}

async function listTaughtCourses(launch: CourseLaunch): Promise<Course[]> {
  const { deployment, user, course } = launch;
  const taught = await listCoursesTaught({ deployment, user, limit: MAX_COURSES });
  const ids = taught.filter((id) => id !== course);
  const courses = ids.length === 0 ? [] : await listCoursesById({ deployment, courses: ids });
  return courses.sort((a, b) => ids.indexOf(a._id) - ids.indexOf(b._id));
}

async function readTaughtCourse(launch: CourseLaunch, id: string) {
  const found = (await listTaughtCourses(launch)).find(({ _id }) => _id === id);
  if (!found) return null;
  const place = { deployment: launch.deployment, course: id };
  return { title: titleOf(found), activities: await readSourceCourse(place) };
}

/** Only the template of this course's own code: another code's is another course's business. */
async function readTemplate(launch: CourseLaunch, code: string) {
  const { template } = await listAlignmentSources(launch);
  return template?.code === code ? { title: code, activities: template.activities } : null;
}

function titleOf({ title, label, contextId }: Course): string {
  return title ?? label ?? contextId;
}
