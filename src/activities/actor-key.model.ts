// Who an xAPI actor is here: the canonical key of the agent, to our user. Written before the first statement about a
// person is enqueued, so that the projection can tell whose statement it reads. Also says in which courses the person
// is a learner: staff and test users launch too, but never enter evidence.
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';
import { repeatUpsert } from './repeat-upsert.js';

export interface KnownActor {
  agentKey: string;
  deployment: string;
  user: string;
  /** Our ids of the courses in which the person launched as a learner. */
  learnerIn: string[];
}

interface StoredActor extends KnownActor {
  _id: string;
  schemaVersion: number;
}

const SCHEMA_VERSION = 1;

const required = { type: String, required: true };
const schema = new mongoose.Schema<StoredActor>({
  _id: required,
  schemaVersion: { type: Number, required: true },
  agentKey: required,
  deployment: required,
  user: required,
  learnerIn: [String],
});
schema.index({ agentKey: 1 });
const ActorModel = defineModel({
  name: 'ActorKey',
  collection: 'actorKeys',
  schema,
  shardKey: ['deployment'],
  scatter: ['listActors'],
});

/** Idempotent; writes only what is not there yet. `learnerIn` is the course of a learner's launch, null for everybody else. */
export async function recordActor(options: {
  agentKey: string;
  deployment: string;
  user: string;
  learnerIn: string | null;
}): Promise<void> {
  const { agentKey, deployment, user, learnerIn } = options;
  const _id = `${deployment}/${agentKey}`;
  const known = await ActorModel.findOne({ _id, deployment }).select({ learnerIn: 1 }).lean();
  if (known && (learnerIn === null || known.learnerIn.includes(learnerIn))) return;
  await repeatUpsert(() =>
    ActorModel.updateOne(
      { _id, deployment },
      {
        $setOnInsert: { schemaVersion: SCHEMA_VERSION, agentKey, user },
        $addToSet: { learnerIn: { $each: learnerIn === null ? [] : [learnerIn] } },
      },
      { upsert: true },
    ),
  );
}

/** The people behind agent keys, in every deployment that knows them. */
export async function listActors(options: { agentKeys: readonly string[] }): Promise<KnownActor[]> {
  const found = await ActorModel.find({
    agentKey: mongoose.trusted({ $in: [...options.agentKeys] }),
  }).lean();
  return found.map(({ agentKey, deployment, user, learnerIn }) => ({
    agentKey,
    deployment,
    user,
    learnerIn,
  }));
}
