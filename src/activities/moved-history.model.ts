// History that outgrew its document. A record that holds its history inside moves the oldest revisions to documents of
// their own beyond a hundred, so that it never grows without end, and nothing is lost to a rebuild.
import mongoose from 'mongoose';
import { repeatUpsert } from '../db/duplicate-key.js';
import { defineModel } from '../db/models.js';

export interface Revision {
  revision: number;
  at: Date;
  by: string;
}

interface StoredPart {
  /** `OWNER/FIRST`: the id of the record it belongs to, and the first revision it holds. */
  _id: string;
  deployment: string;
  history: Revision[];
}

interface WithHistory<Entry extends Revision> {
  deployment: string;
  revision: number;
  history: Entry[];
}

interface MovedHistories<Entry extends Revision> {
  /** The history with `next` at its end, without what had to move; that is written first. */
  extend(options: {
    owner: string;
    deployment: string;
    history: Entry[];
    next: Entry;
  }): Promise<Entry[]>;
  /** The records of one deployment with their whole history, oldest revision first. */
  complete<Found extends WithHistory<Entry>>(options: {
    deployment: string;
    records: Found[];
    ownerOf: (record: Found) => string;
  }): Promise<Found[]>;
}

const MAX_HISTORY = 100;
const MOVED_AT_ONCE = 50;

/** The store of such parts for one model, whose revisions have the `shape`. */
export function createMovedHistories<Entry extends Revision>(options: {
  name: string;
  collection: string;
  shape: Record<string, unknown>;
}): MovedHistories<Entry> {
  const { name, collection, shape } = options;
  const required = { type: String, required: true };
  const schema = new mongoose.Schema<StoredPart>({
    _id: required,
    deployment: required,
    history: [shape],
  });
  const model = defineModel({
    name,
    collection,
    schema,
    shardKey: ['deployment'],
    people: { by: ['history.by'] },
  });
  return {
    async extend({ owner, deployment, history, next }) {
      if (history.length < MAX_HISTORY) return [...history, next];
      const moved = history.slice(0, MOVED_AT_ONCE);
      const _id = partId(owner, moved[0]?.revision ?? 0);
      await repeatUpsert(() =>
        model.updateOne({ _id, deployment }, { $set: { history: moved } }, { upsert: true }),
      );
      return [...history.slice(MOVED_AT_ONCE), next];
    },
    async complete({ deployment, records, ownerOf }) {
      const ids = records.flatMap((record) =>
        listFirsts(record).map((first) => partId(ownerOf(record), first)),
      );
      if (ids.length === 0) return records;
      const parts = await model
        .find({ _id: mongoose.trusted({ $in: ids }), deployment })
        .lean<{ _id: string; history: Entry[] }[]>();
      const byId = new Map(parts.map(({ _id, history }) => [_id, history]));
      return records.map((record) => {
        const moved = listFirsts(record).flatMap(
          (first) => byId.get(partId(ownerOf(record), first)) ?? [],
        );
        return { ...record, history: inOrder([...moved, ...record.history]) };
      });
    },
  };
}

/** Time of a revision is after that of the one before, so that histories have one order. */
export function laterThan(history: readonly Revision[], now: Date): Date {
  const last = history.at(-1)?.at.getTime() ?? 0;
  return new Date(Math.max(now.getTime(), last + 1));
}

/** First revisions of the parts that were moved out of a record. */
function listFirsts({ revision, history }: { revision: number; history: Revision[] }): number[] {
  const parts = Math.ceil((revision - history.length) / MOVED_AT_ONCE);
  return Array.from({ length: parts }, (_, part) => part * MOVED_AT_ONCE + 1);
}

function partId(owner: string, first: number): string {
  return `${owner}/${first}`;
}

/** A part that was moved by a write that then failed is here twice. */
function inOrder<Entry extends Revision>(history: Entry[]): Entry[] {
  const byRevision = new Map(history.map((entry) => [entry.revision, entry]));
  return [...byRevision.values()].sort((a, b) => a.revision - b.revision);
}
