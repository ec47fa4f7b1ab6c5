// The delivery as periodic jobs: one for our own LRS, which pages wait for, one for all others, so that a slow LRS elsewhere
// never holds it up.
import { deliverOutbox } from './deliver-outbox.js';
import type { DeliveryDeps } from './delivery-lane.js';

const EVERY_MS = 2_000;

export interface DeliveryJob {
  name: string;
  everyMs: number;
  run(signal: AbortSignal): Promise<void>;
}

interface JobDeps extends DeliveryDeps {
  /** Told after each pass, for the metrics. */
  count?: (settled: { delivered: number; parked: number }) => void;
}

/** To our own LRS; nudge it by its name after a statement was enqueued. */
export function deliveryJob(deps: JobDeps): DeliveryJob {
  return makeJob('deliver-outbox', 'own', deps);
}

/** To the LRSs of others. */
export function deliveryElsewhereJob(deps: JobDeps): DeliveryJob {
  return makeJob('deliver-outbox-elsewhere', 'others', deps);
}

function makeJob(
  name: string,
  destinations: 'own' | 'others',
  { count, ...deps }: JobDeps,
): DeliveryJob {
  return {
    name,
    everyMs: EVERY_MS,
    async run(signal) {
      const { delivered, parked } = await deliverOutbox({ ...deps, destinations, signal });
      count?.({ delivered, parked });
      if (delivered + parked > 0) deps.log.debug({ delivered, parked, job: name }, 'delivered');
    },
  };
}
