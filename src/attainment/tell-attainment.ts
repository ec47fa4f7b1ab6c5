// Tells the LRS of what the projection marked as to be told: achievements and their withdrawal. The mark is set in the same
// write as the record and taken off after the statements are in the outbox, so that a stop between the two tells later, and
// what is told twice is one statement (announce-attainment.ts).
import { findFramework } from '../frameworks/cf-document.model.js';
import { readTree } from '../frameworks/read-tree.js';
import { announceAttainments } from './announce-attainment.js';
import type { Attainment } from './attainment-row.model.js';
import { listUntold, markTold } from './attainment.model.js';
import { groupBy } from './group-by.js';
import type { Projection } from './projection.js';

const AT_ONCE = 200;

/** Until nothing is left to tell, or it is stopped. */
export async function tellAttainments(projection: Omit<Projection, 'feed'>): Promise<void> {
  for (;;) {
    projection.signal?.throwIfAborted();
    const untold = await listUntold({ limit: AT_ONCE });
    if (untold.length === 0) return;
    for (const group of groupBy(untold, (one) => `${one.deployment} ${one.framework}`).values())
      await tellAll({ attainments: group, ...projection });
    await markTold({ attainments: untold });
  }
}

/** One deployment's attainments in one framework. Of a framework that is gone nothing is told. */
export async function tellAll(
  options: { attainments: readonly Attainment[] } & Pick<Projection, 'source' | 'now'>,
): Promise<void> {
  const { attainments, source, now } = options;
  const [first] = attainments;
  if (!first) return;
  const { deployment } = first;
  const framework = await findFramework({ framework: first.framework, viewer: { deployment } });
  if (!framework) return;
  const tree = await readTree({ framework });
  for (const [user, own] of groupBy(attainments, (one) => one.user))
    await announceAttainments({ deployment, user, attainments: own, tree, source, now: now() });
}
