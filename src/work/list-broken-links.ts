// Resources that learners of a course reported as not working, and that the course still shows: each with the competencies
// under which it can be replaced or hidden. Hidden everywhere, or settled by the library's editors, it waits no longer.
import { findCourseFramework } from '../activities/course-framework.js';
import { currentShortlist } from '../activities/shortlist.js';
import { listShortlists } from '../activities/shortlist.model.js';
import type { TreeItem } from '../frameworks/framework-tree.js';
import { readTree } from '../frameworks/read-tree.js';
import { listResources } from '../library/learning-resource.model.js';
import { listReportedResources, type ReportedResource } from '../library/resource-report.model.js';

export interface BrokenLink extends ReportedResource {
  /** Competencies that it serves here and under which the course does not hide it, in the framework's order. */
  shownUnder: TreeItem[];
}

/** The newest report first. One query where nothing was reported. */
export async function listBrokenLinks(options: {
  deployment: string;
  course: string;
}): Promise<BrokenLink[]> {
  const { deployment, course } = options;
  const reported = await listReportedResources({ deployment, course });
  const framework = reported.length === 0 ? null : await findCourseFramework(options);
  if (!framework) return [];
  const [tree, resources, shortlists] = await Promise.all([
    readTree({ framework }),
    listResources({ ids: reported.map(({ resource }) => resource), viewer: { deployment } }),
    listShortlists({ deployment, course, framework: framework.id }),
  ]);
  const hidden = new Set(
    shortlists.flatMap((one) =>
      currentShortlist(one).hidden.map((object) => `${one.item}/${object}`),
    ),
  );
  const live = new Map(
    resources.filter(({ status }) => status === 'live').map((one) => [one.id, one]),
  );
  return reported.flatMap((one) => {
    const served = (live.get(one.resource)?.serves ?? []).filter(
      (serving) => serving.framework === framework.id && serving.until === null,
    );
    const items = new Set(served.map(({ item }) => item));
    const shownUnder = tree.competencies.filter(
      ({ identifier }) => items.has(identifier) && !hidden.has(`${identifier}/${one.resource}`),
    );
    return shownUnder.length === 0 ? [] : [{ ...one, shownUnder }];
  });
}
