// The moments that a log gives out with its numbers: one order, whatever the clocks and however many write.
import { expect } from 'chai';
import mongoose from 'mongoose';
import { defineModel } from '../../src/db/models.js';
import { createSequenceLog, readLastPlace } from '../../src/db/sequence-log.js';

interface Stored {
  _id: string;
  log: string;
  position: number;
  us: number;
}

const schema = new mongoose.Schema<Stored>({
  _id: String,
  log: String,
  position: Number,
  us: Number,
});
schema.index({ log: 1, position: 1 }, { unique: true });
const StampedModel = defineModel({
  name: 'TestStampedEntry',
  collection: 'testStampedEntries',
  schema,
  shardKey: ['log'],
});

function createLog() {
  return createSequenceLog<{ _id: string }>({
    log: 'stamped',
    giveUpAfterMs: 5_000,
    listPositions: () => Promise.resolve([]),
    insert: (entries, firstUs) =>
      StampedModel.insertMany(entries.map((entry, index) => ({ ...entry, us: firstUs + index }))),
    insertTombstone: () => Promise.resolve(),
  });
}

describe('moments of a log', () => {
  it('strictly increase in the order of positions, over many writers at once', async () => {
    const now = new Date();

    await Promise.all(
      Array.from({ length: 12 }, (_, writer) =>
        createLog().append({
          entries: Array.from({ length: 1 + (writer % 3) }, (_, n) => ({ _id: `${writer}-${n}` })),
          now,
        }),
      ),
    );

    const moments = (await StampedModel.find().sort({ position: 1 }).lean()).map(({ us }) => us);
    expect(moments).to.have.lengthOf(24);
    expect(moments).to.deep.equal([...new Set(moments)].sort((a, b) => a - b));
  });

  it('are about now, and a later one is later than the clock read before', async () => {
    const before = Date.now() * 1_000;
    await createLog().append({ entries: [{ _id: 'a' }], now: new Date() });
    const { last, lastUs, clockUs } = await readLastPlace({ log: 'stamped' });

    await createLog().append({ entries: [{ _id: 'b' }], now: new Date() });

    const place = await readLastPlace({ log: 'stamped' });
    expect(lastUs).to.be.within(before, Date.now() * 1_000 + 1_000);
    expect(last).to.equal(1);
    expect(place.lastUs).to.be.at.least(clockUs);
    expect(place.lastUs).to.be.greaterThan(lastUs);
  });

  it('are zeros for a log that holds nothing', async () => {
    expect(await readLastPlace({ log: 'nothing' })).to.deep.equal({
      last: 0,
      lastUs: 0,
      clockUs: 0,
    });
  });
});
