// Until when a platform asked us to leave its services alone (Retry-After, RFC 9110, 10.2.3): obeyed by every process and
// for all of its services, since platforms count requests per client.
import mongoose from 'mongoose';
import { isDuplicateKey } from '../db/duplicate-key.js';
import { defineModel } from '../db/models.js';

interface ServiceHold {
  /** Our id of the platform. */
  _id: string;
  until: Date;
}

const schema = new mongoose.Schema<ServiceHold>({
  _id: { type: String, required: true },
  until: { type: Date, required: true },
});
schema.index({ until: 1 });
const ServiceHoldModel = defineModel({
  name: 'ServiceHold',
  collection: 'serviceHolds',
  schema,
  shardKey: ['_id'],
  expires: 'until',
  backup: 'never',
  people: 'nothing',
});

/** When the platform may be asked again; null where it may be now. */
export async function findServiceHold(options: {
  platform: string;
  now: Date;
}): Promise<Date | null> {
  const found = await ServiceHoldModel.findOne({
    _id: options.platform,
    until: mongoose.trusted({ $gt: options.now }),
  }).lean();
  return found?.until ?? null;
}

/** The later of two holds stands. */
export async function recordServiceHold(options: { platform: string; until: Date }): Promise<void> {
  const write = () =>
    ServiceHoldModel.updateOne(
      { _id: options.platform },
      { $max: { until: options.until } },
      { upsert: true },
    );
  await write().catch((error: unknown) => {
    if (!isDuplicateKey(error)) throw error;
    return write();
  });
}
