// One-time links into the administration pages, made on the command line. Only the hash is stored; a link opens once.
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';

interface OperatorLink {
  /** SHA-256 of the token in the address. */
  _id: string;
  expiresAt: Date;
}

const schema = new mongoose.Schema<OperatorLink>({
  _id: { type: String, required: true },
  expiresAt: { type: Date, required: true },
});
schema.index({ expiresAt: 1 });
const OperatorLinkModel = defineModel({
  name: 'OperatorLink',
  collection: 'operatorLinks',
  schema,
  shardKey: ['_id'],
  expires: 'expiresAt',
  backup: 'never',
  people: 'nothing',
});

export async function insertOperatorLink(options: {
  tokenHash: string;
  expiresAt: Date;
}): Promise<void> {
  await OperatorLinkModel.create({ _id: options.tokenHash, expiresAt: options.expiresAt });
}

export async function hasOperatorLink(options: { tokenHash: string; now: Date }): Promise<boolean> {
  const { tokenHash, now } = options;
  const filter = { _id: tokenHash, expiresAt: mongoose.trusted({ $gt: now }) };
  return (await OperatorLinkModel.exists(filter)) !== null;
}

/** True for one caller only. */
export async function consumeOperatorLink(options: {
  tokenHash: string;
  now: Date;
}): Promise<boolean> {
  const { tokenHash, now } = options;
  const { deletedCount } = await OperatorLinkModel.deleteOne({
    _id: tokenHash,
    expiresAt: mongoose.trusted({ $gt: now }),
  });
  return deletedCount === 1;
}
