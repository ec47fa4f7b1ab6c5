// The framework that a course works with: its own choice, else the deployment's, else the first one that it may see.
import {
  findFramework,
  listFrameworks,
  type FrameworkRecord,
} from '../frameworks/cf-document.model.js';
import type { FrameworkTree } from '../frameworks/framework-tree.js';
import { readTree } from '../frameworks/read-tree.js';
import { AppError } from '../http/errors.js';
import { findCourse } from '../lti/course.model.js';
import { findDeployment } from '../lti/deployment.model.js';

/** Null only where no framework was imported. */
export async function findCourseFramework(options: {
  deployment: string;
  course: string;
}): Promise<FrameworkRecord | null> {
  const { deployment, course } = options;
  const viewer = { deployment };
  const [ofCourse, ofDeployment] = await Promise.all([
    findCourse({ deployment, course }),
    findDeployment({ deployment }),
  ]);
  for (const framework of [ofCourse?.framework, ofDeployment?.framework]) {
    const found = framework ? await findFramework({ framework, viewer }) : null;
    if (found) return found;
  }
  return (await listFrameworks({ viewer }))[0] ?? null;
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
