// Access tokens of platforms' services, shared by our processes, sealed. Keyed by platform and sorted scopes.
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';

interface ServiceToken {
  /** Platform and scopes. */
  _id: string;
  sealedToken: string;
  expiresAt: Date;
}

const schema = new mongoose.Schema<ServiceToken>({
  _id: { type: String, required: true },
  sealedToken: { type: String, required: true },
  expiresAt: { type: Date, required: true },
});
schema.index({ expiresAt: 1 });
const ServiceTokenModel = defineModel({
  name: 'ServiceToken',
  collection: 'serviceTokens',
  schema,
  shardKey: ['_id'],
  expires: 'expiresAt',
  backup: 'never',
  sealed: { sealedToken: 'service-token' },
  people: 'nothing',
});

export async function findServiceToken(options: {
  key: string;
  validUntil: Date;
}): Promise<{ sealedToken: string; expiresAt: Date } | null> {
  const { key, validUntil } = options;
  return ServiceTokenModel.findOne({
    _id: key,
    expiresAt: mongoose.trusted({ $gt: validUntil }),
  }).lean();
}

export async function recordServiceToken(options: {
  key: string;
  sealedToken: string;
  expiresAt: Date;
}): Promise<void> {
  const { key, sealedToken, expiresAt } = options;
  await ServiceTokenModel.updateOne(
    { _id: key },
    { $set: { sealedToken, expiresAt } },
    { upsert: true },
  );
}

export async function deleteServiceToken(options: { key: string }): Promise<void> {
  await ServiceTokenModel.deleteOne({ _id: options.key });
}
