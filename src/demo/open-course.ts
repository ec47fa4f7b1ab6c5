// Who asks, and for which course of theirs: 401 for nobody, 404 for a course they are not in, 403 where only teachers may.
import type { Request } from 'express';
import type { CourseAddress } from './demo-addresses.js';
import { listActivities, listVisibleActivities, type DemoActivity } from './demo-activities.js';
import { coursesOf, mayTeach, type DemoCourse, type Person } from './demo-course.js';
import type { Demo } from './demo.js';
import { DemoError } from './demo-errors.js';
import { requireTool, type DemoTool } from './demo-tools.js';

interface Asked {
  demo: Demo;
  req: Request;
  courseId: string;
}

/** The signed-in person and the course, of which they are a member. */
export function openCourse({ demo, req, courseId }: Asked): { course: DemoCourse; person: Person } {
  const person = demo.sessions.require(req);
  const course = coursesOf(demo.courses, person).find(({ id }) => id === courseId);
  if (!course) throw notFound('You have no such course here.');
  return { course, person };
}

/** The same, for what changes the course. */
export function teachCourse(asked: Asked): { course: DemoCourse; person: Person } {
  const opened = openCourse(asked);
  if (mayTeach(opened.person)) return opened;
  throw new DemoError({
    status: 403,
    code: 'access_denied',
    message: 'Only an instructor or an administrator may do this in the course.',
  });
}

/** The same, for what belongs to the whole LMS. */
export function requireAdministrator({ demo, req }: { demo: Demo; req: Request }): Person {
  const person = demo.sessions.require(req);
  if (person.kind === 'Administrator') return person;
  throw new DemoError({
    status: 403,
    code: 'access_denied',
    message: 'Only the administrator of the demo LMS may do this.',
  });
}

/** An activity of any of the person's courses that they may see. */
export function openActivity({ demo, req, id }: { demo: Demo; req: Request; id: string }): {
  activity: DemoActivity;
  course: DemoCourse;
  person: Person;
} {
  const person = demo.sessions.require(req);
  for (const course of coursesOf(demo.courses, person)) {
    const activity = visibleActivities({ demo, course, person }).find((one) => one.id === id);
    if (activity) return { activity, course, person };
  }
  throw notFound('This course has no such activity for you.');
}

export function visibleActivities(options: {
  demo: Demo;
  course: DemoCourse;
  person: Person;
}): DemoActivity[] {
  return listVisibleActivities(sourcesOf(options), options.person);
}

export function courseActivities(options: { demo: Demo; course: DemoCourse }): DemoActivity[] {
  return listActivities(sourcesOf(options));
}

/** For services: the course of the path, as the tool that holds the request's token knows it. */
export function serviceCourse({ demo, req, courseId }: Asked): {
  course: DemoCourse;
  address: CourseAddress;
} {
  const course = demo.courses.find(({ id }) => id === courseId);
  if (!course) throw notFound('There is no such course.');
  const tool = requireTool(demo.tools, demo.accessTokens.clientOf(req));
  return { course, address: addressOf({ demo, course, tool }) };
}

export function addressOf(options: {
  demo: Demo;
  course: DemoCourse;
  tool: DemoTool;
}): CourseAddress {
  const { demo, course, tool } = options;
  return { url: demo.url, courseId: course.id, typeId: tool.deploymentId, mode: tool.mode };
}

function sourcesOf({ demo, course }: { demo: Demo; course: DemoCourse }) {
  const toolUrl = demo.tools.ofCourse(course.id).origin;
  return { course, records: demo.records.read(), toolUrl };
}

function notFound(message: string): DemoError {
  return new DemoError({ status: 404, code: 'not_found', message });
}
