// Carries out the erasures that wait, oldest first, and looks again at those of a while ago. A job under a lease; two at once do
// no harm.
import { erasePerson, settleErasure } from './erase-person.js';
import type { StatementEraser } from './erase-statements.js';
import { listOpenErasures } from './erasure.model.js';

const AT_ONCE = 20;
/** Longer than any request to an LRS and any page of the projection takes. */
const SETTLE_AFTER_MS = 15 * 60_000;

/** Until none is open, or the signal aborts. Returns how many were done or settled. */
export async function runErasures(options: StatementEraser): Promise<number> {
  const { now, signal } = options;
  for (let done = 0; ;) {
    const settleBefore = new Date(now().getTime() - SETTLE_AFTER_MS);
    const open = await listOpenErasures({ settleBefore, limit: AT_ONCE });
    for (const erasure of open) {
      if (signal?.aborted) return done;
      await (erasure.state === 'waiting'
        ? erasePerson({ ...options, erasure })
        : settleErasure({ erasure }));
      done += 1;
    }
    if (open.length === 0) return done;
  }
}
