// Reads what a list of resources needs of the learner: completions from the outbox and the learner's own list.
import type { Words } from '../http/catalogue.js';
import { isLearner, listCompletionStates, type CourseLaunch } from './complete-object.js';
import { listChoices } from './resource-choice.model.js';
import type { ExtrasSetting } from './resource-extras.js';

/** Two queries, side by side; none for staff. */
export async function readExtrasSetting(options: {
  launch: CourseLaunch;
  resources: string[];
  /** Page that buttons come back to. */
  back: string;
  words: Words;
}): Promise<ExtrasSetting> {
  const { launch, resources, back, words } = options;
  const { deployment, user, language } = launch;
  const shared = { launch, back, words, language };
  if (!isLearner(launch))
    return { ...shared, isLearner: false, states: new Map(), chosen: new Set() };
  const [states, choices] = await Promise.all([
    listCompletionStates({ launch, objectIds: resources }),
    listChoices({ deployment, user }),
  ]);
  return {
    ...shared,
    isLearner: true,
    states,
    chosen: new Set(choices.map(({ resource }) => resource)),
  };
}
