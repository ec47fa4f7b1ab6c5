// How pages name the stages of an alignment: by the words the school chose for its deployment, else by ours.
import type { Words } from '../http/catalogue.js';
import { readStageLabels, type StageLabels } from '../lti/deployment.model.js';
import type { Stage } from './alignment.model.js';

export type StageWords = (stage: Stage) => string;

export async function readStageWords(options: {
  deployment: string;
  words: Words;
}): Promise<StageWords> {
  const { deployment, words } = options;
  return toStageWords({ labels: await readStageLabels({ deployment }), words });
}

/** Pure. */
function toStageWords(options: { labels: StageLabels; words: Words }): StageWords {
  const { labels, words } = options;
  return (stage) => labels[stage] ?? words(`activities:stages.${stage}`);
}
