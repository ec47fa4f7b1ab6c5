// How far the log of the LRS was looked through for references that a stop left unsettled.
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';

const ID = 'references';

interface RepairMark {
  _id: string;
  position: number;
}

const schema = new mongoose.Schema<RepairMark>({
  _id: { type: String, required: true },
  position: { type: Number, required: true },
});
const RepairMarkModel = defineModel({
  name: 'LrsRepairMark',
  collection: 'lrsRepairMarks',
  schema,
  shardKey: ['_id'],
  backup: 'early',
  people: 'nothing',
});

export async function readRepairMark(): Promise<number> {
  const found = await RepairMarkModel.findOne({ _id: ID }).lean();
  return found?.position ?? 0;
}

export async function moveRepairMark(options: { position: number }): Promise<void> {
  const { position } = options;
  await RepairMarkModel.updateOne({ _id: ID }, { $max: { position } }, { upsert: true });
}
