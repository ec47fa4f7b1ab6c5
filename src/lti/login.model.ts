// A login on its way (Security Framework 1.1, 5.1.1): one row binds state, nonce, platform, deployment hint, target link and
// browser, and is consumed by the launch in one step. Holds hashes only; nothing in it opens anything by itself.
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';

export interface Login {
  /** SHA-256 of the state. */
  _id: string;
  nonceHash: string;
  platform: string;
  /** `lti_deployment_id` of the login, where it was given. */
  deploymentId: string | null;
  targetLinkUri: string;
  /** SHA-256 of the secret in the browser's login cookie. */
  browserHash: string;
  /** `lti_storage_target`, for browsers that keep no cookie. */
  storageTarget: string | null;
  /** Bucket of the rate limit that this login counts in until it ends well. */
  limitKey: string;
  expiresAt: Date;
}

const required = { type: String, required: true };
const schema = new mongoose.Schema<Login>({
  _id: required,
  nonceHash: required,
  platform: required,
  deploymentId: { type: String, default: null },
  targetLinkUri: required,
  browserHash: required,
  storageTarget: { type: String, default: null },
  limitKey: required,
  expiresAt: { type: Date, required: true },
});
schema.index({ expiresAt: 1 });
const LoginModel = defineModel({
  name: 'Login',
  collection: 'logins',
  schema,
  shardKey: ['_id'],
  expires: 'expiresAt',
  backup: 'never',
});

export async function insertLogin(login: Login): Promise<void> {
  await LoginModel.create(login);
}

/** Takes the row out, for one caller only. Null when the state is unknown, used or expired. */
export async function consumeLogin(options: {
  stateHash: string;
  now: Date;
}): Promise<Login | null> {
  const { stateHash, now } = options;
  return LoginModel.findOneAndDelete({
    _id: stateHash,
    expiresAt: mongoose.trusted({ $gt: now }),
  }).lean();
}
