// Custom parameters (LTI Core 1.3, section 5.4.6 and appendix B): expands the substitution
// variables this platform knows. One it does not know goes out as it stands, as Moodle does.
import type { DemoCourse, Person } from './demo-course.js';

export function expandCustom({
  course,
  person,
  custom,
}: {
  course: DemoCourse;
  person: Person;
  custom: Record<string, string>;
}): Record<string, string> {
  const variables = new Map<string, string>([
    ['$Canvas.membership.roles', person.kind === 'Administrator' ? 'Account Admin' : ''],
    ['$Context.id', course.id],
    ['$Context.id.history', ''], // the course was copied from no other
    ['$CourseOffering.academicSession', course.term.academicSession],
    ['$CourseOffering.sourcedId', course.offeringSisId],
    ['$CourseSection.sourcedId', course.sectionSisId],
    ['$CourseSection.timeFrame.begin', course.term.begin],
    ['$CourseSection.timeFrame.end', course.term.end],
    ['$Person.sourcedId', person.sisId ?? ''],
    ['$User.id', person.id],
  ]);

  return Object.fromEntries(
    Object.entries(custom).map(([name, value]) => [name, variables.get(value) ?? value]),
  );
}
