import { expect } from 'chai';
import mongoose from 'mongoose';
import { defineModel } from '../../src/db/models.js';
import { sweepExpired } from '../../src/db/sweep-expired.js';

const schema = new mongoose.Schema<{ _id: string; endsAt?: Date }>({ _id: String, endsAt: Date });
const TicketModel = defineModel({
  name: 'TestTicket',
  collection: 'testTickets',
  schema,
  shardKey: ['_id'],
  expires: 'endsAt',
});

describe('sweepExpired', () => {
  it('deletes what had expired by now, and nothing that has no end', async () => {
    const now = new Date('2026-03-01T08:00:00Z');
    await TicketModel.create([
      { _id: 'before', endsAt: new Date('2026-03-01T07:59:59Z') },
      { _id: 'now', endsAt: now },
      { _id: 'after', endsAt: new Date('2026-03-01T08:00:01Z') },
      { _id: 'endless' },
    ]);

    const swept = await sweepExpired({ now });

    const left = await TicketModel.find().sort({ _id: 1 }).lean();
    expect(swept).to.deep.equal({ testTickets: 2 });
    expect(left.map(({ _id }) => _id)).to.deep.equal(['after', 'endless']);
  });
});
