// Keeps one of the tool's periodic jobs from running while something is measured, by holding its lease as another process
// of the tool would.
import { setTimeout as delay } from 'node:timers/promises';
import { withLease } from '../../src/db/lease.js';

const TERM_MS = 60_000;
const RETRY_MS = 50;
const PATIENCE_MS = 30_000;

/** Does `work` while the job rests. The connection to the tool's database must be open. */
export async function whileJobRests(
  options: { job: string },
  work: () => Promise<void>,
): Promise<void> {
  const lease = { name: `job:${options.job}`, holder: 'bench', ttlMs: TERM_MS };
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    const { held } = await withLease({ ...lease, now: () => new Date() }, work);
    if (held) return;
    await delay(RETRY_MS);
  }
  throw new Error(`the job ${options.job} did not come to rest`);
}
