// Runs periodic jobs, each under a lease, so that several processes share the work without doing it twice. A nudge only
// shortens the wait: jobs find their work by themselves. What the jobs are is said by jobs.ts.
import { setMaxListeners } from 'node:events';
import { withLease } from './db/lease.js';
import type { Log } from './logger.js';

const LEASE_MS = 30_000;
const LISTENERS_A_JOB = 4;

export interface Job {
  name: string;
  everyMs: number;
  /** Does what there is to do and returns; stops early when the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

export interface Workers {
  /** Lets running jobs come to a halt by their signal and waits for them. */
  stop(): Promise<void>;
  /** Runs a job soon; also when it runs just now, once more after that. Unknown names are ignored. */
  nudge(name: string): void;
}

export function startWorkers(options: { jobs: readonly Job[]; holder: string; log: Log }): Workers {
  const { jobs, holder, log } = options;
  const stopping = new AbortController();
  // Each job listens while it waits, and its lease while it runs: many listeners are no leak here.
  setMaxListeners(LISTENERS_A_JOB * jobs.length, stopping.signal);
  const bells = new Map(jobs.map((job) => [job.name, createBell()]));
  const loops = jobs.map(async (job) => {
    const bell = bells.get(job.name) ?? createBell();
    while (!stopping.signal.aborted) {
      await runOnce({ job, holder, log, signal: stopping.signal });
      await bell.wait({ ms: job.everyMs, signal: stopping.signal });
    }
  });
  return {
    async stop() {
      stopping.abort();
      await Promise.all(loops);
    },
    nudge: (name) => bells.get(name)?.ring(),
  };
}

async function runOnce(options: {
  job: Job;
  holder: string;
  log: Log;
  signal: AbortSignal;
}): Promise<void> {
  const { job, holder, log, signal } = options;
  try {
    await withLease(
      { name: `job:${job.name}`, holder, ttlMs: LEASE_MS, now: () => new Date(), signal },
      (held) => job.run(held),
    );
  } catch (error) {
    if (signal.aborted) log.debug({ err: error, job: job.name }, 'a job was stopped');
    else log.error({ err: error, job: job.name }, 'a job failed and will be tried again');
  }
}

interface Bell {
  ring(): void;
  /** Returns after `ms`, at a ring, at once after a ring that nobody waited for, or when the signal aborts. */
  wait(options: { ms: number; signal: AbortSignal }): Promise<void>;
}

function createBell(): Bell {
  let isRung = false;
  let wake: (() => void) | null = null;
  return {
    ring() {
      isRung = true;
      wake?.();
    },
    async wait({ ms, signal }) {
      if (!isRung && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const done = () => {
            clearTimeout(timer);
            signal.removeEventListener('abort', done);
            resolve();
          };
          const timer = setTimeout(done, ms);
          signal.addEventListener('abort', done);
          wake = done;
        });
      }
      isRung = false;
      wake = null;
    },
  };
}
