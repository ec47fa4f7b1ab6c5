// Actors of other tools' statements about things of ours who are nobody we know by the source's rules. They are counted and
// shown, never guessed; when a rule or a person comes that fits, their statements are read again.
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';
import { repeatUpsert } from '../db/duplicate-key.js';
import { readAgentKey } from '../xapi/actor.js';

export interface UnmatchedActor {
  deployment: string;
  source: string;
  /** agentKey of the actor. */
  agentKey: string;
  /** Of the account, or the address. */
  name: string;
  homePage: string | null;
  statements: number;
  firstAt: Date;
  lastAt: Date;
}

interface StoredActor extends Omit<UnmatchedActor, 'name' | 'homePage'> {
  _id: string;
  /** Of the last statement that was counted, so that none is counted twice. */
  position: number;
  triedAt: Date;
}

/** As many names are enough to see what is wrong; further ones are counted in none. */
const MOST_OF_A_SOURCE = 5_000;

const required = { type: String, required: true };
const when = { type: Date, required: true };
const schema = new mongoose.Schema<StoredActor>({
  _id: required,
  deployment: required,
  source: required,
  agentKey: required,
  statements: { type: Number, required: true },
  position: { type: Number, required: true },
  firstAt: when,
  lastAt: when,
  triedAt: when,
});
schema.index({ deployment: 1, source: 1, lastAt: -1 });
schema.index({ deployment: 1, source: 1, triedAt: 1 });
const UnmatchedModel = defineModel({
  name: 'UnmatchedActor',
  collection: 'unmatchedActors',
  schema,
  shardKey: ['deployment'],
  people: {
    otherwise: 'names of accounts that are nobody we know; they go when somebody is found',
  },
});

/** Reading the same statements again counts nothing twice. */
export async function countUnmatched(options: {
  deployment: string;
  source: string;
  seen: readonly { agentKey: string; position: number; at: Date }[];
}): Promise<void> {
  const { deployment, source, seen } = options;
  if (seen.length === 0) return;
  const known = await UnmatchedModel.countDocuments({ deployment, source }).limit(MOST_OF_A_SOURCE);
  const isFull = known >= MOST_OF_A_SOURCE;
  const byActor = new Map<string, { position: number; at: Date }[]>();
  for (const { agentKey, ...one } of seen)
    byActor.set(agentKey, [...(byActor.get(agentKey) ?? []), one]);
  const ids = [...byActor.keys()].map((agentKey) => idOf({ source, agentKey }));
  const found = await UnmatchedModel.find(
    { _id: mongoose.trusted({ $in: ids }), deployment },
    { position: 1 },
  ).lean();
  const positions = new Map(found.map(({ _id, position }) => [_id, position]));
  const writes = [...byActor].flatMap(([agentKey, statements]) => {
    const _id = idOf({ source, agentKey });
    const before = positions.get(_id);
    const fresh = statements.filter(({ position }) => position > (before ?? 0));
    const last = fresh.at(-1);
    if (!last || (before === undefined && isFull)) return [];
    return [
      {
        updateOne: {
          filter: { _id, deployment },
          update: {
            $set: { position: last.position, lastAt: last.at },
            $inc: { statements: fresh.length },
            $setOnInsert: { source, agentKey, firstAt: fresh[0]?.at ?? last.at, triedAt: last.at },
          },
          upsert: true,
        },
      },
    ];
  });
  if (writes.length > 0)
    await repeatUpsert(() => UnmatchedModel.bulkWrite(writes, { ordered: true }));
}

/** Latest first, with how many there are in all. */
export async function listUnmatched(options: {
  deployment: string;
  source: string;
  limit: number;
}): Promise<{ actors: UnmatchedActor[]; total: number; statements: number }> {
  const { deployment, source, limit } = options;
  const [actors, [sums]] = await Promise.all([
    UnmatchedModel.find({ deployment, source }).sort({ lastAt: -1 }).limit(limit).lean(),
    UnmatchedModel.aggregate<{ total: number; statements: number }>([
      { $match: { deployment, source } },
      { $group: { _id: null, total: { $sum: 1 }, statements: { $sum: '$statements' } } },
    ]),
  ]);
  return {
    actors: actors.map(toActor),
    total: sums?.total ?? 0,
    statements: sums?.statements ?? 0,
  };
}

/** Those that were tried longest ago, and notes that they are tried now. */
export async function takeUnmatched(options: {
  deployment: string;
  source: string;
  before: Date;
  now: Date;
  limit: number;
}): Promise<UnmatchedActor[]> {
  const { deployment, source, before, now, limit } = options;
  const found = await UnmatchedModel.find({
    deployment,
    source,
    triedAt: mongoose.trusted({ $lt: before }),
  })
    .sort({ triedAt: 1 })
    .limit(limit)
    .lean();
  const ids = found.map(({ _id }) => _id);
  await UnmatchedModel.updateMany(
    { _id: mongoose.trusted({ $in: ids }), deployment },
    { $set: { triedAt: now } },
  );
  return found.map(toActor);
}

/** Rules changed: the next run tries all of them. */
export async function tryUnmatchedAgain(options: {
  deployment: string;
  source: string;
}): Promise<void> {
  const { deployment, source } = options;
  await UnmatchedModel.updateMany({ deployment, source }, { $set: { triedAt: new Date(0) } });
}

/** Somebody was found, and their statements were read again. */
export async function forgetUnmatched(options: {
  deployment: string;
  source: string;
  agentKeys: readonly string[];
}): Promise<void> {
  const { deployment, source, agentKeys } = options;
  const ids = agentKeys.map((agentKey) => idOf({ source, agentKey }));
  await UnmatchedModel.deleteMany({ _id: mongoose.trusted({ $in: ids }), deployment });
}

function idOf({ source, agentKey }: { source: string; agentKey: string }): string {
  return `${source}/${agentKey}`;
}

function toActor({
  deployment,
  source,
  agentKey,
  statements,
  firstAt,
  lastAt,
}: StoredActor): UnmatchedActor {
  const agent = readAgentKey(agentKey);
  const { name, homePage } = agent?.account ?? { name: agent?.mbox ?? agentKey, homePage: null };
  return { deployment, source, agentKey, name, homePage, statements, firstAt, lastAt };
}
