// Who an xAPI actor is here: the canonical key of the agent, to our user. Written before the first statement about a
// person is enqueued, so that the projection can tell whose statement it reads. Also says in which courses the person
// is a learner: staff and test users launch too, but never enter evidence.
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';
import { repeatUpsert } from '../db/duplicate-key.js';

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
/** A person has one for each way a deployment ever chose to name learners. */
const MOST_OF_ONE = 100;

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
schema.index({ deployment: 1, user: 1 });
const ActorModel = defineModel({
  name: 'ActorKey',
  collection: 'actorKeys',
  schema,
  shardKey: ['deployment'],
  scatter: ['listActors'],
  people: { about: ['user'] },
});

export interface ToldActor {
  agentKey: string;
  deployment: string;
  user: string;
  /** The course of a learner's launch, null for everybody else. */
  learnerIn: string | null;
}

/** Idempotent; one read a deployment, and one write where something is not there yet. */
export async function recordActors(options: { actors: readonly ToldActor[] }): Promise<void> {
  const { actors } = options;
  const deployments = new Set(actors.map(({ deployment }) => deployment));
  await Promise.all(
    [...deployments].map((deployment) =>
      recordActorsOf(
        deployment,
        actors.filter((one) => one.deployment === deployment),
      ),
    ),
  );
}

async function recordActorsOf(deployment: string, actors: readonly ToldActor[]): Promise<void> {
  const idOf = ({ agentKey }: ToldActor) => `${deployment}/${agentKey}`;
  const found = await ActorModel.find({
    _id: mongoose.trusted({ $in: [...new Set(actors.map(idOf))] }),
    deployment,
  })
    .select({ learnerIn: 1 })
    .lean();
  const known = new Map(found.map(({ _id, learnerIn }) => [_id, learnerIn]));
  const news = actors.filter((one) => {
    const courses = known.get(idOf(one));
    return !courses || (one.learnerIn !== null && !courses.includes(one.learnerIn));
  });
  if (news.length === 0) return;
  const writes = news.map((one) => ({
    updateOne: {
      filter: { _id: idOf(one), deployment },
      update: {
        $setOnInsert: {
          schemaVersion: SCHEMA_VERSION,
          agentKey: one.agentKey,
          user: one.user,
        },
        $addToSet: { learnerIn: { $each: one.learnerIn === null ? [] : [one.learnerIn] } },
      },
      upsert: true,
    },
  }));
  await repeatUpsert(() => ActorModel.bulkWrite(writes, { ordered: true }));
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

/** In which courses each of these people launched as a learner; who did in none is absent. */
export async function listLearnerCourses(options: {
  deployment: string;
  users: readonly string[];
}): Promise<Map<string, string[]>> {
  const { deployment, users } = options;
  const found = await ActorModel.find(
    { deployment, user: mongoose.trusted({ $in: [...users] }) },
    { _id: 0, user: 1, learnerIn: 1 },
  )
    .limit(users.length * MOST_OF_ONE)
    .lean();
  const courses = new Map<string, string[]>();
  for (const { user, learnerIn } of found)
    if (learnerIn.length > 0)
      courses.set(user, [...new Set([...(courses.get(user) ?? []), ...learnerIn])]);
  return courses;
}

/** How statements of a deployment name a person. */
export async function listActorsOf(options: {
  deployment: string;
  user: string;
}): Promise<Pick<KnownActor, 'agentKey'>[]> {
  const { deployment, user } = options;
  return ActorModel.find({ deployment, user }, { _id: 0, agentKey: 1 }).limit(MOST_OF_ONE).lean();
}
