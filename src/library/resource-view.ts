// What the page of a learning resource shows (views/library/resource.hbs, partials resource-facts and lesson-text). Pure.
import type { Words } from '../http/catalogue.js';
import type { FrameworkTree } from '../frameworks/framework-tree.js';
import { itemHref } from './framework-view.js';
import type { LearningResource } from './learning-resource.model.js';
import type { Lesson } from './lesson.js';
import { describeFacts } from './results-view.js';

export interface ResourceView {
  id: string;
  title: string;
  description: string;
  /** Publisher, kind, time, difficulty, licence, in words. */
  facts: string[];
  /** Address elsewhere and its host; null for a lesson of ours. */
  open: { url: string; host: string } | null;
  lesson: { sections: Lesson['sections']; questions: number } | null;
  status: LearningResource['status'];
  starterSet: boolean;
  serves: { statement: string; href: string }[];
}

/** `trees` by framework id, of the frameworks that the viewer may see; links that ended are left out. */
export function buildResourceView(options: {
  resource: LearningResource;
  lesson: Lesson | null;
  trees: ReadonlyMap<string, FrameworkTree>;
  words: Words;
  language: string;
}): ResourceView {
  const { resource, lesson, trees } = options;
  const serves = resource.serves.flatMap(({ framework, item, until }) => {
    const found = until === null ? trees.get(framework)?.items.get(item) : undefined;
    return found ? [{ statement: found.fullStatement, href: itemHref(framework, item) }] : [];
  });
  return {
    id: resource.id,
    title: resource.title,
    description: resource.description,
    facts: describeFacts(options),
    open: resource.url === null ? null : { url: resource.url, host: new URL(resource.url).host },
    lesson:
      lesson === null ? null : { sections: lesson.sections, questions: lesson.questions.length },
    status: resource.status,
    starterSet: resource.starterSet,
    serves,
  };
}
