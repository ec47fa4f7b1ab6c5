// Deep linking (Deep Linking 2.0, 3.2): the competencies, subdomains and lessons a person may place, and the content items
// for what was chosen. Pure; the platform's limits are checked once more where the answer is signed.
import type { FrameworkTree, TreeItem } from '../frameworks/framework-tree.js';
import type { LearningResource } from '../library/learning-resource.model.js';
import { searchCompetencies } from '../library/search-competencies.js';
import type { ContentItem } from '../lti/deep-linking.js';

const MAX_TITLE_CHARACTERS = 255;
const LESSON_SCORE_MAXIMUM = 100;
const MAX_LISTED = 100;

interface ContentChoice {
  /** `item:IDENTIFIER` or `lesson:RESOURCE`. */
  value: string;
  title: string;
  /** What is above a competency, what a lesson is about. */
  about: string;
}

export interface ContentChoices {
  competencies: ContentChoice[];
  subdomains: ContentChoice[];
  lessons: ContentChoice[];
}

/** Everything that may be placed, narrowed by words. */
export function listContentChoices(options: {
  tree: FrameworkTree;
  lessons: readonly LearningResource[];
  text: string;
}): ContentChoices {
  const { tree, lessons, text } = options;
  const isAll = text.trim() === '';
  const pathOf = (item: TreeItem) =>
    tree
      .pathTo(item.identifier)
      .slice(0, -1)
      .map(({ fullStatement }) => fullStatement)
      .join(' › ');
  const toChoice = (item: TreeItem): ContentChoice => ({
    value: `item:${item.identifier}`,
    title: item.fullStatement,
    about: pathOf(item),
  });
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const hasWords = (hay: string) => words.every((word) => hay.toLowerCase().includes(word));
  const groups = [...tree.items.values()].filter(
    (item) =>
      item.CFItemType !== 'Competency' &&
      !item.isRetired &&
      item.children.some(({ CFItemType }) => CFItemType === 'Competency'),
  );
  const found = isAll ? tree.competencies : searchCompetencies({ tree, text });
  return {
    competencies: found.slice(0, MAX_LISTED).map(toChoice),
    subdomains: groups
      .filter((item) => hasWords(`${pathOf(item)} ${item.fullStatement}`))
      .map(toChoice),
    lessons: lessons
      .filter(
        (lesson) =>
          lesson.completion === 'question-set' &&
          lesson.status === 'live' &&
          hasWords(`${lesson.title} ${lesson.description}`),
      )
      .map(({ id, title, description }) => ({ value: `lesson:${id}`, title, about: description })),
  };
}

/** Content items for chosen values; what is not to be placed here is left out. */
export function buildContentItems(options: {
  chosen: readonly string[];
  tree: FrameworkTree;
  lessons: readonly LearningResource[];
  url: string;
  /** Make a gradebook column for each lesson; only where the platform takes one. */
  withLineItems: boolean;
}): ContentItem[] {
  const { chosen, tree, lessons, url, withLineItems } = options;
  const byId = new Map(lessons.map((lesson) => [lesson.id, lesson]));
  return chosen.flatMap((value): ContentItem[] => {
    const [kind, id = ''] = value.split(':');
    const item = kind === 'item' ? tree.items.get(id) : undefined;
    if (item && !item.isRetired)
      return [
        {
          type: 'ltiResourceLink',
          url: `${url}/frameworks/${tree.framework.id}/items/${id}`,
          title: cut(item.fullStatement),
        },
      ];
    const lesson = kind === 'lesson' ? byId.get(id) : undefined;
    if (!lesson) return [];
    const title = cut(lesson.title);
    const lineItem = {
      label: title,
      scoreMaximum: LESSON_SCORE_MAXIMUM,
      resourceId: `lesson:${id}`,
      tag: 'lesson',
    };
    return [
      {
        type: 'ltiResourceLink',
        url: `${url}/activities?lesson=${id}`,
        title,
        text: lesson.description,
        ...(withLineItems ? { lineItem } : {}),
      },
    ];
  });
}

function cut(title: string): string {
  return title.length <= MAX_TITLE_CHARACTERS
    ? title
    : `${title.slice(0, MAX_TITLE_CHARACTERS - 1)}…`;
}
