// A registration page that waits for a person's confirmation: what the platform said of itself and its registration token,
// sealed, under the hash of the one-time secret in the page's form. Bound to the invitation and to the browser.
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';

const MAX_WAITING = 50;

export interface RegistrationAttempt {
  /** SHA-256 of the secret in the form. */
  _id: string;
  invitation: string;
  /** SHA-256 of the browser's registration cookie. */
  browserHash: string;
  sealedRequest: string;
  /** When the form was sent; it can be sent once. */
  takenAt: Date | null;
  /** What it connected, when all is stored. */
  platform: string | null;
  expiresAt: Date;
}

const required = { type: String, required: true };
const schema = new mongoose.Schema<RegistrationAttempt>({
  _id: required,
  invitation: required,
  browserHash: required,
  sealedRequest: required,
  takenAt: { type: Date, default: null },
  platform: { type: String, default: null },
  expiresAt: { type: Date, required: true },
});
schema.index({ invitation: 1 });
schema.index({ expiresAt: 1 });
const RegistrationAttemptModel = defineModel({
  name: 'RegistrationAttempt',
  collection: 'registrationAttempts',
  schema,
  shardKey: ['_id'],
  scatter: ['insertAttempt'],
  expires: 'expiresAt',
  backup: 'never',
  sealed: { sealedRequest: 'registration-request' },
  people: 'nothing',
});

/** False when too many pages of the invitation wait already. */
export async function insertAttempt(
  attempt: RegistrationAttempt,
  options: { now: Date },
): Promise<boolean> {
  const waiting = await RegistrationAttemptModel.countDocuments({
    invitation: attempt.invitation,
    expiresAt: mongoose.trusted({ $gt: options.now }),
  });
  if (waiting >= MAX_WAITING) return false;
  await RegistrationAttemptModel.create(attempt);
  return true;
}

export async function findAttempt(options: {
  attempt: string;
  invitation: string;
  now: Date;
}): Promise<RegistrationAttempt | null> {
  const { attempt, invitation, now } = options;
  const filter = { _id: attempt, invitation, expiresAt: mongoose.trusted({ $gt: now }) };
  return RegistrationAttemptModel.findOne(filter).lean();
}

/** For one sender only: false for every other. */
export async function takeAttempt(options: { attempt: string; now: Date }): Promise<boolean> {
  const { modifiedCount } = await RegistrationAttemptModel.updateOne(
    { _id: options.attempt, takenAt: null },
    { $set: { takenAt: options.now } },
  );
  return modifiedCount === 1;
}

export async function finishAttempt(options: { attempt: string; platform: string }): Promise<void> {
  const { attempt, platform } = options;
  await RegistrationAttemptModel.updateOne({ _id: attempt }, { $set: { platform } });
}

export async function deleteAttempt(options: { attempt: string }): Promise<void> {
  await RegistrationAttemptModel.deleteOne({ _id: options.attempt });
}
