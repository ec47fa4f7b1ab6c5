// What a course's instructors said of the reports of outcomes they brought in: which competency each outcome is, and which of
// the report's courses this one is. One document a course; the last word stands.
import mongoose from 'mongoose';
import { repeatUpsert } from '../db/duplicate-key.js';
import { defineModel } from '../db/models.js';

export interface MatchedOutcome {
  /** Canvas's id of the outcome. */
  outcome: string;
  framework: string;
  /** Null for one that is left out. */
  item: string | null;
}

interface StoredMatch {
  _id: string;
  schemaVersion: number;
  deployment: string;
  course: string;
  outcomes: MatchedOutcome[];
  /** The report's id of this course; null while nobody had to say. */
  reported: string | null;
  by: string;
  at: Date;
}

const SCHEMA_VERSION = 1;
const MOST_OUTCOMES = 2_000;

const required = { type: String, required: true };
const schema = new mongoose.Schema<StoredMatch>({
  _id: required,
  schemaVersion: { type: Number, required: true },
  deployment: required,
  course: required,
  outcomes: [
    { _id: false, outcome: required, framework: required, item: { type: String, default: null } },
  ],
  reported: { type: String, default: null },
  by: required,
  at: { type: Date, required: true },
});
const MatchModel = defineModel({
  name: 'OutcomeMatch',
  collection: 'outcomeMatches',
  schema,
  shardKey: ['deployment'],
  people: { by: ['by'] },
});

export async function findOutcomeMatches(options: {
  deployment: string;
  course: string;
}): Promise<{ outcomes: MatchedOutcome[]; reported: string | null }> {
  const { deployment, course } = options;
  const found = await MatchModel.findOne({ _id: idOf(options), deployment, course }).lean();
  return { outcomes: found?.outcomes ?? [], reported: found?.reported ?? null };
}

/** Keeps what was said now; what other reports said of other outcomes stays. */
export async function recordOutcomeMatches(options: {
  deployment: string;
  course: string;
  matched: readonly MatchedOutcome[];
  reported: string | null;
  by: string;
  now: Date;
}): Promise<void> {
  const { deployment, course, matched, reported, by, now } = options;
  const before = await findOutcomeMatches({ deployment, course });
  const keyOf = (one: MatchedOutcome) => `${one.framework}/${one.outcome}`;
  const all = new Map([...before.outcomes, ...matched].map((one) => [keyOf(one), one]));
  await repeatUpsert(() =>
    MatchModel.updateOne(
      { _id: idOf(options), deployment },
      {
        $set: {
          outcomes: [...all.values()].slice(-MOST_OUTCOMES),
          reported: reported ?? before.reported,
          by,
          at: now,
        },
        $setOnInsert: { course, schemaVersion: SCHEMA_VERSION },
      },
      { upsert: true },
    ),
  );
}

function idOf({ deployment, course }: { deployment: string; course: string }): string {
  return `${deployment}/${course}`;
}
