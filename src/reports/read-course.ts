// What every report of a course begins with: the course, the framework it is about, and the framework's competencies.
import { AppError } from '../http/errors.js';
import {
  findFramework,
  listFrameworks,
  type FrameworkRecord,
} from '../frameworks/cf-document.model.js';
import { readTree } from '../frameworks/read-tree.js';
import { findCourse } from '../lti/course.model.js';
import { findDeployment } from '../lti/deployment.model.js';
import type { ReportCompetency } from './attainment-report.js';

export interface ReportedCourse {
  deployment: string;
  course: { id: string; title: string };
  framework: { id: string; title: string };
  /** In reading order. */
  competencies: ReportCompetency[];
  /** Every framework the deployment sees, for the choice on the page. */
  frameworks: { id: string; title: string }[];
}

/**
 * The framework is the one asked for, else the course's choice, else the deployment's, else the first there is.
 * Throws `report.no-course` (404), `report.no-framework` (404), or `framework.not-found` for an unknown one asked for.
 */
export async function readReportedCourse(options: {
  deployment: string;
  course: string;
  framework: string | null;
}): Promise<ReportedCourse> {
  const { deployment } = options;
  const [course, settings, frameworks] = await Promise.all([
    findCourse({ deployment, course: options.course }),
    findDeployment({ deployment }),
    listFrameworks({ viewer: { deployment } }),
  ]);
  if (course === null) throw new AppError('report.no-course', { status: 404 });
  const chosen = await chooseFramework({
    wanted: [options.framework, course.framework, settings?.framework ?? null],
    frameworks,
    deployment,
  });
  if (chosen === null) throw new AppError('report.no-framework', { status: 404 });
  return {
    deployment,
    course: { id: course._id, title: course.title ?? course.label ?? course.contextId },
    framework: { id: chosen.id, title: chosen.title },
    competencies: await listCompetencies(chosen),
    frameworks: frameworks.map(({ id, title }) => ({ id, title })),
  };
}

/** One competency of the course's framework. Throws `report.no-item` (404). */
export function getCompetency(reported: ReportedCourse, item: string): ReportCompetency {
  const found = reported.competencies.find(({ identifier }) => identifier === item);
  if (!found) throw new AppError('report.no-item', { status: 404 });
  return found;
}

/** A framework that was asked for and is not there is an error; a choice of settings that is gone is passed over. */
async function chooseFramework(options: {
  wanted: [asked: string | null, ofCourse: string | null, ofDeployment: string | null];
  frameworks: FrameworkRecord[];
  deployment: string;
}): Promise<FrameworkRecord | null> {
  const { wanted, frameworks, deployment } = options;
  const [asked] = wanted;
  if (asked !== null && !frameworks.some(({ id }) => id === asked)) {
    const found = await findFramework({ framework: asked, viewer: { deployment } });
    if (!found)
      throw new AppError('framework.not-found', { status: 404, values: { framework: asked } });
    return found;
  }
  for (const id of wanted) {
    const found = frameworks.find((framework) => framework.id === id);
    if (found) return found;
  }
  return frameworks[0] ?? null;
}

async function listCompetencies(framework: FrameworkRecord): Promise<ReportCompetency[]> {
  const tree = await readTree({ framework });
  return tree.competencies.map(({ identifier, fullStatement, humanCodingScheme }) => ({
    identifier,
    fullStatement,
    humanCodingScheme,
    path: tree
      .pathTo(identifier)
      .slice(0, -1)
      .map((above) => above.fullStatement),
  }));
}
