// What somebody aligned while placing it by deep linking: the activity does not exist before its link is launched first, so the
// link's address names this record, and the first launch finds it. Applied once; what was aligned since then stands.
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';
import { STAGES, type AlignedItem } from './alignment.model.js';

export interface Placement {
  id: string;
  deployment: string;
  course: string;
  /** Where the placed thing is; null for a lesson, which we show ourselves. */
  address: string | null;
  items: AlignedItem[];
  by: string;
}

interface StoredPlacement extends Omit<Placement, 'id'> {
  _id: string;
  schemaVersion: number;
  createdAt: Date;
  appliedAt: Date | null;
}

const SCHEMA_VERSION = 1;

const required = { type: String, required: true };
const schema = new mongoose.Schema<StoredPlacement>({
  _id: required,
  schemaVersion: { type: Number, required: true },
  deployment: required,
  course: required,
  address: { type: String, default: null },
  items: [
    {
      _id: false,
      framework: required,
      item: required,
      stage: { type: String, enum: STAGES, required: true },
    },
  ],
  by: required,
  createdAt: { type: Date, required: true },
  appliedAt: { type: Date, default: null },
});
const PlacementModel = defineModel({
  name: 'Placement',
  collection: 'placements',
  people: { by: ['by'] },
  schema,
  shardKey: ['deployment'],
});

export async function insertPlacements(options: {
  placements: readonly Placement[];
  now: Date;
}): Promise<void> {
  const { placements, now } = options;
  await PlacementModel.insertMany(
    placements.map(({ id, ...rest }) => ({
      ...rest,
      _id: `${rest.deployment}/${id}`,
      schemaVersion: SCHEMA_VERSION,
      createdAt: now,
    })),
  );
}

/** Those of the course that no launch has applied yet; a copied course finds none of its original's. */
export async function listOpenPlacements(options: {
  deployment: string;
  course: string;
  ids: readonly string[];
}): Promise<Placement[]> {
  const { deployment, course, ids } = options;
  if (ids.length === 0) return [];
  const found = await PlacementModel.find({
    _id: mongoose.trusted({ $in: ids.map((id) => `${deployment}/${id}`) }),
    deployment,
    course,
    appliedAt: null,
  }).lean();
  return found.map(({ _id, address, items, by }) => ({
    id: _id.slice(deployment.length + 1),
    deployment,
    course,
    address,
    items,
    by,
  }));
}

/** Idempotent; call it after the alignment was written. */
export async function markPlacementApplied(options: {
  deployment: string;
  course: string;
  id: string;
  now: Date;
}): Promise<void> {
  const { deployment, course, id, now } = options;
  await PlacementModel.updateOne(
    { _id: `${deployment}/${id}`, deployment, course },
    { $set: { appliedAt: now } },
  );
}
