// The learner's own list for a page: what is still to do first, by how near the competencies are that it serves.
import type { CourseLaunch } from '../activities/complete-object.js';
import { completionOf } from '../activities/completion-state.js';
import { readExtrasSetting } from '../activities/read-extras.js';
import { listChoices } from '../activities/resource-choice.model.js';
import { buildResourceExtras, type ExtrasSetting } from '../activities/resource-extras.js';
import type { Words } from '../http/catalogue.js';
import { listResources, type LearningResource } from '../library/learning-resource.model.js';
import { describeFacts, type ResultExtras } from '../library/results-view.js';

const FAR = Number.MAX_SAFE_INTEGER;
const UNKNOWN_MINUTES = 60;

export interface OwnList {
  resources: LearningResource[];
  setting: ExtrasSetting;
}

/** Newest first; null where nothing was chosen. */
export async function readOwnList(options: {
  launch: CourseLaunch;
  words: Words;
}): Promise<OwnList | null> {
  const { launch, words } = options;
  const { deployment, user } = launch;
  const choices = await listChoices({ deployment, user });
  const ids = choices.map(({ resource }) => resource);
  if (ids.length === 0) return null;
  const [resources, setting] = await Promise.all([
    listResources({ ids, viewer: { deployment } }),
    readExtrasSetting({ launch, resources: ids, back: '/progress#choices', words }),
  ]);
  const byId = new Map(resources.map((resource) => [resource.id, resource]));
  return { resources: ids.flatMap((id) => byId.get(id) ?? []), setting };
}

/** `places` by competency, from the nearest on. Pure. */
export function buildOwnList(options: {
  list: OwnList | null;
  places: ReadonlyMap<string, number>;
}): { id: string; title: string; href: string; facts: string[]; extras: ResultExtras }[] {
  const { list, places } = options;
  if (list === null) return [];
  const { setting } = list;
  const { words, language } = setting;
  const isDone = ({ id }: LearningResource) => completionOf(setting.states, id).isDone;
  const placeOf = ({ serves }: LearningResource) =>
    Math.min(
      FAR,
      ...serves.flatMap(({ item, until }) => (until === null ? (places.get(item) ?? FAR) : [])),
    );
  const minutesOf = ({ durationMinutes }: LearningResource) => durationMinutes ?? UNKNOWN_MINUTES;
  return list.resources
    .toSorted(
      (a, b) =>
        Number(isDone(a)) - Number(isDone(b)) ||
        placeOf(a) - placeOf(b) ||
        minutesOf(a) - minutesOf(b),
    )
    .map((resource) => ({
      id: resource.id,
      title: resource.title,
      href: `/resources/${resource.id}`,
      facts: describeFacts({ resource, words, language }),
      extras: buildResourceExtras(resource, setting),
    }));
}
