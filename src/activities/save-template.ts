// Keeps the alignments of a course as the template of a course code, for every section and the next terms; or withdraws the
// template. The insert of the revision is the fact; earlier revisions stay.
import { AppError } from '../http/errors.js';
import { findTemplate, insertTemplate } from './alignment-template.model.js';
import type { SourceActivity } from './compare-alignments.js';
import type { CourseLaunch } from './complete-object.js';
import { readSourceCourse } from './read-source-course.js';

interface TemplateRequest {
  launch: CourseLaunch;
  /** As readCourseCode gives it. */
  code: string;
  /** The revision that the person saw; 0 where there was none. */
  expectedRevision: number;
  now: Date;
}

/** Throws `template.empty` (400) where nothing is aligned, `template.changed` (409) where somebody else saved meanwhile. */
export async function saveTemplate(request: TemplateRequest): Promise<void> {
  const { deployment, course } = request.launch;
  const activities = await readSourceCourse({ deployment, course });
  if (activities.length === 0) throw new AppError('template.empty', { status: 400 });
  await write(request, activities);
}

/** Nobody is offered it any more. Throws `template.changed` (409). */
export async function withdrawTemplate(request: TemplateRequest): Promise<void> {
  await write(request, []);
}

async function write(request: TemplateRequest, activities: SourceActivity[]): Promise<void> {
  const { launch, code, expectedRevision, now } = request;
  const { deployment, course, user } = launch;
  const current = await findTemplate({ deployment, code });
  const isExpected = (current?.revision ?? 0) === expectedRevision;
  const revision = expectedRevision + 1;
  const template = { deployment, code, revision, at: now, by: user, course, activities };
  if (!isExpected || !(await insertTemplate(template)))
    throw new AppError('template.changed', { status: 409 });
}
