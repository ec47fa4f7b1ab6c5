// One record a learner and gradebook column: who sends just now, the last time stamp that was used, and what the platform
// took last. The stamp is written before the score goes out, so that a sender that was killed is followed by a later one.
import mongoose from 'mongoose';
import { isDuplicateKey } from '../db/duplicate-key.js';
import { defineModel } from '../db/models.js';
import type { GivenScore } from './choose-score.js';

export interface ScoreLaneKey {
  deployment: string;
  user: string;
  lineItemUrl: string;
}

export interface ScoreLane {
  lastTimestamp: Date | null;
  taken: GivenScore | null;
}

interface StoredLane extends ScoreLane {
  _id: string;
  deployment: string;
  schemaVersion: number;
  /** This sender; null while nobody sends. */
  token: string | null;
  claimedUntil: Date;
}

const SCHEMA_VERSION = 1;

const required = { type: String, required: true };
const number = { type: Number, required: true };
const schema = new mongoose.Schema<StoredLane>({
  _id: required,
  deployment: required,
  schemaVersion: number,
  token: { type: String, default: null },
  claimedUntil: { type: Date, required: true },
  lastTimestamp: { type: Date, default: null },
  taken: {
    type: new mongoose.Schema(
      { scoreGiven: number, scoreMaximum: number, at: { type: Date, required: true } },
      { _id: false },
    ),
    default: null,
  },
});
const LaneModel = defineModel({
  name: 'ScoreLane',
  collection: 'scoreLanes',
  schema,
  shardKey: ['deployment'],
  people: { aboutInId: 'slashed' },
});

/** The lane as it stands, for one sender at a time; null while another one has it. Ends by its time. */
export async function claimLane(options: {
  lane: ScoreLaneKey;
  token: string;
  now: Date;
  until: Date;
}): Promise<ScoreLane | null> {
  const { lane, token, now, until } = options;
  try {
    const found = await LaneModel.findOneAndUpdate(
      {
        _id: idOf(lane),
        deployment: lane.deployment,
        claimedUntil: mongoose.trusted({ $lte: now }),
      },
      {
        $set: { token, claimedUntil: until },
        $setOnInsert: { schemaVersion: SCHEMA_VERSION, lastTimestamp: null, taken: null },
      },
      { upsert: true, returnDocument: 'after' },
    ).lean();
    return { lastTimestamp: found.lastTimestamp, taken: found.taken };
  } catch (error) {
    if (isDuplicateKey(error)) return null;
    throw error;
  }
}

/** Before sending: keeps the stamp that is used now. False for a sender whose claim another one has by now. */
export async function stampLane(options: {
  lane: ScoreLaneKey;
  token: string;
  timestamp: Date;
  until: Date;
}): Promise<boolean> {
  const { lane, token, timestamp, until } = options;
  const { matchedCount } = await LaneModel.updateOne(
    { _id: idOf(lane), deployment: lane.deployment, token },
    { $set: { claimedUntil: until }, $max: { lastTimestamp: timestamp } },
  );
  return matchedCount === 1;
}

/** What the platform took. */
export async function keepTaken(options: { lane: ScoreLaneKey; taken: GivenScore }): Promise<void> {
  const { lane, taken } = options;
  const { scoreGiven, scoreMaximum, at } = taken;
  await LaneModel.updateOne(
    { _id: idOf(lane), deployment: lane.deployment },
    { $set: { taken: { scoreGiven, scoreMaximum, at } } },
  );
}

/** Lets the next sender in at once. */
export async function releaseLane(options: {
  lane: ScoreLaneKey;
  token: string;
  now: Date;
}): Promise<void> {
  const { lane, token, now } = options;
  await LaneModel.updateOne(
    { _id: idOf(lane), deployment: lane.deployment, token },
    { $set: { token: null, claimedUntil: now } },
  );
}

function idOf({ deployment, user, lineItemUrl }: ScoreLaneKey): string {
  return `${deployment}/${user}/${lineItemUrl}`;
}
