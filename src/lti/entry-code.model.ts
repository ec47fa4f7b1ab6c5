// One-time codes behind the button that opens a window of its own. A login's code is sealed (sealed-step.ts): here is only
// the mark that it was used. A verified launch whose frame keeps no cookie waits here for its window, for five minutes.
import mongoose from 'mongoose';
import { isDuplicateKey } from '../db/duplicate-key.js';
import { defineModel } from '../db/models.js';
import type { SessionLaunch } from './session.model.js';

export interface WaitingLaunch {
  launch: SessionLaunch;
  /** Path and query of ours that it leads to. */
  path: string;
}

interface EntryCode {
  /** SHA-256 of the code, or of the id that was sealed in it. */
  _id: string;
  /** Null for the mark of a used login code. */
  waiting: WaitingLaunch | null;
  expiresAt: Date;
}

const schema = new mongoose.Schema<EntryCode>({
  _id: { type: String, required: true },
  waiting: { type: mongoose.Schema.Types.Mixed, default: null },
  expiresAt: { type: Date, required: true },
});
schema.index({ expiresAt: 1 });
const EntryCodeModel = defineModel({
  name: 'EntryCode',
  collection: 'entryCodes',
  schema,
  shardKey: ['_id'],
  expires: 'expiresAt',
  backup: 'never',
  people: { otherwise: 'goes by itself within minutes' },
});

/** True for the first use of a login's code, false for every later one. */
export async function useLoginCode(options: { idHash: string; expiresAt: Date }): Promise<boolean> {
  const { idHash, expiresAt } = options;
  try {
    await EntryCodeModel.create({ _id: idHash, waiting: null, expiresAt });
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}

export async function keepWaitingLaunch(options: {
  codeHash: string;
  waiting: WaitingLaunch;
  expiresAt: Date;
}): Promise<void> {
  const { codeHash, waiting, expiresAt } = options;
  await EntryCodeModel.create({ _id: codeHash, waiting, expiresAt });
}

/** Takes the launch out, for one caller only. Null for a code that is unknown, used or late. */
export async function takeWaitingLaunch(options: {
  codeHash: string;
  now: Date;
}): Promise<WaitingLaunch | null> {
  const { codeHash, now } = options;
  const found = await EntryCodeModel.findOneAndDelete({
    _id: codeHash,
    waiting: mongoose.trusted({ $ne: null }),
    expiresAt: mongoose.trusted({ $gt: now }),
  }).lean();
  return found?.waiting ?? null;
}
