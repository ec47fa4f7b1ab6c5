// What next, for a page: the nearest thing to do for each of the competencies nearest to achieved, and a direct way there.
// Two queries, however many competencies there are: what serves the nearest of them, and what of that is done.
import { listCompletionStates, type CourseLaunch } from '../activities/complete-object.js';
import type { FrameworkTree } from '../frameworks/framework-tree.js';
import type { Words } from '../http/catalogue.js';
import { itemHref } from '../library/framework-view.js';
import { listStepResources } from '../library/learning-resource.model.js';
import { servesKey } from '../library/resource-search.js';
import { durationWords } from '../library/results-view.js';
import { visitAddress } from '../lti/visit-pass.js';
import { chooseNextSteps, orderByNearness, type NextStep } from './choose-next.js';
import { describeDemand, describeNeed, type ItemProgress } from './progress-words.js';
import type { Coverage } from './read-progress.js';

const MOST_ITEMS = 12;
const MOST_NEXT = 3;

export interface NextStepView {
  title: string;
  href: string;
  /** Opens it in a new tab at once; null where its own page is the way. */
  openHref: string | null;
  /** A resource that is marked as done, so that the page asks "Finished?" after it. */
  isMarked: boolean;
  /** "20 min", or null where nobody knows. */
  minutes: string | null;
  statement: string;
  itemHref: string;
  need: string | null;
}

export interface NextSteps {
  /** Three at most, no object twice. */
  next: NextStepView[];
  /** By competency, for the twelve nearest: the best thing to do for each by itself. */
  byItem: ReadonlyMap<string, NextStepView>;
  /** Place in the order of nearness, by competency. */
  places: ReadonlyMap<string, number>;
}

export async function readNextSteps(options: {
  launch: CourseLaunch;
  tree: FrameworkTree;
  coverage: Coverage;
  progress: ReadonlyMap<string, ItemProgress>;
  words: Words;
}): Promise<NextSteps> {
  const { launch, tree, coverage, progress } = options;
  const ordered = orderByNearness(progress);
  const places = new Map(ordered.map((item, place) => [item, place]));
  const items = ordered.slice(0, MOST_ITEMS);
  if (items.length === 0) return { next: [], byItem: new Map(), places };
  const viewer = { deployment: launch.deployment };
  const keys = items.map((item) => servesKey(tree.framework.id, item));
  const resources = await listStepResources({ keys, viewer });
  const activities = items.flatMap((item) =>
    (coverage.byItem.get(item) ?? []).map(({ activity }) => activity.lesson ?? activity.id),
  );
  const objectIds = [...new Set([...activities, ...resources.map(({ id }) => id)])];
  const states = await listCompletionStates({ launch, objectIds });
  const done = new Set([...states].filter(([, { isDone }]) => isDone).map(([id]) => id));
  const choice = { progress, resources, activities: coverage.byItem, done };
  const view = (step: NextStep) => viewStep(step, options);
  const single = items.flatMap((item) => chooseNextSteps({ ...choice, items: [item], limit: 1 }));
  return {
    next: chooseNextSteps({ ...choice, items, limit: MOST_NEXT }).map(view),
    byItem: new Map(single.map((step) => [step.item, view(step)])),
    places,
  };
}

function viewStep(
  step: NextStep,
  options: {
    launch: CourseLaunch;
    tree: FrameworkTree;
    progress: ReadonlyMap<string, ItemProgress>;
    words: Words;
  },
): NextStepView {
  const { launch, tree, progress, words } = options;
  const one = progress.get(step.item);
  return {
    title: step.title,
    href: step.href,
    openHref: step.isElsewhere ? visitAddress({ launch, path: `${step.href}/visit` }) : null,
    isMarked: step.isElsewhere && !step.isScored && step.href.startsWith('/resources/'),
    minutes: step.durationMinutes === null ? null : durationWords(step.durationMinutes, words),
    statement: tree.items.get(step.item)?.fullStatement ?? '',
    itemHref: itemHref(tree.framework.id, step.item),
    need: one ? describeNeedAndDemand(one, words) : null,
  };
}

/** "Still needed: 2 more. Complete any 2 of the 5 resources and activities that count." */
function describeNeedAndDemand(progress: ItemProgress, words: Words): string | null {
  const need = describeNeed({ progress, words });
  return need && `${need} ${describeDemand({ progress, words })}`;
}
