// The record stores with what is on its way to each, as the administration page shows them. Stores of others are the
// operator's business: an administrator sees our own alone.
import { countBacklog } from '../outbox/outbox-metrics.js';
import type { Destination } from '../outbox/destination.model.js';
import type { AdminScope } from './admin-scope.js';

export interface DescribedDestination extends Omit<Destination, 'key'> {
  isActive: boolean;
  isOther: boolean;
  backlog: number;
  oldestAt: Date | null;
}

/** Without keys, which are no one's to read. */
export async function describeDestinations(options: {
  scope: AdminScope;
}): Promise<DescribedDestination[]> {
  const isOperator = options.scope.kind === 'operator';
  const all = await countBacklog();
  return all
    .filter(({ destination }) => isOperator || destination.isOwn)
    .map(({ destination: { key: _key, ...destination }, count, oldestAt }) => ({
      ...destination,
      isActive: destination.status === 'active',
      isOther: !destination.isOwn,
      backlog: count,
      oldestAt,
    }));
}
