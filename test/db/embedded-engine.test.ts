import { expect } from 'chai';
import mongoose from 'mongoose';

describe('the embedded engine', () => {
  it('answers mongoose', async () => {
    const db = mongoose.connection.db;
    await db?.collection('things').insertOne({ a: 1 });

    expect(await db?.collection('things').countDocuments()).to.equal(1);
  });
});
