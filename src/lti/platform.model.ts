// Platforms: one record per registration (issuer and client id). Written by an operator or a confirmed registration only.
// `_id` is derived from both, so that registering again meets the same record.
import { randomUUID } from 'node:crypto';
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';
import { announceDirectoryChange } from './directory-changes.js';
import { platformRecordId } from './record-ids.js';
import { isTestIssuer } from './test-environments.js';

export interface Platform {
  _id: string;
  name: string;
  issuer: string;
  clientId: string;
  authorizationUrl: string;
  tokenUrl: string;
  jwksUrl: string;
  /** Audience of our client assertions where it is not the token endpoint (Blackboard, Brightspace). */
  authorizationServer: string | null;
  status: 'active' | 'paused';
  /** Test data enter no report and no outside LRS. */
  kind: 'production' | 'test';
  /** As a verified token named it (`canvas`, `moodle`, …). */
  productFamily: string | null;
  /** What a verified launch of a deployment nobody named yet does: be refused, wait for approval, or be accepted. */
  unknownDeployments: 'refuse' | 'queue' | 'approve';
  /** Registered by an administrator, beside what verified tokens name. */
  serviceHosts: string[];
  frameOrigins: string[];
  createdAt: Date;
  /** Changes when all its sessions end; see the deployment's. */
  sessionEpoch?: string;
  /** What the last dynamic registration granted. Platforms registered by hand, or long ago, have none. */
  registration?: PlatformRegistration | null;
}

export interface PlatformRegistration {
  registeredAt: Date;
  version: string | null;
  scopes: string[];
  /** Names. */
  customParameters: string[];
  messages: string[];
  /** Where the platform lets us read and change it, with its token. */
  clientUrl: string | null;
  sealedAccessToken: string | null;
}

/** What the access token of a registration is sealed for. */
export const REGISTRATION_TOKEN_PURPOSE = 'registration-token';

const required = { type: String, required: true };
const registration = new mongoose.Schema<PlatformRegistration>(
  {
    registeredAt: { type: Date, required: true },
    version: { type: String, default: null },
    scopes: [String],
    customParameters: [String],
    messages: [String],
    clientUrl: { type: String, default: null },
    sealedAccessToken: { type: String, default: null },
  },
  { _id: false, strict: 'throw' },
);
const schema = new mongoose.Schema<Platform>({
  _id: required,
  name: required,
  issuer: required,
  clientId: required,
  authorizationUrl: required,
  tokenUrl: required,
  jwksUrl: required,
  authorizationServer: { type: String, default: null },
  status: { type: String, enum: ['active', 'paused'], required: true },
  kind: { type: String, enum: ['production', 'test'], required: true },
  productFamily: { type: String, default: null },
  unknownDeployments: { type: String, enum: ['refuse', 'queue', 'approve'], required: true },
  serviceHosts: [String],
  frameOrigins: [String],
  createdAt: { type: Date, required: true },
  sessionEpoch: String,
  registration: { type: registration, default: null },
});
schema.index({ issuer: 1, clientId: 1 });
const PlatformModel = defineModel({
  name: 'Platform',
  collection: 'platforms',
  schema,
  shardKey: ['_id'],
  scatter: ['listPlatforms', 'listPlatformsOfIssuer'],
  sealed: { 'registration.sealedAccessToken': REGISTRATION_TOKEN_PURPOSE },
  people: 'nothing',
});

export type PlatformFields = Omit<
  Platform,
  '_id' | 'createdAt' | 'status' | 'productFamily' | 'sessionEpoch'
>;

/** Makes or updates the record of (issuer, clientId); its status stays. Idempotent. A test environment is never production. */
export async function recordPlatform(fields: PlatformFields, now: Date): Promise<Platform> {
  const { issuer, clientId, ...given } = fields;
  const rest = isTestIssuer(issuer) ? { ...given, kind: 'test' as const } : given;
  const fresh = { issuer, clientId, status: 'active', createdAt: now, sessionEpoch: randomUUID() };
  const _id = platformRecordId({ issuer, clientId });
  const platform = await PlatformModel.findOneAndUpdate(
    { _id },
    { $set: rest, $setOnInsert: fresh },
    { upsert: true, returnDocument: 'after' },
  ).lean();
  announceDirectoryChange();
  return platform;
}

export async function findPlatform(options: { platform: string }): Promise<Platform | null> {
  return PlatformModel.findOne({ _id: options.platform }).lean();
}

/** Registrations of one issuer: hosted Canvas has one per developer key under the same issuer. */
export async function listPlatformsOfIssuer(options: { issuer: string }): Promise<Platform[]> {
  return PlatformModel.find({ issuer: options.issuer }).limit(100).lean();
}

export async function listPlatforms(): Promise<Platform[]> {
  return PlatformModel.find().sort({ issuer: 1, clientId: 1 }).limit(1_000).lean();
}

/** True when there was such a platform. Pausing ends its sessions for good: at once here, in two seconds in other processes. */
export async function setPlatformStatus(options: {
  platform: string;
  status: Platform['status'];
}): Promise<boolean> {
  const { platform, status } = options;
  const ended = status === 'active' ? {} : { sessionEpoch: randomUUID() };
  const { matchedCount } = await PlatformModel.updateOne(
    { _id: platform },
    { $set: { status, ...ended } },
  );
  announceDirectoryChange();
  return matchedCount === 1;
}

/** Written when a verified token first names it, or names another. */
export async function setProductFamily(options: {
  platform: string;
  productFamily: string;
}): Promise<void> {
  const { platform, productFamily } = options;
  await PlatformModel.updateOne({ _id: platform }, { $set: { productFamily } });
  announceDirectoryChange();
}

export async function deletePlatform(options: { platform: string }): Promise<boolean> {
  const { deletedCount } = await PlatformModel.deleteOne({ _id: options.platform });
  announceDirectoryChange();
  return deletedCount === 1;
}
