// An LRS of others as a destination that is told everything at once, without the form's questions.
import type { Destination } from '../../src/outbox/destination.model.js';
import { addDestination as add } from '../../src/outbox/manage-destinations.js';

export async function addDestination(options: {
  name: string;
  endpoint: string;
  key: string;
  password: string;
  version?: '1.0.3' | '2.0.0';
  gzip?: 'yes';
  secret: string;
  now: Date;
}): Promise<Destination> {
  const { secret, now, ...input } = options;
  return add({ input, status: 'active', mayReach: () => true, secret, now });
}
