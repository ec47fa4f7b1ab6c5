// The frameworks that a learning resource serves, for naming its competencies.
import { findFramework } from '../frameworks/cf-document.model.js';
import type { FrameworkTree } from '../frameworks/framework-tree.js';
import { readTree } from '../frameworks/read-tree.js';
import type { Viewer } from '../frameworks/viewer.js';
import type { LearningResource } from './learning-resource.model.js';

/** The trees of the frameworks a resource serves, as far as the viewer may see them. */
export async function readServedTrees(options: {
  resource: LearningResource;
  viewer: Viewer;
}): Promise<Map<string, FrameworkTree>> {
  const trees = new Map<string, FrameworkTree>();
  for (const id of new Set(options.resource.serves.map(({ framework }) => framework))) {
    const framework = await findFramework({ framework: id, viewer: options.viewer });
    if (framework) trees.set(id, await readTree({ framework }));
  }
  return trees;
}
