// What the layout of every page with a signed-in person needs; `course` is the one that is open.
import { coursesOf, isLearner, mayTeach, type DemoCourse, type Person } from './demo-course.js';
import type { Demo } from './demo.js';

export function pageFrame({
  demo,
  course,
  person,
  title,
}: {
  demo: Demo;
  course: DemoCourse | null;
  person: Person;
  title: string;
}) {
  const courses = coursesOf(demo.courses, person).map(({ id, label }) => ({
    path: `/courses/${id}`,
    label,
    isOpen: id === course?.id,
  }));
  return {
    title,
    course,
    courses,
    person,
    coursePath: course === null ? null : `/courses/${course.id}`,
    mayTeach: mayTeach(person),
    hasGradebook: course !== null && (mayTeach(person) || isLearner(person)),
    isMoodle: demo.mode === 'moodle',
    isAdministrator: person.kind === 'Administrator',
  };
}
