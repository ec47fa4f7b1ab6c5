// Makes noted engine calls again: the same commands, those of one wave together. What a launch inserted gets new ids each
// time, also where its later calls name them, so that inserts do not meet what an earlier replay left.
import { randomBytes } from 'node:crypto';
import mongoose from 'mongoose';
import { z } from 'zod';
import type { EngineCall, RequestCalls } from './peer-protocol.js';

const { EJSON } = mongoose.mongo.BSON;
/** Set by the driver for each message. */
const MESSAGE_FIELDS = [
  '$db',
  'lsid',
  '$clusterTime',
  'txnNumber',
  '$readPreference',
  'apiVersion',
];
const Inserted = z.object({ documents: z.array(z.object({ _id: z.string() })) });

export interface Replay {
  steps: number;
  /** Calls of a step that came before its answer. */
  before(step: number): Promise<void>;
  after(step: number): Promise<void>;
}

type Command = Record<string, unknown>;
interface Step {
  before: Command[][];
  after: Command[][];
}

/** Parses the calls once; each call of the answer is one more launch with ids of its own. */
export function compileCalls(options: {
  db: mongoose.mongo.Db;
  steps: RequestCalls[];
}): () => Replay {
  const { db } = options;
  const inserted = new Set<string>();
  const steps = options.steps.map(({ calls }): Step => {
    for (const id of calls.flatMap(insertedIds)) inserted.add(id);
    return {
      before: intoWaves(calls.filter((call) => !call.afterAnswer)),
      after: intoWaves(calls.filter((call) => call.afterAnswer)),
    };
  });

  return () => {
    const fresh = new Map([...inserted].map((id) => [id, freshLike(id)]));
    const play = async (waves: Command[][]) => {
      for (const wave of waves)
        await Promise.all(
          wave.map((command) => db.command(replaceIds(command, fresh) as mongoose.mongo.Document)),
        );
    };
    return {
      steps: steps.length,
      before: (step) => play(steps[step]?.before ?? []),
      after: (step) => play(steps[step]?.after ?? []),
    };
  };
}

function insertedIds(call: EngineCall): string[] {
  if (call.command !== 'insert') return [];
  const read = Inserted.safeParse(EJSON.parse(call.document));
  return read.success ? read.data.documents.map((document) => document._id) : [];
}

function intoWaves(calls: EngineCall[]): Command[][] {
  const waves = new Map<number, Command[]>();
  for (const call of calls) {
    const wave = waves.get(call.wave) ?? [];
    wave.push(readCommand(call));
    waves.set(call.wave, wave);
  }
  return [...waves.values()];
}

/** A cursor of another run cannot be read on: a ping stands for it. */
function readCommand(call: EngineCall): Command {
  if (call.command === 'getMore') return { ping: 1 };
  const command = EJSON.parse(call.document, { relaxed: false }) as Command;
  for (const field of MESSAGE_FIELDS) delete command[field];
  return command;
}

function freshLike(id: string): string {
  return randomBytes(id.length).toString('hex').slice(0, id.length);
}

/** Copies what holds an id; everything else is sent as it was noted. */
function replaceIds(value: unknown, fresh: Map<string, string>): unknown {
  if (typeof value === 'string') return fresh.get(value) ?? value;
  if (Array.isArray(value)) return value.map((one) => replaceIds(one, fresh));
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, replaceIds(part, fresh)]),
  );
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  );
}
