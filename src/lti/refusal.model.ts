// The launch doctor's notes: each refused login, launch or registration as a plain reason with what was expected and seen.
// Never holds a name, an e-mail address, a sub or a token; capped in number here and in rate by note-refusal.ts.
import { randomUUID } from 'node:crypto';
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';

/** Where at the door it was refused. */
const REFUSED_STEPS = ['login', 'launch', 'registration'] as const;
export type RefusedStep = (typeof REFUSED_STEPS)[number];

export interface Refusal {
  _id: string;
  at: Date;
  /** Our id of the platform, where the login named one we know. */
  platform: string | null;
  /** Our id of the deployment that the login or the token named; null where neither did. */
  deployment: string | null;
  step: RefusedStep;
  code: string;
  status: number;
  /** Values of the code's words: which claim or parameter, what was expected, what was seen. */
  details: Record<string, string>;
  /** Names of the claims without their values. */
  claimNames: string[];
  /** The number the person was shown. */
  reference: string;
  expiresAt: Date;
}

const required = { type: String, required: true };
const schema = new mongoose.Schema<Refusal>({
  _id: required,
  at: { type: Date, required: true },
  platform: { type: String, default: null },
  deployment: { type: String, default: null },
  step: { type: String, enum: REFUSED_STEPS, required: true },
  code: required,
  status: { type: Number, required: true },
  details: { type: mongoose.Schema.Types.Mixed, required: true },
  claimNames: [String],
  reference: { type: String, default: '' },
  expiresAt: { type: Date, required: true },
});
schema.index({ expiresAt: 1 });
schema.index({ at: -1 });
schema.index({ platform: 1, at: -1 });
schema.index({ deployment: 1, at: -1 });
const RefusalModel = defineModel({
  name: 'Refusal',
  collection: 'launchRefusals',
  schema,
  shardKey: ['_id'],
  scatter: ['listRefusals', 'findRefusalPage', 'listRefusalCodes'],
  expires: 'expiresAt',
  people: 'nothing',
});

/** Keeps one note, unless `cap` are kept already. */
export async function insertRefusal(
  refusal: Omit<Refusal, '_id'>,
  options: { cap: number },
): Promise<void> {
  if ((await RefusalModel.estimatedDocumentCount()) >= options.cap) return;
  await RefusalModel.create({ _id: randomUUID(), ...refusal });
}

/** Whose notes somebody may read: all, those of a platform, or those of one deployment of it. */
export type RefusalScope =
  | { kind: 'all' }
  | { kind: 'platform'; platform: string }
  | { kind: 'deployment'; deployment: string };

/** Newest first; of one platform, or of all. */
export async function listRefusals(options: {
  platform?: string;
  now: Date;
  limit: number;
}): Promise<Refusal[]> {
  const { platform, now, limit } = options;
  const scope =
    platform === undefined ? { kind: 'all' as const } : { kind: 'platform' as const, platform };
  const found = await RefusalModel.find(inScope(scope, now)).sort({ at: -1 }).limit(limit).lean();
  return found.map(withDefaults);
}

/** One page, newest first, of one code where it is given, and of one platform. */
export async function findRefusalPage(options: {
  scope: RefusalScope;
  code?: string;
  platform?: string;
  now: Date;
  skip: number;
  limit: number;
}): Promise<{ refusals: Refusal[]; total: number }> {
  const { scope, code, platform, now, skip, limit } = options;
  const filter = {
    ...(platform === undefined ? {} : { platform }),
    ...inScope(scope, now),
    ...(code === undefined ? {} : { code }),
  };
  const [found, total] = await Promise.all([
    RefusalModel.find(filter).sort({ at: -1, _id: 1 }).skip(skip).limit(limit).lean(),
    RefusalModel.countDocuments(filter),
  ]);
  return { refusals: found.map(withDefaults), total };
}

/** The codes that occur, in order. */
export async function listRefusalCodes(options: {
  scope: RefusalScope;
  now: Date;
}): Promise<string[]> {
  const codes = await RefusalModel.distinct('code', inScope(options.scope, options.now));
  return codes.sort();
}

/** One note that lies in the scope, or null. */
export async function findRefusal(options: {
  refusal: string;
  scope: RefusalScope;
  now: Date;
}): Promise<Refusal | null> {
  const { refusal, scope, now } = options;
  const found = await RefusalModel.findOne({ _id: refusal, ...inScope(scope, now) }).lean();
  return found && withDefaults(found);
}

function inScope(scope: RefusalScope, now: Date) {
  const { kind, ...border } = scope;
  void kind;
  return { ...border, expiresAt: mongoose.trusted({ $gt: now }) };
}

/** Notes of earlier releases name no deployment. */
function withDefaults(refusal: Refusal): Refusal {
  return { ...refusal, deployment: refusal.deployment ?? null };
}
