// The tree of a published framework, read once for each publication and kept in the process.
import { AppError } from '../http/errors.js';
import { associationRows } from './cf-association.model.js';
import type { FrameworkRecord } from './cf-document.model.js';
import { itemRows } from './cf-item.model.js';
import { buildTree, type FrameworkTree } from './framework-tree.js';

const MAX_CACHED = 50;
const cache = new Map<string, Promise<FrameworkTree>>();

/** Two queries for the first reader of a publication, none after. The answer is shared: do not change it. */
export async function readTree(options: { framework: FrameworkRecord }): Promise<FrameworkTree> {
  const { framework } = options;
  const key = `${framework.id} ${framework.stamp}`;
  const found = cache.get(key);
  if (found) return found;
  const reading = readFromStore(framework);
  cache.set(key, reading);
  const [oldest] = cache.keys();
  if (cache.size > MAX_CACHED && oldest !== undefined) cache.delete(oldest);
  try {
    return await reading;
  } catch (error) {
    cache.delete(key);
    throw error;
  }
}

/** Throws `framework.changed-meanwhile` when the revision was swept after the record was read. */
async function readFromStore(framework: FrameworkRecord): Promise<FrameworkTree> {
  const wanted = { framework: framework.id, revision: framework.revision };
  const [items, associations] = await Promise.all([
    itemRows.list(wanted),
    associationRows.list(wanted),
  ]);
  if (items.length !== framework.itemCount)
    throw new AppError('framework.changed-meanwhile', {
      status: 503,
      values: { framework: framework.id },
    });
  return buildTree({ framework, items, associations });
}
