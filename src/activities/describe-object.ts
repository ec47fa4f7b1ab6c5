// Our activities and resources as statements name them, with the competencies they count for now. Pure.
import type { FrameworkTree } from '../frameworks/framework-tree.js';
import type { LearningResource } from '../library/learning-resource.model.js';
import type { CompetencyDescription } from '../xapi/statement-parts.js';
import type { ActivityTypeName } from '../xapi/vocabulary.js';
import type { Activity, ActivityKind } from './activity.model.js';
import type { AlignedItem } from './alignment.model.js';
import type { CompletableObject } from './complete-object.js';

const TYPES: Record<ActivityKind, ActivityTypeName> = {
  link: 'link',
  quiz: 'assessment',
  assignment: 'assignment',
  discussion: 'discussion',
  page: 'resource',
  lesson: 'lesson',
  other: 'resource',
};

/** A resource of the library, for the competencies of this framework that it serves. */
export function describeResource(options: {
  resource: LearningResource;
  tree: FrameworkTree | null;
}): CompletableObject {
  const { resource, tree } = options;
  const served = resource.serves.filter(
    ({ framework, until }) => framework === tree?.framework.id && until === null,
  );
  return {
    objectId: resource.id,
    description: {
      iri: resource.iri,
      title: resource.title,
      type: resource.completion === 'question-set' ? 'lesson' : 'resource',
    },
    competencies: describeItems(tree, served),
    framework: tree?.framework ?? null,
  };
}

/** An activity of the course, for the competencies it is aligned to. */
export function describeCourseActivity(options: {
  activity: Activity;
  aligned: readonly AlignedItem[];
  tree: FrameworkTree | null;
}): CompletableObject {
  const { activity, aligned, tree } = options;
  const ofFramework = aligned.filter(({ framework }) => framework === tree?.framework.id);
  return {
    objectId: activity.id,
    description: { iri: activity.activityId, title: activity.title, type: TYPES[activity.kind] },
    competencies: describeItems(tree, ofFramework),
    framework: tree?.framework ?? null,
  };
}

/** A competency and what it stands below; of one that left the framework, its address is all that is known. */
export function describeCompetency(
  tree: FrameworkTree,
  identifier: string,
): { competency: CompetencyDescription; parent?: CompetencyDescription } {
  const found = tree.items.get(identifier);
  const [parent] = tree.pathTo(identifier).slice(-2, -1);
  return {
    competency: {
      iri: found?.uri ?? `${tree.framework.uri}/items/${identifier}`,
      name: found?.fullStatement ?? identifier,
    },
    ...(parent && { parent: { iri: parent.uri, name: parent.fullStatement } }),
  };
}

function describeItems(
  tree: FrameworkTree | null,
  items: readonly { item: string }[],
): CompetencyDescription[] {
  return items.flatMap(({ item }) => {
    const found = tree?.items.get(item);
    return found ? [{ iri: found.uri, name: found.fullStatement }] : [];
  });
}
