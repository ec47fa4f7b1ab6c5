// How pages name the stages of an alignment: by the words the school chose for the framework,
// or for its deployment, else by ours.
import type { Words } from '../http/catalogue.js';
import { readStageLabels, type StageLabels } from '../lti/deployment.model.js';
import type { Stage } from './alignment.model.js';
import { findCourseFramework } from './course-framework.js';
import { readFrameworkLabels } from './framework-setting.model.js';

export type StageWords = (stage: Stage) => string;

/** By what is set for the framework, then for the deployment. Without a framework it is the course's own. */
export async function readStageWords(options: {
  deployment: string;
  course: string;
  framework?: string;
  words: Words;
}): Promise<StageWords> {
  const { deployment, course, words } = options;
  const [general, own] = await Promise.all([
    readStageLabels({ deployment }),
    readOwnLabels({ deployment, course, framework: options.framework ?? null }),
  ]);
  return toStageWords({ labels: { ...general, ...own }, words });
}

async function readOwnLabels(options: {
  deployment: string;
  course: string;
  framework: string | null;
}): Promise<StageLabels> {
  const { deployment, course } = options;
  const framework = options.framework ?? (await findCourseFramework({ deployment, course }))?.id;
  return framework === undefined ? {} : readFrameworkLabels({ deployment, framework });
}

/** Pure. */
function toStageWords(options: { labels: StageLabels; words: Words }): StageWords {
  const { labels, words } = options;
  return (stage) => labels[stage] ?? words(`activities:stages.${stage}`);
}
