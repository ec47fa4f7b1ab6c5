// One-time addresses of downloads: a ticket opens one file once, within a minute. Kept as a hash, so that what the database
// holds opens nothing.
import { createHash, randomBytes } from 'node:crypto';
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';

const TOKEN_BYTES = 32;
const LIFE_MS = 60_000;

interface FileTicket {
  /** SHA-256 of the token. */
  _id: string;
  deployment: string;
  file: string;
  expiresAt: Date;
}

const required = { type: String, required: true };
const schema = new mongoose.Schema<FileTicket>({
  _id: required,
  deployment: required,
  file: required,
  expiresAt: { type: Date, required: true },
});
schema.index({ expiresAt: 1 });
const TicketModel = defineModel({
  name: 'FileTicket',
  collection: 'fileTickets',
  schema,
  shardKey: ['_id'],
  expires: 'expiresAt',
  backup: 'never',
  people: { otherwise: 'goes by itself within a minute' },
});

/** The token that opens the file. */
export async function createTicket(options: {
  deployment: string;
  file: string;
  now: Date;
}): Promise<string> {
  const { deployment, file, now } = options;
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const expiresAt = new Date(now.getTime() + LIFE_MS);
  await TicketModel.create({ _id: hashOf(token), deployment, file, expiresAt });
  return token;
}

/** Uses the ticket up, for one caller only. Null for a token that is unknown, used or late. */
export async function takeTicket(options: {
  token: string;
  now: Date;
}): Promise<{ deployment: string; file: string } | null> {
  const { token, now } = options;
  return TicketModel.findOneAndDelete(
    { _id: hashOf(token), expiresAt: mongoose.trusted({ $gt: now }) },
    { projection: { _id: 0, deployment: 1, file: 1 } },
  ).lean();
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
