// What an editor has before them: the frameworks they edit, with what is missing there, and the resources that did not work for
// somebody: all of the deployment's for whoever edits the library, else those that serve a framework of theirs. No learner.
import { AppError } from '../http/errors.js';
import { LIBRARY, frameworkObject } from '../lti/grant.model.js';
import { mayEdit } from '../lti/granted-rights.js';
import type { CurrentLaunch } from '../lti/current-launch.js';
import { listFrameworks } from '../frameworks/cf-document.model.js';
import { readTree } from '../frameworks/read-tree.js';
import {
  countLiveResources,
  findResource,
  listResources,
  type LearningResource,
} from './learning-resource.model.js';
import {
  listReportedIds,
  listReportedResources,
  type ReportedResource,
} from './resource-report.model.js';

type EditorLaunch = Pick<CurrentLaunch, 'deployment' | 'edits'>;

export interface EditedFramework {
  title: string;
  href: string;
  competencies: number;
  /** Competencies that no live resource serves. */
  withoutResources: number;
}

export async function listEditedFrameworks({
  launch,
}: {
  launch: EditorLaunch;
}): Promise<EditedFramework[]> {
  const viewer = { deployment: launch.deployment };
  const edited: EditedFramework[] = [];
  for (const framework of await listFrameworks({ viewer })) {
    if (!mayEdit(launch, frameworkObject(framework.id))) continue;
    const [{ competencies }, counts] = await Promise.all([
      readTree({ framework }),
      countLiveResources({ framework: framework.id, viewer }),
    ]);
    const isServed = (item: string) => (counts.get(item) ?? 0) > 0;
    edited.push({
      title: framework.title,
      href: `/frameworks/${framework.id}`,
      competencies: competencies.length,
      withoutResources: competencies.filter(({ identifier }) => !isServed(identifier)).length,
    });
  }
  return edited;
}

export async function listEditedReports({
  launch,
}: {
  launch: EditorLaunch;
}): Promise<ReportedResource[]> {
  const { deployment } = launch;
  if (mayEdit(launch, LIBRARY)) return listReportedResources({ deployment });
  const ids = await listReportedIds({ deployment });
  const reported = await listResources({ ids, viewer: { deployment } });
  const edited = reported.filter((one) => serves(launch, one)).map(({ id }) => id);
  return edited.length === 0 ? [] : listReportedResources({ deployment, resources: edited });
}

/** Throws `library.not-found` (404) for a resource that is not theirs to look after. */
export async function requireEdited(options: {
  launch: EditorLaunch;
  resource: string;
}): Promise<void> {
  const { launch, resource } = options;
  if (mayEdit(launch, LIBRARY)) return;
  const found = await findResource({ resource, viewer: { deployment: launch.deployment } });
  if (!found || !serves(launch, found)) throw new AppError('library.not-found', { status: 404 });
}

/** By a link in force. */
function serves(launch: EditorLaunch, { serves: links }: LearningResource): boolean {
  return links.some(
    ({ framework, until }) => until === null && mayEdit(launch, frameworkObject(framework)),
  );
}
