// The LRSs that statements are told to: ours ("own") and those an administrator added. The password lies sealed; what leaves
// this file never holds it, but for the one function that opens a connection.
import { randomUUID } from 'node:crypto';
import mongoose from 'mongoose';
import { isDuplicateKey } from '../db/duplicate-key.js';
import { defineModel } from '../db/models.js';
import type { XapiVersion } from '../xapi/statement.js';

export const OWN_DESTINATION = 'own';
const MOST_LISTED = 1_000;

/** `stopped` by what the LRS answered, `paused` by a person; both until somebody resumes. */
export type DestinationStatus = 'active' | 'stopped' | 'paused';

/** `credentials`: the LRS takes key and password no longer (401, 403). Any other text is a person's own words. */
export type StopReason = 'credentials' | (string & {});

export interface DestinationSettings {
  name: string;
  /** Base address of the LRS, without a slash at the end. */
  endpoint: string;
  key: string;
  /** The version of xAPI that we speak to it. */
  version: XapiVersion;
  /** Whether requests to it are compressed; only what takes that may be told so. */
  gzip: boolean;
}

export interface Destination extends DestinationSettings {
  /** `own`, or a UUID. */
  id: string;
  isOwn: boolean;
  status: DestinationStatus;
  stoppedReason: StopReason | null;
  /** What went wrong last, with the LRS's own words; null since it went well again. */
  lastError: string | null;
  lastDeliveredAt: Date | null;
  /** Statements of a platform's test user are told to our own LRS only. */
  keepsTestData: boolean;
  createdAt: Date;
  /** Failed attempts since the last success, and when the next one is due; null for at once. */
  failures: number;
  retryAt: Date | null;
}

/** A record of an earlier version says nothing of version and gzip. */
interface DestinationDocument extends Omit<Destination, 'id' | 'version' | 'gzip'> {
  _id: string;
  version?: XapiVersion;
  gzip?: boolean;
  sealedPassword: string;
}

const schema = new mongoose.Schema<DestinationDocument>({
  _id: { type: String, required: true },
  name: { type: String, required: true },
  endpoint: { type: String, required: true },
  key: { type: String, required: true },
  sealedPassword: { type: String, required: true },
  version: String,
  gzip: Boolean,
  isOwn: { type: Boolean, required: true },
  status: { type: String, required: true },
  stoppedReason: { type: String, default: null },
  lastError: { type: String, default: null },
  lastDeliveredAt: { type: Date, default: null },
  keepsTestData: { type: Boolean, required: true },
  createdAt: { type: Date, required: true },
  failures: { type: Number, required: true },
  retryAt: { type: Date, default: null },
});
const DestinationModel = defineModel({
  name: 'Destination',
  collection: 'destinations',
  schema,
  shardKey: ['_id'],
  scatter: ['listDestinations'],
  sealed: { sealedPassword: 'destination-password' },
  people: 'nothing',
});

/** All of them, ours first, then in order of being added. */
export async function listDestinations(): Promise<Destination[]> {
  const found = await DestinationModel.find({})
    .sort({ isOwn: -1, createdAt: 1, _id: 1 })
    .limit(MOST_LISTED)
    .lean();
  return found.map((document) => toDestination(document));
}

export async function findDestination(options: {
  destination: string;
}): Promise<Destination | null> {
  const found = await DestinationModel.findOne({ _id: options.destination }).lean();
  return found && toDestination(found);
}

/** The password as it is kept; for who opens a connection, with the instance's secret. */
export async function findSealedPassword(options: { destination: string }): Promise<string | null> {
  const found = await DestinationModel.findOne(
    { _id: options.destination },
    { sealedPassword: 1 },
  ).lean();
  return found?.sealedPassword ?? null;
}

/** Inserts a destination that has received nothing yet; one that is there already stays as it is. */
export async function insertDestination(options: {
  /** Null for a new id. */
  destination: string | null;
  settings: DestinationSettings;
  sealedPassword: string;
  status: Extract<DestinationStatus, 'active' | 'paused'>;
  now: Date;
}): Promise<{ destination: string; already: boolean }> {
  const { settings, sealedPassword, status, now } = options;
  const _id = options.destination ?? randomUUID();
  const isOwn = _id === OWN_DESTINATION;
  try {
    await DestinationModel.create({
      _id,
      ...settings,
      sealedPassword,
      isOwn,
      status,
      keepsTestData: isOwn,
      createdAt: now,
      failures: 0,
    });
    return { destination: _id, already: false };
  } catch (error) {
    if (isDuplicateKey(error)) return { destination: _id, already: true };
    throw error;
  }
}

/** Other credentials; a destination that was stopped for the old ones goes on. */
export async function replaceCredentials(options: {
  destination: string;
  key: string;
  sealedPassword: string;
}): Promise<void> {
  const { destination, key, sealedPassword } = options;
  await DestinationModel.updateOne({ _id: destination }, { $set: { key, sealedPassword } });
  await DestinationModel.updateOne(
    { _id: destination, status: 'stopped', stoppedReason: 'credentials' },
    { $set: { status: 'active', stoppedReason: null, retryAt: null } },
  );
}

/**
 * Other settings of an LRS of others, and another password where one is given; a wait or a stop for the old ones is over.
 * False when it is not there.
 */
export async function replaceSettings(options: {
  destination: string;
  settings: DestinationSettings;
  sealedPassword: string | null;
}): Promise<boolean> {
  const { destination, settings, sealedPassword } = options;
  const { matchedCount } = await DestinationModel.updateOne(
    { _id: destination, isOwn: false },
    {
      $set: {
        ...settings,
        ...(sealedPassword !== null && { sealedPassword }),
        failures: 0,
        retryAt: null,
        lastError: null,
      },
    },
  );
  await DestinationModel.updateOne(
    { _id: destination, isOwn: false, status: 'stopped' },
    { $set: { status: 'active', stoppedReason: null } },
  );
  return matchedCount === 1;
}

/** False when it is not there, or ours. */
export async function deleteDestination(options: { destination: string }): Promise<boolean> {
  const { deletedCount } = await DestinationModel.deleteOne({
    _id: options.destination,
    isOwn: false,
  });
  return deletedCount === 1;
}

export async function moveDestination(options: {
  destination: string;
  endpoint: string;
}): Promise<void> {
  const { destination, endpoint } = options;
  await DestinationModel.updateOne(
    { _id: destination },
    { $set: { endpoint, failures: 0, retryAt: null } },
  );
}

/** Sets the status; resuming (`active`) forgets the wait and the error, so that the next attempt is at once. */
export async function setDestinationStatus(options: {
  destination: string;
  status: DestinationStatus;
  reason: StopReason | null;
}): Promise<{ isFound: boolean }> {
  const { destination, status, reason } = options;
  const fresh = status === 'active' ? { failures: 0, retryAt: null, lastError: null } : {};
  const { matchedCount } = await DestinationModel.updateOne(
    { _id: destination },
    { $set: { status, stoppedReason: reason, ...fresh } },
  );
  return { isFound: matchedCount === 1 };
}

/**
 * Notes a failed attempt and when the next is due. Several failures of attempts that began together count as one: only the
 * first still finds the number of failures they all saw. A stop holds until somebody resumes.
 */
export async function noteFailure(options: {
  destination: string;
  seenFailures: number;
  error: string;
  retryAt: Date;
  stop: StopReason | null;
}): Promise<void> {
  const { destination, seenFailures, error, retryAt, stop } = options;
  await DestinationModel.updateOne(
    { _id: destination, failures: seenFailures, status: 'active' },
    {
      $set: {
        failures: seenFailures + 1,
        retryAt,
        lastError: error,
        ...(stop !== null && { status: 'stopped', stoppedReason: stop }),
      },
    },
  );
}

/** `deliveredAt` is null where the LRS answered, but took nothing. */
export async function noteSuccess(options: {
  destination: string;
  deliveredAt: Date | null;
}): Promise<void> {
  const { destination, deliveredAt } = options;
  await DestinationModel.updateOne(
    { _id: destination },
    {
      $set: {
        lastError: null,
        failures: 0,
        retryAt: null,
        ...(deliveredAt !== null && { lastDeliveredAt: deliveredAt }),
      },
    },
  );
}

function toDestination(document: DestinationDocument): Destination {
  const { _id, sealedPassword: _hidden, version = '1.0.3', gzip = false, ...rest } = document;
  return { ...rest, id: _id, version, gzip };
}
