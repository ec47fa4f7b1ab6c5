// Deployments: an installation of the tool in a platform, and the border of everything that a launch may see.
// Rights an administrator gives (who reviews, who reads names) are kept here; launches only add what verified tokens name.
import { randomUUID } from 'node:crypto';
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';
import { forgetReads, shareReads } from '../db/shared-reads.js';
import { announceDirectoryChange } from './directory-changes.js';
import { deploymentRecordId } from './record-ids.js';

const MAX_SEEN = 20;
const MAX_PENDING_PER_PLATFORM = 50;

/** By stage: introduced, reinforced, mastered. */
export type StageLabels = Partial<Record<'introduced' | 'reinforced' | 'mastered', string>>;

export interface Deployment {
  _id: string;
  platform: string;
  deploymentId: string;
  /** `refused` was waiting and is not wanted: it neither launches nor waits again. */
  status: 'approved' | 'pending' | 'paused' | 'refused';
  /** Owner of several deployments; null while nobody said so. */
  organisation: string | null;
  /** The account or school as the platform named it. */
  accountName: string | null;
  /** Role URIs whose holders review programmes here. */
  reviewerRoles: string[];
  /** Ids of users who review and may see names. */
  reviewersWithNames: string[];
  /** Named by verified tokens of this deployment; shown to the administrator. */
  frameOrigins: string[];
  serviceHosts: string[];
  /** How learners are named in xAPI statements. */
  actorMode: 'pseudonymous' | 'issuer';
  /** Framework of courses that chose none. */
  framework: string | null;
  firstSeenAt: Date;
  /** What the school calls the stages of an alignment; absent or empty where it uses our words. */
  stageLabels?: StageLabels;
  /** Whether teaching assistants may vouch for learners, accept and rate their work; absent is no. */
  assistantsMayAttest?: boolean;
  /** Whether teaching assistants may change completion rules of their course; absent is no. */
  assistantsMayChangeRules?: boolean;
  /** Changes when all its sessions end: a launch holds only while it is the one it began with. Older records have none. */
  sessionEpoch?: string;
}

const required = { type: String, required: true };
const schema = new mongoose.Schema<Deployment>({
  _id: required,
  platform: required,
  deploymentId: required,
  status: { type: String, enum: ['approved', 'pending', 'paused', 'refused'], required: true },
  organisation: { type: String, default: null },
  accountName: { type: String, default: null },
  reviewerRoles: [String],
  reviewersWithNames: [String],
  frameOrigins: [String],
  serviceHosts: [String],
  actorMode: { type: String, enum: ['pseudonymous', 'issuer'], required: true },
  framework: { type: String, default: null },
  firstSeenAt: { type: Date, required: true },
  stageLabels: {
    type: new mongoose.Schema(
      { introduced: String, reinforced: String, mastered: String },
      { _id: false },
    ),
  },
  assistantsMayAttest: Boolean,
  assistantsMayChangeRules: Boolean,
  sessionEpoch: String,
});
schema.index({ platform: 1, status: 1 });
const DeploymentModel = defineModel({
  name: 'Deployment',
  collection: 'deployments',
  schema,
  shardKey: ['_id'],
  scatter: ['listDeployments', 'recordPendingDeployment', 'deleteDeployments'],
  people: { otherwise: 'erase-person.ts: the rights it gives to persons' },
});

/** Makes the record as approved, or approves the one that waits. Idempotent; a paused one stays paused. */
export async function approveDeployment(options: {
  platform: string;
  deploymentId: string;
  accountName?: string | null;
  now: Date;
}): Promise<Deployment> {
  const { platform, deploymentId, accountName = null, now } = options;
  const _id = deploymentRecordId({ platform, deploymentId });
  await insertDeployment({ platform, deploymentId, accountName, now, status: 'approved' });
  await DeploymentModel.updateOne({ _id, status: 'pending' }, { $set: { status: 'approved' } });
  announceDirectoryChange();
  const deployment = await DeploymentModel.findOne({ _id }).lean();
  if (!deployment) throw new Error('the deployment was removed while it was approved');
  return deployment;
}

/** Puts a deployment that a verified token named first into the queue, unless 50 of its platform wait already. */
export async function recordPendingDeployment(options: {
  platform: string;
  deploymentId: string;
  accountName: string | null;
  now: Date;
}): Promise<void> {
  const waiting = await DeploymentModel.countDocuments({
    platform: options.platform,
    status: 'pending',
  });
  if (waiting < MAX_PENDING_PER_PLATFORM) await insertDeployment({ ...options, status: 'pending' });
}

export async function findDeployment(options: { deployment: string }): Promise<Deployment | null> {
  return DeploymentModel.findOne({ _id: options.deployment }).lean();
}

/** What the school calls the stages of an alignment; empty where nobody said so. Shared for two seconds. */
export const readStageLabels = shareReads({
  about: labelsTopic,
  async read(options: { deployment: string }): Promise<StageLabels> {
    const found = await DeploymentModel.findOne({ _id: options.deployment })
      .select({ stageLabels: 1 })
      .lean();
    return found?.stageLabels ?? {};
  },
});

function labelsTopic({ deployment }: { deployment: string }): string {
  return `stage labels ${deployment}`;
}

/** All, or those of one platform; in order of first being seen. */
export async function listDeployments(options: { platform?: string } = {}): Promise<Deployment[]> {
  const { platform } = options;
  return DeploymentModel.find(platform === undefined ? {} : { platform })
    .sort({ firstSeenAt: 1 })
    .limit(10_000)
    .lean();
}

type DeploymentChange = Partial<
  Pick<
    Deployment,
    | 'organisation'
    | 'accountName'
    | 'actorMode'
    | 'framework'
    | 'reviewerRoles'
    | 'stageLabels'
    | 'assistantsMayAttest'
    | 'assistantsMayChangeRules'
  >
>;

/** Administrator's settings of one deployment. True when it exists. */
export async function changeDeployment(options: {
  deployment: string;
  change: DeploymentChange;
}): Promise<boolean> {
  const { deployment, change } = options;
  const { matchedCount } = await DeploymentModel.updateOne({ _id: deployment }, { $set: change });
  forgetReads(labelsTopic({ deployment }));
  announceDirectoryChange();
  return matchedCount === 1;
}

/** Holders of these role URIs review programmes in this deployment, from their next request on. */
export async function setReviewerRoles(options: {
  deployment: string;
  roles: string[];
}): Promise<boolean> {
  const { deployment, roles } = options;
  return changeDeployment({ deployment, change: { reviewerRoles: [...new Set(roles)] } });
}

/** Lets one reviewer see names, or no longer. True when the deployment exists. */
export async function entitleReviewer(options: {
  deployment: string;
  user: string;
  names: 'shown' | 'hidden';
}): Promise<boolean> {
  const { deployment, user, names } = options;
  const update =
    names === 'shown'
      ? { $addToSet: { reviewersWithNames: user } }
      : { $pull: { reviewersWithNames: user } };
  const { matchedCount } = await DeploymentModel.updateOne({ _id: deployment }, update);
  announceDirectoryChange();
  return matchedCount === 1;
}

/** `paused` and `refused` refuse its launches and end its sessions for good; `approved` lets people launch again. */
export async function setDeploymentStatus(options: {
  deployment: string;
  status: 'approved' | 'paused' | 'refused';
}): Promise<boolean> {
  const { deployment, status } = options;
  const ended = status === 'approved' ? {} : { sessionEpoch: randomUUID() };
  const { matchedCount } = await DeploymentModel.updateOne(
    { _id: deployment },
    { $set: { status, ...ended } },
  );
  announceDirectoryChange();
  return matchedCount === 1;
}

/** Ends every session of the deployment: at once here, within two seconds in other processes. */
export async function endDeploymentSessions(options: { deployment: string }): Promise<void> {
  const sessionEpoch = randomUUID();
  await DeploymentModel.updateOne({ _id: options.deployment }, { $set: { sessionEpoch } });
  announceDirectoryChange();
}

/** Adds origins and hosts that a verified token named, as far as the lists have room. */
export async function recordSeenHosts(options: {
  deployment: Deployment;
  frameOrigins: string[];
  serviceHosts: string[];
}): Promise<void> {
  const { deployment } = options;
  const frameOrigins = withNew(deployment.frameOrigins, options.frameOrigins);
  const serviceHosts = withNew(deployment.serviceHosts, options.serviceHosts);
  const isKnown =
    frameOrigins.length === deployment.frameOrigins.length &&
    serviceHosts.length === deployment.serviceHosts.length;
  if (isKnown) return;
  await DeploymentModel.updateOne(
    { _id: deployment._id },
    { $addToSet: { frameOrigins: { $each: frameOrigins }, serviceHosts: { $each: serviceHosts } } },
  );
  announceDirectoryChange();
}

export async function deleteDeployments(options: { platform: string }): Promise<void> {
  await DeploymentModel.deleteMany({ platform: options.platform });
  announceDirectoryChange();
}

/** Takes back every right that a deployment gave to this person. Repeatable. */
export async function withdrawRights(options: { deployment: string; user: string }): Promise<void> {
  const { deployment, user } = options;
  await DeploymentModel.updateOne({ _id: deployment }, { $pull: { reviewersWithNames: user } });
  announceDirectoryChange();
}

function withNew(known: string[], seen: string[]): string[] {
  return [...new Set([...known, ...seen])].slice(0, Math.max(known.length, MAX_SEEN));
}

async function insertDeployment(options: {
  platform: string;
  deploymentId: string;
  accountName: string | null;
  now: Date;
  status: Deployment['status'];
}): Promise<void> {
  const { platform, deploymentId, accountName, now, status } = options;
  const fresh: Omit<Deployment, '_id'> = {
    platform,
    deploymentId,
    status,
    organisation: null,
    accountName,
    reviewerRoles: [],
    reviewersWithNames: [],
    frameOrigins: [],
    serviceHosts: [],
    actorMode: 'pseudonymous',
    framework: null,
    firstSeenAt: now,
    sessionEpoch: randomUUID(),
  };
  await DeploymentModel.updateOne(
    { _id: deploymentRecordId({ platform, deploymentId }) },
    { $setOnInsert: fresh },
    { upsert: true },
  );
  announceDirectoryChange();
}
