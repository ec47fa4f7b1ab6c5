import { expect } from 'chai';
import mongoose from 'mongoose';
import { defineModel } from '../../src/db/models.js';
import { allocateNumbers, createSequenceLog, type SequenceLog } from '../../src/db/sequence-log.js';
import { createGate } from '../support/gate.js';

const GIVE_UP_MS = 5_000;
const start = new Date('2026-03-01T08:00:00Z');
const later = (ms: number) => new Date(start.getTime() + ms);

interface Entry {
  _id: string;
  text: string;
}
interface Stored {
  _id: string;
  log: string;
  position: number;
  text?: string;
  isGap?: boolean;
}

const schema = new mongoose.Schema<Stored>({
  _id: String,
  log: String,
  position: Number,
  text: String,
  isGap: Boolean,
});
schema.index({ log: 1, position: 1 }, { unique: true });
const EntryModel = defineModel({
  name: 'TestLogEntry',
  collection: 'testLogEntries',
  schema,
  shardKey: ['log'],
});

describe('allocateNumbers', () => {
  it('gives out every number once, from 1 on, also to many at once', async () => {
    const counts = [1, 3, 2, 1, 5, 1, 2, 1];

    const firsts = await Promise.all(counts.map((count) => allocateNumbers({ log: 'a', count })));

    const given = firsts.flatMap((first, at) =>
      Array.from({ length: counts[at] ?? 0 }, (_, n) => first + n),
    );
    expect(given.sort((a, b) => a - b)).to.deep.equal(Array.from({ length: 16 }, (_, n) => n + 1));
  });
});

describe('createSequenceLog', () => {
  it('makes entries visible in the order of their numbers', async () => {
    const log = createLog('plain');

    await log.append({ entries: [entry('a'), entry('b')], now: start });
    await log.append({ entries: [entry('c')], now: start });

    expect(await log.findVisibleThrough({ now: start })).to.equal(3);
    expect(await readTexts('plain', { after: 0, through: 3 })).to.deep.equal(['a', 'b', 'c']);
  });

  it('keeps logs apart', async () => {
    const one = createLog('one');
    const other = createLog('other');

    await one.append({ entries: [entry('a')], now: start });

    expect(await other.findVisibleThrough({ now: start })).to.equal(0);
  });

  it('hides what follows a number that is not written yet', async () => {
    const stopped = pausing('waiting');
    const quick = createLog('waiting');
    const late = stopped.log.append({ entries: [entry('late')], now: start });
    await stopped.reached;
    await quick.append({ entries: [entry('quick')], now: start });

    const before = await quick.findVisibleThrough({ now: start });
    stopped.release();
    await late;

    expect(before).to.equal(0);
    expect(await quick.findVisibleThrough({ now: start })).to.equal(2);
    expect(await readTexts('waiting', { after: 0, through: 2 })).to.deep.equal(['late', 'quick']);
  });

  it('lets a poller by position miss none of four writers, one of them stopped between number and insert', async () => {
    const stopped = pausing('four');
    const writers = [createLog('four'), createLog('four'), createLog('four')];
    const poller = createPoller('four');
    const late = stopped.log.append({ entries: [entry('late')], now: start });
    await stopped.reached;
    for (let round = 0; round < 20; round += 1) {
      await Promise.all(
        writers.map((writer, at) =>
          writer.append({ entries: [entry(`${String(at)}-${String(round)}`)], now: later(round) }),
        ),
      );
      await poller.poll(later(round));
    }
    const whileWaiting = [...poller.seen];

    await poller.poll(later(GIVE_UP_MS + 20)); // the gap was first seen in the first round: now it is given up
    stopped.release();
    const { appended } = await late;
    await poller.poll(later(GIVE_UP_MS + 21));

    expect(whileWaiting).to.deep.equal([]);
    expect(appended[0]?.position).to.equal(62);
    expect(poller.seen).to.have.length(61);
    expect(new Set(poller.seen).size).to.equal(61);
    expect(poller.seen.at(-1)).to.equal('late');
  });

  it('gives up several gaps after one wait, not one after the other', async () => {
    const log = createLog('gaps');
    for (const text of ['a', 'b', 'c']) {
      await allocateNumbers({ log: 'gaps', count: 2 }); // two writers that were killed
      await log.append({ entries: [entry(text)], now: start });
    }
    await log.findVisibleThrough({ now: start });

    const through = await log.findVisibleThrough({ now: later(GIVE_UP_MS) });

    expect(through).to.equal(9);
    expect(await EntryModel.countDocuments({ log: 'gaps', isGap: true })).to.equal(6);
  });

  it('names entries whose id was there before, and leaves no gap for them', async () => {
    const log = createLog('twice');
    await log.append({ entries: [entry('a')], now: start });

    const { appended, duplicates } = await log.append({
      entries: [entry('b'), entry('a'), entry('c')],
      now: start,
    });

    expect(duplicates).to.deep.equal([entry('a')]);
    expect(appended.map(({ text }) => text)).to.deep.equal(['b', 'c']);
    expect(await log.findVisibleThrough({ now: start })).to.equal(4);
    expect(await readTexts('twice', { after: 0, through: 4 })).to.deep.equal(['a', 'b', 'c']);
  });

  it('passes a failed insert on to the writer', async () => {
    const log = createSequenceLog<Entry>({
      ...storeOf('broken'),
      insert: () => Promise.reject(new Error('the disk is gone')),
    });

    const failure: unknown = await log
      .append({ entries: [entry('a')], now: start })
      .catch((error: unknown) => error);

    expect(failure).to.have.property('message', 'the disk is gone');
  });

  it('begins where an earlier process had looked to, without reading the log again', async () => {
    const first = createLog('long');
    const entries = Array.from({ length: 1_200 }, (_, n) => entry(`n${String(n)}`));
    await first.append({ entries, now: start });
    await first.findVisibleThrough({ now: start });
    const asked: number[] = [];
    const store = storeOf('long');

    const second = createSequenceLog<Entry>({
      ...store,
      listPositions(options) {
        asked.push(options.after);
        return store.listPositions(options);
      },
    });

    expect(await second.findVisibleThrough({ now: start })).to.equal(1_200);
    expect(asked).to.deep.equal([1_199]);
  });

  describe('when the database is replaced under a running process', () => {
    it('waits again for a number that is not written yet', async () => {
      const before = createLog('replaced');
      await append(before, ['a', 'b', 'c', 'd', 'e']);
      expect(await before.findVisibleThrough({ now: start })).to.equal(5);
      await replaceLog('replaced', { kept: 2 });
      const stopped = pausing('replaced');
      const late = stopped.log.append({ entries: [entry('late')], now: start });
      await stopped.reached;
      await append(createLog('replaced'), ['quick']);

      const whileWaiting = await before.findVisibleThrough({ now: start });
      stopped.release();
      await late;

      expect(whileWaiting).to.equal(2);
      expect(await before.findVisibleThrough({ now: start })).to.equal(4);
    });

    it('notices by the numbers it is given when the log has grown past its mark since', async () => {
      const before = createLog('grown');
      await append(before, ['a', 'b', 'c']);
      await before.findVisibleThrough({ now: start });
      await replaceLog('grown', { kept: 1 });
      const stopped = pausing('grown');
      const late = stopped.log.append({ entries: [entry('late')], now: start });
      await stopped.reached;
      await append(before, ['d', 'e', 'f']);

      const whileWaiting = await before.findVisibleThrough({ now: start });
      stopped.release();
      await late;

      expect(whileWaiting).to.equal(1);
      expect(await before.findVisibleThrough({ now: start })).to.equal(5);
    });

    it('waits anew where the log before had a gap for long', async () => {
      const before = createLog('gap-before');
      await append(before, ['a', 'b']);
      await allocateNumbers({ log: 'gap-before', count: 1 });
      await append(before, ['c']);
      await before.findVisibleThrough({ now: start });
      await replaceLog('gap-before', { kept: 1 });
      const [first, second] = [pausing('gap-before'), pausing('gap-before')];
      const atTwo = first.log.append({ entries: [entry('two')], now: start });
      await first.reached;
      const atThree = second.log.append({ entries: [entry('three')], now: start });
      await second.reached;
      await append(createLog('gap-before'), ['four']);
      await before.findVisibleThrough({ now: later(GIVE_UP_MS) });
      first.release();
      await atTwo;

      const through = await before.findVisibleThrough({ now: later(GIVE_UP_MS + 1) });
      second.release();

      expect(through).to.equal(2);
      expect((await atThree).appended[0]?.position).to.equal(3);
    });

    it('does not write its old mark into the new log', async () => {
      const entries = Array.from({ length: 600 }, (_, n) => `n${String(n)}`);
      await append(createLog('old-mark'), entries);
      const store = storeOf('old-mark');
      const slow = createSequenceLog<Entry>({
        ...store,
        async listPositions(options) {
          const positions = await store.listPositions(options);
          await replaceLog('old-mark', { kept: 1 }); // while it looks
          return positions;
        },
      });
      await slow.findVisibleThrough({ now: start });
      await allocateNumbers({ log: 'old-mark', count: 1 });
      await append(createLog('old-mark'), ['after a gap']);

      expect(await createLog('old-mark').findVisibleThrough({ now: start })).to.equal(1);
    });

    it('trusts a mark that a backup wrote down later than the entries before it', async () => {
      const before = createLog('late-mark');
      await append(before, ['a']);
      await before.findVisibleThrough({ now: start });
      await replaceLog('late-mark', { kept: 0, last: 700, visibleThrough: 600 });

      const restored = await before.findVisibleThrough({ now: start });
      await append(before, ['b']);
      const atFirst = await before.findVisibleThrough({ now: start });

      expect(restored).to.equal(600);
      expect(atFirst).to.equal(600);
      expect(await before.findVisibleThrough({ now: later(GIVE_UP_MS) })).to.equal(701);
    });
  });
});

function append(log: SequenceLog<Entry>, texts: string[]) {
  return log.append({ entries: texts.map(entry), now: start });
}

/** As a restore does it: the log as it was at an earlier moment takes the place of the present one. */
async function replaceLog(
  log: string,
  { kept, last = kept, visibleThrough }: { kept: number; last?: number; visibleThrough?: number },
): Promise<void> {
  await EntryModel.deleteMany({ log, position: mongoose.trusted({ $gt: kept }) });
  await mongoose.connection
    .collection<{ _id: string }>('sequences')
    .replaceOne({ _id: log }, { last, ...(visibleThrough !== undefined && { visibleThrough }) });
}

function entry(text: string): Entry {
  return { _id: `id-${text}`, text };
}

function storeOf(log: string) {
  return {
    log,
    giveUpAfterMs: GIVE_UP_MS,
    async listPositions({ after, limit }: { after: number; limit: number }) {
      const found = await EntryModel.find(
        { log, position: mongoose.trusted({ $gt: after }) },
        { position: 1, _id: 0 },
      )
        .sort({ position: 1 })
        .limit(limit)
        .lean();
      return found.map(({ position }) => position);
    },
    insert: (entries: Stored[]) => EntryModel.insertMany(entries, { ordered: false }),
    insertTombstone: ({ position }: { position: number }) =>
      EntryModel.create({ _id: `gap-${log}-${String(position)}`, log, position, isGap: true }),
  };
}

function createLog(log: string): SequenceLog<Entry> {
  return createSequenceLog<Entry>(storeOf(log));
}

/** A writer that stops between its number and its first insert, until it is released. */
function pausing(log: string): {
  log: SequenceLog<Entry>;
  reached: Promise<void>;
  release(): void;
} {
  const reached = createGate();
  const released = createGate();
  const store = storeOf(log);
  return {
    reached: reached.opened,
    release: released.open,
    log: createSequenceLog<Entry>({
      ...store,
      async insert(entries) {
        reached.open();
        await released.opened;
        return store.insert(entries);
      },
    }),
  };
}

function createPoller(name: string): { seen: string[]; poll(now: Date): Promise<void> } {
  const log = createLog(name);
  const seen: string[] = [];
  let cursor = 0;
  return {
    seen,
    async poll(now) {
      const through = await log.findVisibleThrough({ now });
      seen.push(...(await readTexts(name, { after: cursor, through })));
      cursor = through;
    },
  };
}

async function readTexts(
  log: string,
  range: { after: number; through: number },
): Promise<string[]> {
  const found = await EntryModel.find({
    log,
    position: mongoose.trusted({ $gt: range.after, $lte: range.through }),
  })
    .sort({ position: 1 })
    .lean();
  return found.flatMap(({ text }) => (text === undefined ? [] : [text]));
}
