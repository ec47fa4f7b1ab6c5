// Deep linking (Deep Linking 2.0, 3.2): the competencies, subdomains, lessons and other resources a person may place, and the
// content items for what was chosen. Pure; the platform's limits are checked once more where the answer is signed.
import type { FrameworkTree, TreeItem } from '../frameworks/framework-tree.js';
import type { LearningResource } from '../library/learning-resource.model.js';
import { searchCompetencies } from '../library/search-competencies.js';
import type { ContentItem } from '../lti/deep-linking.js';

const MAX_TITLE_CHARACTERS = 255;
const LESSON_SCORE_MAXIMUM = 100;
const MAX_FOUND = 50;
const ICON_PX = 128;
/** Asked for on each link as well: what a copied course keeps of a tool's own parameters differs by platform. */
const HISTORIES = {
  context_id_history: '$Context.id.history',
  resource_link_id_history: '$ResourceLink.id.history',
};

export interface ContentChoice {
  /** `item:IDENTIFIER`, `lesson:RESOURCE` or `resource:RESOURCE`. */
  value: string;
  title: string;
  /** What is above a competency, what a resource is about. */
  about: string;
}

export interface FoundContent {
  competencies: ContentChoice[];
  subdomains: ContentChoice[];
  lessons: ContentChoice[];
  resources: ContentChoice[];
}

/** A domain with its subdomains, to open step by step. */
export interface ContentDomain {
  title: string;
  /** Competencies in it. */
  count: number;
  subdomains: { whole: ContentChoice; competencies: ContentChoice[] }[];
}

export interface Content {
  tree: FrameworkTree;
  /** Live resources that serve the framework. */
  resources: readonly LearningResource[];
}

/** Whole subdomains and their competencies, below their domains. */
export function listContentTree({ tree }: Content): ContentDomain[] {
  const groups = listGroups(tree);
  return tree.roots.flatMap((root) => {
    const own = groups.filter(({ identifier }) => tree.pathTo(identifier)[0] === root);
    const subdomains = own.map((group) => ({
      whole: toChoice(tree, group),
      competencies: group.children.filter(isPlaceable).map((item) => toChoice(tree, item)),
    }));
    const count = subdomains.reduce((sum, { competencies }) => sum + competencies.length, 0);
    return subdomains.length === 0 ? [] : [{ title: root.fullStatement, count, subdomains }];
  });
}

export function listLessonChoices({ resources }: Content): ContentChoice[] {
  return resources.filter(isLesson).map(toResourceChoice);
}

/** What has the words, at most 50 of each kind. */
export function findContent(content: Content & { text: string }): FoundContent {
  const { tree, resources, text } = content;
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const hasWords = (...hay: (string | null)[]) => {
    const joined = hay.join(' ').toLowerCase();
    return words.every((word) => joined.includes(word));
  };
  const found = resources.filter(({ title, description, publisher }) =>
    hasWords(title, description, publisher),
  );
  const first = (list: LearningResource[]) => list.slice(0, MAX_FOUND).map(toResourceChoice);
  return {
    competencies: searchCompetencies({ tree, text })
      .slice(0, MAX_FOUND)
      .map((item) => toChoice(tree, item)),
    subdomains: listGroups(tree)
      .filter((group) => hasWords(pathOf(tree, group), group.fullStatement))
      .map((group) => toChoice(tree, group)),
    lessons: first(found.filter(isLesson)),
    resources: first(found.filter((resource) => !isLesson(resource))),
  };
}

/** The choices that these values stand for, in their order; what is not offered is left out. */
export function listChosen(options: Content & { chosen: readonly string[] }): ContentChoice[] {
  const { tree, chosen } = options;
  return chosen.flatMap((value) => {
    const { item, resource } = lookUp(options, value);
    if (item) return [toChoice(tree, item)];
    return resource ? [toResourceChoice(resource)] : [];
  });
}

/** The lessons and resources among chosen values, which can be aligned where they are placed. */
export function listAlignable(
  options: Content & { chosen: readonly string[] },
): { value: string; resource: LearningResource }[] {
  return options.chosen.flatMap((value) => {
    const { resource } = lookUp(options, value);
    return resource ? [{ value, resource }] : [];
  });
}

/** Content items for chosen values; what is not to be placed here is left out. */
export function buildContentItems(
  options: Content & {
    chosen: readonly string[];
    url: string;
    /** Make a gradebook column for each lesson; only where the platform takes one. */
    withLineItems: boolean;
    /** By value: the record of what the placed thing is aligned to, which its address names. */
    placements?: ReadonlyMap<string, string>;
    dates: Pick<ContentItem, 'available' | 'submission'>;
  },
): ContentItem[] {
  const { chosen, tree, url, withLineItems, dates, placements } = options;
  const shared = {
    type: 'ltiResourceLink' as const,
    icon: { url: `${url}/lti/icon.svg`, width: ICON_PX, height: ICON_PX },
    custom: HISTORIES,
    ...dates,
  };
  return chosen.flatMap((value): ContentItem[] => {
    const { item, resource } = lookUp(options, value);
    if (item) {
      const address = `${url}/frameworks/${tree.framework.id}/items/${item.identifier}`;
      return [{ ...shared, url: address, title: cut(item.fullStatement) }];
    }
    if (!resource) return [];
    const title = cut(resource.title);
    const link = { ...shared, title, text: resource.description };
    const placement = placements?.get(value);
    const placed = placement === undefined ? '' : `placed=${placement}`;
    if (!isLesson(resource)) {
      const path = placed === '' ? `resources/${resource.id}` : `activities?${placed}`;
      return [{ ...link, url: `${url}/${path}` }];
    }
    const lineItem = {
      label: title,
      scoreMaximum: LESSON_SCORE_MAXIMUM,
      resourceId: `lesson:${resource.id}`,
      tag: 'lesson',
    };
    return [
      {
        ...link,
        url: `${url}/activities?lesson=${resource.id}${placed === '' ? '' : `&${placed}`}`,
        ...(withLineItems ? { lineItem } : {}),
      },
    ];
  });
}

function lookUp(
  { tree, resources }: Content,
  value: string,
): { item?: TreeItem | undefined; resource?: LearningResource | undefined } {
  const colon = value.indexOf(':');
  const [kind, id] = [value.slice(0, colon), value.slice(colon + 1)];
  if (kind === 'item') {
    const item = tree.items.get(id);
    return { item: item && isPlaceable(item) ? item : undefined };
  }
  const resource = resources.find((one) => one.id === id);
  return { resource: resource && kindOf(resource) === kind ? resource : undefined };
}

function listGroups(tree: FrameworkTree): TreeItem[] {
  return [...tree.items.values()].filter(
    (item) =>
      item.CFItemType !== 'Competency' &&
      isPlaceable(item) &&
      item.children.some(({ CFItemType }) => CFItemType === 'Competency'),
  );
}

function isPlaceable(item: TreeItem): boolean {
  return !item.isRetired;
}

function isLesson({ completion }: LearningResource): boolean {
  return completion === 'question-set';
}

function kindOf(resource: LearningResource): 'lesson' | 'resource' {
  return isLesson(resource) ? 'lesson' : 'resource';
}

function toChoice(tree: FrameworkTree, item: TreeItem): ContentChoice {
  return {
    value: `item:${item.identifier}`,
    title: item.fullStatement,
    about: pathOf(tree, item),
  };
}

function toResourceChoice(resource: LearningResource): ContentChoice {
  const { id, title, description } = resource;
  return { value: `${kindOf(resource)}:${id}`, title, about: description };
}

function pathOf(tree: FrameworkTree, item: TreeItem): string {
  return tree
    .pathTo(item.identifier)
    .slice(0, -1)
    .map(({ fullStatement }) => fullStatement)
    .join(' › ');
}

function cut(title: string): string {
  return title.length <= MAX_TITLE_CHARACTERS
    ? title
    : `${title.slice(0, MAX_TITLE_CHARACTERS - 1)}…`;
}
