// Mends what a stop between storing statements and settling their references left behind (settle-references.ts).
import { readHorizon, listReferences } from './lrs-statement.model.js';
import { moveRepairMark, readRepairMark } from './repair-mark.model.js';
import { settleReferences } from './settle-references.js';

const AT_ONCE = 1_000;

/**
 * Settles again everything stored since the last time, up to where the log has no holes, and notes how far it came.
 * Doing it twice, or two at once, changes nothing. Returns the number of statements looked at.
 */
export async function repairLrs(options: { now: Date; signal?: AbortSignal }): Promise<number> {
  const { now, signal } = options;
  const { through } = await readHorizon({ now });
  let after = await readRepairMark();
  let looked = 0;
  while (after < through && !signal?.aborted) {
    const stored = await listReferences({ after, through, limit: AT_ONCE });
    await settleReferences({ stored });
    looked += stored.length;
    after = stored.length < AT_ONCE ? through : (stored.at(-1)?.position ?? through);
    await moveRepairMark({ position: after });
  }
  return looked;
}
