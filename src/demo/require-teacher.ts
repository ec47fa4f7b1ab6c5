// The guard of what changes the course: the signed-in person, who must be an instructor or an
// administrator, else 401 or 403.
import type { Request } from 'express';
import { mayTeach, type Person } from './demo-course.js';
import type { Demo } from './demo.js';
import { DemoError } from './demo-errors.js';

export function requireTeacher({ demo, req }: { demo: Demo; req: Request }): Person {
  const person = demo.sessions.require(req);
  if (mayTeach(person)) return person;
  throw new DemoError({
    status: 403,
    code: 'access_denied',
    message: 'Only an instructor or an administrator may do this in the course.',
  });
}
