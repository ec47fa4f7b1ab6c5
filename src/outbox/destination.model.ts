// The LRSs that statements are told to: ours ("own") and those an administrator added. The password lies sealed; what leaves
// this file never holds it, but for the one function that opens a connection.
import { randomUUID } from 'node:crypto';
import mongoose from 'mongoose';
import { isDuplicateKey } from '../db/duplicate-key.js';
import { defineModel } from '../db/models.js';

export const OWN_DESTINATION = 'own';
const MOST_LISTED = 1_000;

/** `stopped` by what the LRS answered, `paused` by a person; both until somebody resumes. */
export type DestinationStatus = 'active' | 'stopped' | 'paused';

/** `credentials`: the LRS takes key and password no longer (401, 403). Any other text is a person's own words. */
export type StopReason = 'credentials' | (string & {});

export interface Destination {
  /** `own`, or a UUID. */
  id: string;
  name: string;
  /** Base address of the LRS, without a slash at the end. */
  endpoint: string;
  key: string;
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

interface DestinationDocument extends Omit<Destination, 'id'> {
  _id: string;
  sealedPassword: string;
}

const schema = new mongoose.Schema<DestinationDocument>({
  _id: { type: String, required: true },
  name: { type: String, required: true },
  endpoint: { type: String, required: true },
  key: { type: String, required: true },
  sealedPassword: { type: String, required: true },
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
  name: string;
  endpoint: string;
  key: string;
  sealedPassword: string;
  now: Date;
}): Promise<{ destination: string; already: boolean }> {
  const { name, endpoint, key, sealedPassword, now } = options;
  const _id = options.destination ?? randomUUID();
  const isOwn = _id === OWN_DESTINATION;
  try {
    await DestinationModel.create({
      _id,
      name,
      endpoint,
      key,
      sealedPassword,
      isOwn,
      status: 'active',
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
  const { _id, name, endpoint, key, isOwn, status, stoppedReason, lastError } = document;
  const { lastDeliveredAt, keepsTestData, createdAt, failures, retryAt } = document;
  return {
    id: _id,
    name,
    endpoint,
    key,
    isOwn,
    status,
    stoppedReason,
    lastError,
    lastDeliveredAt,
    keepsTestData,
    createdAt,
    failures,
    retryAt,
  };
}
