// Empties the projection and reads every statement again. Says nothing twice to the LRS: what was announced is read from
// the outbox. Everything is read before anything is computed, so that each person is computed once. Pages show less than there
// is while it runs; the running worker ends at the same place.
import { resetCursors } from './attainment-cursor.model.js';
import { emptyAttainments } from './attainment.model.js';
import { emptyEvidence } from './evidence.model.js';
import { projectAttainment, projectPage } from './project-attainment.js';
import type { Projection } from './projection.js';

/** Ends where the running projection would be after the same statements and histories, in whatever order they came. */
export async function rebuildAttainment(projection: Projection): Promise<void> {
  await resetCursors();
  await emptyEvidence();
  await emptyAttainments();
  while (!(await projectPage(projection))) projection.signal?.throwIfAborted();
  await projectAttainment(projection);
}
