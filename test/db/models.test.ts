import { expect } from 'chai';
import mongoose from 'mongoose';
import { defineModel, listModels } from '../../src/db/models.js';
import { testDatabase } from '../support/engine.js';

interface Shape {
  _id: string;
  deployment: string;
  contextId?: string;
  note?: Record<string, unknown>;
}
const schema = new mongoose.Schema<Shape>({
  _id: String,
  deployment: String,
  contextId: String,
  note: mongoose.Schema.Types.Mixed,
});
schema.index({ deployment: 1, contextId: 1 }, { unique: true });
schema.index({ contextId: 1 });
const ShapeModel = defineModel({
  name: 'TestShape',
  collection: 'testShapes',
  schema,
  shardKey: ['deployment'],
  scatter: ['countShapes'],
  backup: 'early',
});

describe('defineModel', () => {
  it('records the shard key, the unique indexes and the queries across shards', () => {
    const entry = listModels().find(({ name }) => name === 'TestShape');

    expect(entry).to.deep.equal({
      name: 'TestShape',
      collection: 'testShapes',
      shardKey: ['deployment'],
      scatter: ['countShapes'],
      expires: null,
      backup: 'early',
      uniqueIndexes: [['deployment', 'contextId']],
      sealed: {},
      people: null,
    });
  });

  it('stores exactly what was given: no version key, empty objects kept', async () => {
    await ShapeModel.create({ _id: 'a', deployment: 'd', note: {} });

    const stored = await testDatabase().collection('testShapes').findOne({});

    expect(stored).to.deep.equal({ _id: 'a', deployment: 'd', note: {} });
  });

  it('refuses fields that are no part of the schema, in records and in filters', async () => {
    const stranger = { _id: 'a', deployment: 'd', stranger: 1 };

    const written: unknown = await ShapeModel.create(stranger).catch((error: unknown) => error);
    const read: unknown = await ShapeModel.findOne({ stranger: 1 }).catch(
      (error: unknown) => error,
    );

    expect(written).to.be.instanceOf(mongoose.Error.StrictModeError);
    expect(read).to.be.instanceOf(mongoose.Error.StrictModeError);
  });

  it('takes an operator in a filter for a plain value unless we say it is ours', async () => {
    await ShapeModel.create({ _id: 'a', deployment: 'd' });
    const injected = { deployment: { $ne: 'nobody' } };

    const found: unknown = await ShapeModel.findOne(injected)
      .lean()
      .catch((error: unknown) => error);
    const trusted = await ShapeModel.findOne({
      deployment: mongoose.trusted({ $ne: 'nobody' }),
    }).lean();

    expect(found).to.be.instanceOf(mongoose.Error.CastError);
    expect(trusted).to.include({ _id: 'a' });
  });
});

describe('every stored shape', () => {
  it('has unique indexes that begin with its shard key, so that a sharded cluster can hold it', () => {
    const faults = listModels().flatMap(({ name, shardKey, uniqueIndexes }) =>
      uniqueIndexes
        .filter((fields) => !shardKey.every((field, at) => fields[at] === field))
        .map((fields) => `${name}: ${fields.join(', ')}`),
    );

    expect(faults).to.deep.equal([]);
  });
});
