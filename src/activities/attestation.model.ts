// Attestations: a named person vouches that a learner has a competency, or awards prior learning for it, with a note and
// what it rests on. The record is the fact; the statements it means are told until they are in the outbox. Taken back it
// stays, with who did it, when and why.
import mongoose from 'mongoose';
import { isDuplicateKey } from '../db/duplicate-key.js';
import { defineModel } from '../db/models.js';

export const ATTESTATION_KINDS = ['attestation', 'prior-learning'] as const;

export interface Attestation {
  /** A UUID that the form brought, so that a form sent twice is one attestation. */
  id: string;
  deployment: string;
  course: string;
  /** Of whom. */
  user: string;
  framework: string;
  item: string;
  kind: (typeof ATTESTATION_KINDS)[number];
  note: string;
  link: string | null;
  /** Id of the stored file. */
  document: string | null;
  /** Who vouches. */
  by: string;
  at: Date;
  statementId: string;
  withdrawn: { by: string; at: Date; reason: string } | null;
}

interface StoredAttestation extends Omit<Attestation, 'id'> {
  _id: string;
  schemaVersion: number;
  /** False until the statements of the last change are in the outbox. */
  told: boolean;
  changedAt: Date;
}

const SCHEMA_VERSION = 1;
const MOST_LISTED = 200;

const required = { type: String, required: true };
const optional = { type: String, default: null };
const when = { type: Date, required: true };
const schema = new mongoose.Schema<StoredAttestation>({
  _id: required,
  schemaVersion: { type: Number, required: true },
  deployment: required,
  course: required,
  user: required,
  framework: required,
  item: required,
  kind: { type: String, enum: ATTESTATION_KINDS, required: true },
  note: required,
  link: optional,
  document: optional,
  by: required,
  at: when,
  statementId: required,
  withdrawn: {
    type: new mongoose.Schema({ by: required, at: when, reason: required }, { _id: false }),
    default: null,
  },
  told: { type: Boolean, required: true },
  changedAt: when,
});
schema.index({ deployment: 1, user: 1, item: 1, at: -1 });
schema.index({ changedAt: 1 }, { partialFilterExpression: { told: false }, name: 'untold' });
const AttestationModel = defineModel({
  name: 'Attestation',
  collection: 'attestations',
  people: { about: ['user'], course: 'course', by: ['by', 'withdrawn.by'] },
  schema,
  shardKey: ['deployment'],
  scatter: ['listUntoldAttestations'],
});

/** This write is the fact. False where the same form came before; nothing is changed then. */
export async function insertAttestation(attestation: Attestation): Promise<boolean> {
  const { id, at, ...rest } = attestation;
  const state = { schemaVersion: SCHEMA_VERSION, told: false, changedAt: at };
  try {
    await AttestationModel.create({ _id: id, ...rest, at, ...state });
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}

/** This write is the fact. Null where it is none of this course or was taken back before: the first reason stands. */
export async function setWithdrawn(options: {
  deployment: string;
  course: string;
  attestation: string;
  withdrawn: NonNullable<Attestation['withdrawn']>;
}): Promise<Attestation | null> {
  const { deployment, course, attestation, withdrawn } = options;
  const found = await AttestationModel.findOneAndUpdate(
    { _id: attestation, deployment, course, withdrawn: null },
    { $set: { withdrawn, told: false, changedAt: withdrawn.at } },
    { returnDocument: 'after' },
  ).lean();
  return found && toAttestation(found);
}

export async function findAttestation(options: {
  deployment: string;
  course: string;
  attestation: string;
}): Promise<Attestation | null> {
  const { deployment, course, attestation } = options;
  const found = await AttestationModel.findOne({ _id: attestation, deployment, course }).lean();
  return found && toAttestation(found);
}

/** Of one learner in one competency, newest first; of one course where it is given. */
export async function listAttestations(options: {
  deployment: string;
  user: string;
  framework: string;
  item: string;
  course?: string;
}): Promise<Attestation[]> {
  const { deployment, user, framework, item, course } = options;
  const found = await AttestationModel.find({
    deployment,
    user,
    framework,
    item,
    ...(course === undefined ? {} : { course }),
  })
    .sort({ at: -1 })
    .limit(MOST_LISTED)
    .lean();
  return found.map(toAttestation);
}

/** Call it after its statements are in the outbox. */
export async function markAttestationTold(options: { attestation: Attestation }): Promise<void> {
  const { id, deployment, withdrawn } = options.attestation;
  const state = withdrawn === null ? { withdrawn: null } : {};
  await AttestationModel.updateOne({ _id: id, deployment, ...state }, { $set: { told: true } });
}

/** Changes whose statements may not be in the outbox, oldest first. */
export async function listUntoldAttestations(options: {
  before: Date;
  limit: number;
}): Promise<Attestation[]> {
  const { before, limit } = options;
  const found = await AttestationModel.find({
    told: false,
    changedAt: mongoose.trusted({ $lte: before }),
  })
    .sort({ changedAt: 1 })
    .limit(limit)
    .lean();
  return found.map(toAttestation);
}

function toAttestation(stored: StoredAttestation): Attestation {
  const { _id, schemaVersion, told, changedAt, ...rest } = stored;
  void [schemaVersion, told, changedAt];
  return { id: _id, ...rest };
}
