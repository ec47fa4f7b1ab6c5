// The frameworks that a viewer may open, as cards of a page: everybody's, and those of the deployment of their launch.
import { listFrameworks } from '../frameworks/cf-document.model.js';
import { readTree } from '../frameworks/read-tree.js';
import type { Viewer } from '../frameworks/viewer.js';

export interface OpenFramework {
  id: string;
  title: string;
  href: string;
  /** How many it holds. */
  competencies: number;
}

export async function listOpenFrameworks(options: { viewer: Viewer }): Promise<OpenFramework[]> {
  const found: OpenFramework[] = [];
  for (const framework of await listFrameworks(options)) {
    const { competencies } = await readTree({ framework });
    const { id, title } = framework;
    found.push({ id, title, href: `/frameworks/${id}`, competencies: competencies.length });
  }
  return found;
}
