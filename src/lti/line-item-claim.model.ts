// Who makes a line item just now, and which one was made: platforms do not keep two callers from making the same column
// twice, a unique key of ours does. A claim ends by its time, so that a killed maker is succeeded.
import { createHash } from 'node:crypto';
import mongoose from 'mongoose';
import { isDuplicateKey } from '../db/duplicate-key.js';
import { defineModel } from '../db/models.js';

interface LineItemClaim {
  _id: string;
  deployment: string;
  /** This making; null when it ended. */
  token: string | null;
  claimedUntil: Date;
  /** Address of what was made or found; null while there is none. */
  lineItemUrl: string | null;
}

const required = { type: String, required: true };
const schema = new mongoose.Schema<LineItemClaim>({
  _id: required,
  deployment: required,
  token: { type: String, default: null },
  claimedUntil: { type: Date, required: true },
  lineItemUrl: { type: String, default: null },
});
const LineItemClaimModel = defineModel({
  name: 'LineItemClaim',
  collection: 'lineItemClaims',
  schema,
  shardKey: ['_id'],
  people: 'nothing',
});

/** The key: one column for what it stands for, in one gradebook. */
export function lineItemClaimId(of: {
  deployment: string;
  lineItemsUrl: string;
  resourceId: string;
  tag: string;
}): string {
  const parts = JSON.stringify([of.deployment, of.lineItemsUrl, of.resourceId, of.tag]);
  return createHash('sha256').update(parts).digest('hex');
}

/** True for one caller at a time. */
export async function claimLineItem(options: {
  claim: string;
  deployment: string;
  token: string;
  now: Date;
  until: Date;
}): Promise<boolean> {
  const { claim, deployment, token, now, until } = options;
  try {
    await LineItemClaimModel.updateOne(
      { _id: claim, deployment, claimedUntil: mongoose.trusted({ $lte: now }) },
      { $set: { token, claimedUntil: until }, $setOnInsert: { lineItemUrl: null } },
      { upsert: true },
    );
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}

/** Ends the claim; keeps the address where there is one. */
export async function releaseLineItem(options: {
  claim: string;
  deployment: string;
  token: string;
  lineItemUrl: string | null;
  now: Date;
}): Promise<void> {
  const { claim, deployment, token, lineItemUrl, now } = options;
  await LineItemClaimModel.updateOne(
    { _id: claim, deployment, token },
    {
      $set: { token: null, claimedUntil: now, ...(lineItemUrl === null ? {} : { lineItemUrl }) },
    },
  );
}

/** What the last maker left: the address, and whether somebody is making it now. */
export async function findLineItemClaim(options: {
  claim: string;
  deployment: string;
  now: Date;
}): Promise<{ lineItemUrl: string | null; isHeld: boolean } | null> {
  const { claim, deployment, now } = options;
  const found = await LineItemClaimModel.findOne({ _id: claim, deployment }).lean();
  return (
    found && {
      lineItemUrl: found.lineItemUrl,
      isHeld: found.claimedUntil.getTime() > now.getTime(),
    }
  );
}
