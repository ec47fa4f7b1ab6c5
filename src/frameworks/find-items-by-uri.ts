// Competencies by their address, as statements name them: of every framework that a viewer may see.
import { listFrameworks } from './cf-document.model.js';
import { readTree } from './read-tree.js';
import type { Viewer } from './viewer.js';

export interface NamedItem {
  framework: string;
  item: string;
  title: string;
}

/** By address; unknown ones are absent. The trees are those that pages keep in the process. */
export async function findItemsByUri(options: {
  uris: readonly string[];
  viewer: Viewer;
}): Promise<Map<string, NamedItem>> {
  const wanted = new Set(options.uris);
  const found = new Map<string, NamedItem>();
  if (wanted.size === 0) return found;
  for (const framework of await listFrameworks({ viewer: options.viewer })) {
    const tree = await readTree({ framework });
    for (const { uri, identifier, fullStatement } of tree.items.values())
      if (wanted.has(uri) && !found.has(uri))
        found.set(uri, { framework: framework.id, item: identifier, title: fullStatement });
  }
  return found;
}
