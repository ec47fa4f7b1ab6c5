// What the layout of every page with a signed-in person needs.
import { isLearner, mayTeach, type Person } from './demo-course.js';
import type { Demo } from './demo.js';

export function pageFrame({ demo, person, title }: { demo: Demo; person: Person; title: string }) {
  return {
    title,
    course: demo.course,
    person,
    coursePath: `/courses/${demo.course.id}`,
    mayTeach: mayTeach(person),
    hasGradebook: mayTeach(person) || isLearner(person),
  };
}
