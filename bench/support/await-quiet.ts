// Waits until the tool's workers are done with what was prepared: pages are measured as they are while nothing else is written.
import { setTimeout as delay } from 'node:timers/promises';
import mongoose from 'mongoose';

const LOOK_MS = 1_000;
/** Leases and sessions are renewed all the time. */
const FEW_WRITES = 20;
const QUIET_LOOKS = 3;
const MOST_LOOKS = 180;

/** Prints where it gave up after three minutes. */
export async function awaitQuiet({ print }: { print: (line: string) => void }): Promise<void> {
  let before = await countWrites();
  let quiet = 0;
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    await delay(LOOK_MS);
    const now = await countWrites();
    quiet = now - before <= FEW_WRITES ? quiet + 1 : 0;
    before = now;
    if (quiet === QUIET_LOOKS) return;
  }
  print('# the workers of the tool were still at work when the measuring began');
}

/** By the engine's own count since it started. */
async function countWrites(): Promise<number> {
  const status = await mongoose.connection.db?.admin().serverStatus();
  const counters = (status?.['opcounters'] ?? {}) as Record<string, number>;
  return ['insert', 'update', 'delete'].reduce((sum, name) => sum + (counters[name] ?? 0), 0);
}
