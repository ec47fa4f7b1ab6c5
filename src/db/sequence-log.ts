// Numbers for an append-only log with many writers (outbox, LRS) that no reader can miss: a number becomes visible only
// when all smaller ones are written or given up. A gap that stays too long is closed by a tombstone at its place; the
// unique index on (log, position) then refuses the late writer, who takes a new number. No transaction is needed.
// How far a process has looked it remembers, and forgets it when a restore put another log in the place of this one.
import mongoose from 'mongoose';
import { isDuplicateKey, listRefusedInserts } from './duplicate-key.js';
import { defineModel } from './models.js';

const SCAN_LIMIT = 1_000;
const REMEMBER_EVERY = 500;
const MS_US = 1_000;
const POSITION_INDEX = /(^|_)position_/;

interface Sequence {
  _id: string;
  /** The last number given out. */
  last: number;
  /** The moment given out with it, in microseconds of the database's clock: later than every one before. */
  lastUs?: number;
  /** Where a scan may begin: everything up to here is visible. Lags behind, never ahead. */
  visibleThrough?: number;
}

const schema = new mongoose.Schema<Sequence>({
  _id: { type: String, required: true },
  last: { type: Number, required: true },
  lastUs: Number,
  visibleThrough: Number,
});
const SequenceModel = defineModel({
  name: 'Sequence',
  collection: 'sequences',
  schema,
  shardKey: ['_id'],
  backup: 'late',
  people: 'nothing',
});

export interface SequenceLogStore<Entry> {
  /** Name of the log; the `log` field of its documents. */
  log: string;
  /** After this long a gap is given up. Longer than any writer takes between its number and its insert. */
  giveUpAfterMs: number;
  /** Positions of this log above `after`, ascending, tombstones included. */
  listPositions(options: { after: number; limit: number }): Promise<number[]>;
  /**
   * One unordered `insertMany`; its errors go through. `firstUs` is a moment for the first of the entries, the next has
   * the next microsecond: in the order of positions, moments strictly increase over the whole log.
   */
  insert(entries: (Entry & { log: string; position: number })[], firstUs: number): Promise<unknown>;
  /** Inserts a document that only holds the place; readers of the log leave it out. */
  insertTombstone(place: { log: string; position: number; now: Date }): Promise<unknown>;
}

export interface SequenceLog<Entry> {
  /**
   * Numbers and inserts entries. The insert is the fact. Entries that another unique index refuses (the same id again)
   * come back in `duplicates`, and their numbers are given up at once. Throws what the store throws otherwise.
   */
  append(options: { entries: Entry[]; now: Date }): Promise<{
    appended: (Entry & { log: string; position: number })[];
    duplicates: Entry[];
  }>;
  /** The highest position up to which nothing is missing; 0 for an empty log. Closes gaps that are old enough. */
  findVisibleThrough(options: { now: Date }): Promise<number>;
}

/** How far a process has looked in the log. Another log in its place is looked at anew, in a new object. */
interface Look {
  mark: number;
  /** What the database was told of the mark. */
  remembered: number;
  /** The mark's own place was found, or it is the beginning. While it is, the log is the one that was looked at. */
  isFound: boolean;
  /** When each gap was first seen. */
  gapsSeen: Map<number, number>;
}

/** One instance per log and process: it remembers how far it has looked and since when it sees a gap. */
export function createSequenceLog<Entry extends object>(
  store: SequenceLogStore<Entry>,
): SequenceLog<Entry> {
  let look: Look | null = null;

  const giveUp = async (position: number, now: Date) => {
    try {
      await store.insertTombstone({ log: store.log, position, now });
    } catch (error) {
      if (!isDuplicateKey(error)) throw error; // the writer was quicker: the place is taken either way
    }
  };

  /** The look of before; where its mark was never found in the log, what the database says of it now. */
  const resume = async (): Promise<Look> => {
    if (look?.isFound === true) return look;
    const mark = await recallMark(store.log);
    if (look?.mark !== mark) {
      look = { mark, remembered: mark, isFound: false, gapsSeen: new Map<number, number>() };
    }
    return look;
  };

  /**
   * Walks one page from the mark's own place on: up to the first gap that must still be waited for, noting since when
   * later gaps are seen. Where that place is empty and was not before, the log was replaced, and nothing is looked at.
   */
  const advance = async (at: Look, now: Date): Promise<'more' | 'end' | 'replaced'> => {
    const from = at.mark;
    const listed = await store.listPositions({ after: from - 1, limit: SCAN_LIMIT });
    const isListed = listed[0] === from;
    const isFound = isListed || from === 0;
    if (at.isFound && !isFound) return 'replaced';
    let through = from;
    let looked = from;
    for (const position of isListed ? listed.slice(1) : listed) {
      for (let missing = looked + 1; missing < position; missing += 1) {
        const isOld = isOldGap({ at, position: missing, now });
        if (!isOld || through !== missing - 1) continue;
        await giveUp(missing, now);
        at.gapsSeen.delete(missing);
        through = missing;
      }
      if (through === position - 1) through = position;
      at.gapsSeen.delete(position);
      looked = position;
    }
    at.isFound ||= isFound || through > from;
    at.mark = Math.max(at.mark, through);
    return through !== looked || listed.length < SCAN_LIMIT ? 'end' : 'more';
  };

  /** Notes a gap at first sight; true once it was seen long enough ago. */
  const isOldGap = ({ at, position, now }: { at: Look; position: number; now: Date }) => {
    const since = at.gapsSeen.get(position) ?? now.getTime();
    at.gapsSeen.set(position, since);
    return now.getTime() - since >= store.giveUpAfterMs;
  };

  return {
    async append({ entries, now }) {
      const appended: (Entry & { log: string; position: number })[] = [];
      const duplicates: Entry[] = [];
      let waiting = entries;
      while (waiting.length > 0) {
        const { first, firstUs } = await allocatePlaces({
          log: store.log,
          count: waiting.length,
        });
        if (look && first <= look.mark) look = null; // numbers begin again: the log was replaced
        const placed = waiting.map((entry, index) => ({
          ...entry,
          log: store.log,
          position: first + index,
        }));
        const refused = await insertPlaced(store, placed, firstUs);
        const late: Entry[] = [];
        for (const [index, entry] of waiting.entries()) {
          const indexName = refused.get(index);
          const place = placed[index];
          if (place === undefined) continue;
          if (indexName === undefined) appended.push(place);
          else if (POSITION_INDEX.test(indexName)) late.push(entry);
          else {
            duplicates.push(entry);
            await giveUp(place.position, now);
          }
        }
        waiting = late;
      }
      return { appended, duplicates };
    },

    async findVisibleThrough({ now }) {
      let at = await resume();
      for (;;) {
        const step = await advance(at, now);
        if (step === 'end') break;
        if (step === 'more') continue;
        if (look === at) look = null;
        at = await resume();
      }
      if (at.mark - at.remembered >= REMEMBER_EVERY) {
        at.remembered = at.mark;
        await rememberMark(store.log, at.mark);
      }
      return at.mark;
    },
  };
}

/** Takes `count` numbers of a log in one step and returns the first of them. Numbers begin at 1. */
export async function allocateNumbers(options: { log: string; count: number }): Promise<number> {
  const { first } = await allocatePlaces(options);
  return first;
}

/**
 * The last number given out with its moment (zeros for an empty log), and the database's clock as it was then: every
 * later number has a later moment than both.
 */
export async function readLastPlace(options: {
  log: string;
}): Promise<{ last: number; lastUs: number; clockUs: number }> {
  const [place] = await SequenceModel.aggregate<{ last: number; lastUs: number; clock: Date }>([
    { $match: { _id: options.log } },
    { $project: { last: 1, lastUs: 1, clock: '$$NOW' } },
  ]);
  if (!place) return { last: 0, lastUs: 0, clockUs: 0 };
  const { last, lastUs, clock } = place;
  return { last, lastUs: lastUs ?? 0, clockUs: clock.getTime() * MS_US };
}

/** Numbers and moments in one step, so that both have the same order: a moment is now, or just after the one before. */
async function allocatePlaces(options: {
  log: string;
  count: number;
}): Promise<{ first: number; firstUs: number }> {
  const { log, count } = options;
  const clockUs = { $multiply: [{ $toLong: '$$NOW' }, MS_US] };
  const take = () =>
    SequenceModel.findOneAndUpdate(
      { _id: log },
      [
        {
          $set: {
            last: { $add: [{ $ifNull: ['$last', 0] }, count] },
            lastUs: {
              $max: [
                { $add: [{ $ifNull: ['$lastUs', 0] }, count] },
                { $add: [clockUs, count - 1] },
              ],
            },
          },
        },
      ],
      { upsert: true, returnDocument: 'after', updatePipeline: true },
    ).lean();
  const sequence = await take().catch((error: unknown) => {
    if (isDuplicateKey(error)) return take(); // two first writers: the other made the record
    throw error;
  });
  if (sequence === null) throw new Error(`no numbers for the log ${log}`);
  return { first: sequence.last - count + 1, firstUs: (sequence.lastUs ?? 0) - count + 1 };
}

async function recallMark(log: string): Promise<number> {
  const sequence = await SequenceModel.findOne({ _id: log }, { visibleThrough: 1, last: 1 }).lean();
  return Math.min(sequence?.visibleThrough ?? 0, sequence?.last ?? 0);
}

/** Leaves a log alone that gave out fewer numbers: it was replaced in this moment. */
async function rememberMark(log: string, mark: number): Promise<void> {
  await SequenceModel.updateOne(
    { _id: log, last: mongoose.trusted({ $gte: mark }) },
    { $max: { visibleThrough: mark } },
  );
}

async function insertPlaced<Entry>(
  store: SequenceLogStore<Entry>,
  placed: (Entry & { log: string; position: number })[],
  firstUs: number,
): Promise<Map<number, string>> {
  try {
    await store.insert(placed, firstUs);
    return new Map();
  } catch (error) {
    return new Map(listRefusedInserts(error).map(({ index, indexName }) => [index, indexName]));
  }
}
