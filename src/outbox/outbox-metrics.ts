// How the outbox is doing, in numbers: for the administration's pages and for alarms.
import { listDestinations, type Destination } from './destination.model.js';
import { listCursors } from './outbox-cursor.model.js';
import { OUTBOX_LOGS } from './outbox-partition.js';
import { measureOutgoing } from './outbox-statement.model.js';
import { countParked } from './parked-statement.model.js';

/** Counting stops here, in each part: beyond it only the age matters. */
const MOST_COUNTED = 100_000;

export interface DestinationBacklog {
  destination: Destination;
  /** Statements that it was not told yet; parked ones are not among them. */
  count: number;
  /** When the oldest of them was written. */
  oldestAt: Date | null;
  parked: number;
}

/** The backlog of each destination, ours first. */
export async function countBacklog(): Promise<DestinationBacklog[]> {
  const destinations = await listDestinations();
  return Promise.all(destinations.map((destination) => measureDestination(destination)));
}

/** Over all destinations; `oldestAgeMs` is 0 when nothing waits, `stopped` counts those that a person must look at, `failing` those that are left alone after a failure. */
export async function outboxMetrics(options: {
  now: Date;
}): Promise<Record<'oldestAgeMs' | 'backlog' | 'parked' | 'stopped' | 'failing', number>> {
  const time = options.now.getTime();
  const all = await countBacklog();
  const ages = all.map(({ oldestAt }) => (oldestAt ? time - oldestAt.getTime() : 0));
  return {
    oldestAgeMs: Math.max(0, ...ages),
    backlog: all.reduce((sum, { count }) => sum + count, 0),
    parked: all.reduce((sum, { parked }) => sum + parked, 0),
    failing: all.filter(
      ({ destination: { status, failures } }) => status === 'active' && failures > 0,
    ).length,
    stopped: all.filter(({ destination }) => destination.status === 'stopped').length,
  };
}

async function measureDestination(destination: Destination): Promise<DestinationBacklog> {
  const { id, keepsTestData } = destination;
  const testData = keepsTestData ? 'included' : 'left-out';
  const cursors = await listCursors({ destination: id });
  const parts = await Promise.all(
    OUTBOX_LOGS.map((log) => {
      const after = cursors.get(log)?.position ?? 0;
      return measureOutgoing({ log, after, testData, most: MOST_COUNTED });
    }),
  );
  const times = parts.flatMap(({ oldestAt }) => (oldestAt ? [oldestAt.getTime()] : []));
  return {
    destination,
    count: parts.reduce((sum, { count }) => sum + count, 0),
    oldestAt: times.length > 0 ? new Date(Math.min(...times)) : null,
    parked: await countParked({ destination: id }),
  };
}
