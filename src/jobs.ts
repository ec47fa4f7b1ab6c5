// The periodic jobs, each under a lease: what runs, how often, and the parts they share. Composition only.
import { stateLaunches } from './activities/state-launches.js';
import { createStatementSource, type StatementSource } from './activities/statement-source.js';
import type { Config } from './config.js';
import { sweepExpired } from './db/sweep-expired.js';
import type { Metrics } from './http/metrics.js';
import type { AppLog } from './logger.js';
import type { OutgoingClient } from './outgoing/outgoing-client.js';
import type { Job } from './workers.js';

const SWEEP_EVERY_MS = 60_000;
const STATE_EVERY_MS = 2_000;

export interface JobParts {
  config: Config;
  log: AppLog;
  now: () => Date;
  outgoing: OutgoingClient;
  metrics: Metrics;
}

export async function listJobs(parts: JobParts): Promise<{ jobs: Job[]; source: StatementSource }> {
  const { config, now } = parts;
  const source = createStatementSource({ url: config.url, secret: config.secret, now });
  const jobs: Job[] = [
    {
      name: 'sweep-expired',
      everyMs: SWEEP_EVERY_MS,
      run: async () => {
        await sweepExpired({ now: now() });
      },
    },
    {
      name: 'state-launches',
      everyMs: STATE_EVERY_MS,
      run: async (signal) => {
        await stateLaunches({ source, now, signal });
      },
    },
  ];
  return { jobs, source };
}
