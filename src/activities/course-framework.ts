// The framework that a course works with: its own choice, else the deployment's, else the first one that it may see.
import {
  findFramework,
  listFrameworks,
  type FrameworkRecord,
} from '../frameworks/cf-document.model.js';
import type { FrameworkTree } from '../frameworks/framework-tree.js';
import { readTree } from '../frameworks/read-tree.js';
import { AppError } from '../http/errors.js';
import { findCourse, type Course } from '../lti/course.model.js';
import { findDeployment } from '../lti/deployment.model.js';

/** Null only where no framework was imported. */
export async function findCourseFramework(options: {
  deployment: string;
  course: string;
}): Promise<FrameworkRecord | null> {
  const { deployment } = options;
  const [course, defaults] = await Promise.all([
    findCourse(options),
    findDeployment({ deployment }),
  ]);
  const [framework = null] = await readChoices({
    deployment,
    choices: [[course?.framework, defaults?.framework]],
  });
  return framework;
}

/** The same for several courses of a deployment, by course; what several chose is read once. */
export async function findCourseFrameworks(options: {
  deployment: string;
  courses: readonly Pick<Course, '_id' | 'framework'>[];
}): Promise<Map<string, FrameworkRecord | null>> {
  const { deployment, courses } = options;
  const defaults = await findDeployment({ deployment });
  const frameworks = await readChoices({
    deployment,
    choices: courses.map(({ framework }) => [framework, defaults?.framework]),
  });
  return new Map(courses.map(({ _id }, index) => [_id, frameworks[index] ?? null]));
}

/** For each the first of its choices that the deployment may see, else the first framework of all. */
async function readChoices(options: {
  deployment: string;
  choices: readonly (readonly (string | null | undefined)[])[];
}): Promise<(FrameworkRecord | null)[]> {
  const { deployment, choices } = options;
  const viewer = { deployment };
  const named = [...new Set(choices.flat())].filter((id) => typeof id === 'string');
  const read = await Promise.all(named.map((framework) => findFramework({ framework, viewer })));
  const byId = new Map(read.map((framework, index) => [named[index], framework]));
  const chosen = choices.map((ids) => {
    const first = ids.find((id) => typeof id === 'string' && byId.get(id));
    return byId.get(first ?? undefined) ?? null;
  });
  if (!chosen.includes(null)) return chosen;
  const [otherwise = null] = await listFrameworks({ viewer });
  return chosen.map((framework) => framework ?? otherwise);
}

/** The tree of the course's framework. Throws `alignment.no-framework` (404) where none was imported. */
export async function readCourseTree(options: {
  deployment: string;
  course: string;
}): Promise<FrameworkTree> {
  const framework = await findCourseFramework(options);
  if (!framework) throw new AppError('alignment.no-framework', { status: 404 });
  return readTree({ framework });
}
