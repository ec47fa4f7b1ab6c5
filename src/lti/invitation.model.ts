// Invitations to register a platform: one-time, expiring addresses. Only a hash of the address's secret is stored. Opening
// one does not use it up; a completed registration does, and while one is on its way it holds the invitation.
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';
import type { Platform } from './platform.model.js';

const MAX_LISTED = 200;

export interface Invitation {
  /** SHA-256 of the secret in the address; also its name on the administration pages. */
  _id: string;
  /** What to call the platform; null: what it calls itself. */
  name: string | null;
  kind: Platform['kind'];
  unknownDeployments: 'queue' | 'approve';
  shareNames: boolean;
  /** Hosts that the platform's addresses may have, though they are not the issuer's. */
  furtherHosts: string[];
  /** The platform that is to be registered again; null for a new one. */
  platform: string | null;
  createdAt: Date;
  expiresAt: Date;
  revokedAt: Date | null;
  usedAt: Date | null;
  /** What it connected. */
  usedBy: string | null;
  /** The confirmed page that is being carried out, and until when it holds the invitation. */
  claimedBy: string | null;
  claimedUntil: Date | null;
  /** Kept for the list a while after its end. */
  keptUntil: Date;
}

const required = { type: String, required: true };
const text = { type: String, default: null };
const moment = { type: Date, default: null };
const schema = new mongoose.Schema<Invitation>({
  _id: required,
  name: text,
  kind: { type: String, enum: ['production', 'test'], required: true },
  unknownDeployments: { type: String, enum: ['queue', 'approve'], required: true },
  shareNames: { type: Boolean, required: true },
  furtherHosts: [String],
  platform: text,
  createdAt: { type: Date, required: true },
  expiresAt: { type: Date, required: true },
  revokedAt: moment,
  usedAt: moment,
  usedBy: text,
  claimedBy: text,
  claimedUntil: moment,
  keptUntil: { type: Date, required: true },
});
schema.index({ keptUntil: 1 });
const InvitationModel = defineModel({
  name: 'Invitation',
  collection: 'invitations',
  schema,
  shardKey: ['_id'],
  scatter: ['listInvitations'],
  expires: 'keptUntil',
  backup: 'never',
  people: 'nothing',
});

export async function insertInvitation(invitation: Invitation): Promise<void> {
  await InvitationModel.create(invitation);
}

export async function findInvitation(options: { invitation: string }): Promise<Invitation | null> {
  return InvitationModel.findOne({ _id: options.invitation }).lean();
}

/** Newest first, with those that ended a while ago. */
export async function listInvitations(options: { now: Date }): Promise<Invitation[]> {
  return InvitationModel.find({ keptUntil: mongoose.trusted({ $gt: options.now }) })
    .sort({ createdAt: -1 })
    .limit(MAX_LISTED)
    .lean();
}

/** Lets one confirmed page carry out its registration, until `until`. False when it is used, ended, or held by another. */
export async function claimInvitation(options: {
  invitation: string;
  attempt: string;
  now: Date;
  until: Date;
}): Promise<boolean> {
  const { invitation, attempt, now, until } = options;
  const { modifiedCount } = await InvitationModel.updateOne(
    {
      _id: invitation,
      usedAt: null,
      revokedAt: null,
      expiresAt: mongoose.trusted({ $gt: now }),
      $or: [
        { claimedUntil: null },
        { claimedUntil: mongoose.trusted({ $lte: now }) },
        { claimedBy: attempt },
      ],
    },
    { $set: { claimedBy: attempt, claimedUntil: until } },
  );
  return modifiedCount === 1;
}

/** The platform did not register us: somebody may try again. */
export async function releaseInvitation(options: {
  invitation: string;
  attempt: string;
}): Promise<void> {
  await InvitationModel.updateOne(
    { _id: options.invitation, claimedBy: options.attempt, usedAt: null },
    { $set: { claimedBy: null, claimedUntil: null } },
  );
}

/** The registration is stored. False when another one used it meanwhile. Repeatable. */
export async function useInvitation(options: {
  invitation: string;
  attempt: string;
  platform: string;
  now: Date;
}): Promise<boolean> {
  const { invitation, attempt, platform, now } = options;
  const { matchedCount } = await InvitationModel.updateOne(
    { _id: invitation, claimedBy: attempt },
    { $set: { usedAt: now, usedBy: platform } },
  );
  return matchedCount === 1;
}

/** True when it was still open. */
export async function revokeInvitation(options: {
  invitation: string;
  now: Date;
}): Promise<boolean> {
  const { modifiedCount } = await InvitationModel.updateOne(
    { _id: options.invitation, usedAt: null, revokedAt: null },
    { $set: { revokedAt: options.now } },
  );
  return modifiedCount === 1;
}
