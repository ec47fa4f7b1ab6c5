// Which course of a Canvas report this course is: by Canvas's number of it, which stands in the addresses of its services, by
// what an instructor said before, or by the school's id; never by a title. Pure.
import type { Course } from '../lti/course.model.js';
import type { ReportedCourse } from './read-outcome-report.js';

type Here = Pick<Course, 'services' | 'sisIds'>;

/** The report's id of it; null where a person has to say, `other` where the report is surely of other courses. */
export function findReportedCourse(options: {
  courses: readonly ReportedCourse[];
  here: Here | null;
  /** The report's id that an instructor chose before. */
  remembered: string | null;
}): string | 'other' | null {
  const { courses, here, remembered } = options;
  const number = here && courseNumber(here);
  const byNumber = courses.find(({ id }) => id === number || id === remembered);
  if (byNumber) return byNumber.id;
  const sisId = here?.sisIds.course ?? null;
  const [bySis, ...more] = courses.filter((one) => sisId !== null && one.sisId === sisId);
  if (bySis && more.length === 0) return bySis.id;
  return number === null ? null : 'other';
}

/** `https://canvas.example/api/lti/courses/123/line_items` is course 123. */
function courseNumber({ services }: Here): string | null {
  const addresses = [services.lineItemsUrl, services.membershipsUrl];
  const numbers = addresses.flatMap(
    (address) => /\/api\/lti\/courses\/(\d+)\//.exec(address ?? '')?.[1] ?? [],
  );
  return numbers[0] ?? null;
}
