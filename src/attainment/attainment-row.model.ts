// What a stored attainment is made of. Knows no collection; attainment.model.ts brings it.
import mongoose from 'mongoose';
import type { RuleInForce } from './completion-rule.js';
import type { AttainmentResult } from './compute-attainment.js';
import type { ExcludedEvidence } from './explain-excluded.js';
import type { AttainmentScope } from './plan-attainment.js';
import type { ContributingEvidence } from './weigh-evidence.js';

export interface Attainment extends Omit<AttainmentResult, 'rule'> {
  user: string;
  deployment: string;
  scope: AttainmentScope;
  framework: string;
  item: string;
  /** Something was completed or tried in earnest; an opening alone is no attempt. */
  attempted: boolean;
  ruleSource: RuleInForce['source'];
  ruleRevision: number;
}

/** Hashes of the parts of a record, by which a new answer is compared with it (attainment-change.ts). */
export interface AttainmentMarks {
  demand: string;
  standing: string;
  pieces: string;
}

export interface StoredAttainment extends Attainment {
  _id: string;
  schemaVersion: number;
  /** Absent in records written before there were any: those are written anew as a whole. */
  marks?: AttainmentMarks;
  /** Until the outbox holds what is to be said of it; absent where nothing is. */
  untold?: true;
}

const required = { type: String, required: true };
const number = { type: Number, required: true };
const flag = { type: Boolean, required: true };
const when = { type: Date, default: null };
const contributing = new mongoose.Schema<ContributingEvidence>(
  {
    statementId: required,
    objectId: required,
    objectKind: required,
    kind: required,
    at: { type: Date, required: true },
    title: required,
    score: { type: Number, default: null },
  },
  { _id: false },
);
const excluded = new mongoose.Schema<ExcludedEvidence>(
  { statementId: required, objectId: required, reason: required },
  { _id: false },
);
export const attainmentSchema = new mongoose.Schema<StoredAttainment>({
  _id: required,
  schemaVersion: number,
  user: required,
  deployment: required,
  scope: {
    type: new mongoose.Schema<AttainmentScope>({ kind: required, id: required }, { _id: false }),
    required: true,
  },
  framework: required,
  item: required,
  attempted: flag,
  status: { type: String, enum: ['open', 'progress', 'achieved'], required: true },
  n: number,
  m: number,
  required: number,
  assessedRequired: number,
  assessedDone: number,
  selfReported: flag,
  score: { type: Number, default: null },
  mastery: { type: mongoose.Schema.Types.Mixed, default: null },
  contributing: [contributing],
  achievedBy: [contributing],
  excluded: [excluded],
  missing: {
    type: new mongoose.Schema({ more: number, assessed: number }, { _id: false }),
    required: true,
  },
  achievedAt: when,
  withdrawnAt: when,
  ruleSource: required,
  ruleRevision: number,
  parameters: { type: mongoose.Schema.Types.Mixed, required: true },
  asOf: { type: Date, required: true },
  marks: new mongoose.Schema<AttainmentMarks>(
    { demand: required, standing: required, pieces: required },
    { _id: false },
  ),
  untold: Boolean,
});
