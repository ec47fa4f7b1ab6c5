// CFAssociation: what ties items to each other and to their document, a full set for each revision of the framework.
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';
import { sweepFilters, type RevisionSweep } from './revision-sweep.model.js';
import type { CFAssociation } from './cf-package.js';

const SCHEMA_VERSION = 1;
const BATCH = 1_000;

interface StoredAssociation extends CFAssociation {
  _id: string;
  schemaVersion: number;
  framework: string;
  revision: number;
  writtenAt: Date;
}

const schema = new mongoose.Schema<StoredAssociation>({
  _id: { type: String, required: true },
  schemaVersion: { type: Number, required: true },
  framework: { type: String, required: true },
  revision: { type: Number, required: true },
  writtenAt: { type: Date, required: true },
  identifier: { type: String, required: true },
  uri: { type: String, required: true },
  associationType: { type: String, required: true },
  originNodeURI: { type: mongoose.Schema.Types.Mixed, required: true },
  destinationNodeURI: { type: mongoose.Schema.Types.Mixed, required: true },
  sequenceNumber: { type: Number, default: null },
  lastChangeDateTime: { type: Date, required: true },
});
schema.index({ framework: 1, revision: 1, identifier: 1 }, { unique: true });

const AssociationModel = defineModel({
  name: 'CFAssociation',
  collection: 'cfAssociations',
  schema,
  shardKey: ['framework'],
});

/** Writes the associations of a revision that was reserved for this import. */
export async function insertAssociations(options: {
  framework: string;
  revision: number;
  associations: readonly CFAssociation[];
  now: Date;
}): Promise<void> {
  const { framework, revision, associations, now } = options;
  for (let at = 0; at < associations.length; at += BATCH) {
    const batch = associations.slice(at, at + BATCH).map((association) => ({
      ...association,
      _id: `${framework}/${revision}/${association.identifier}`,
      schemaVersion: SCHEMA_VERSION,
      framework,
      revision,
      writtenAt: now,
    }));
    await AssociationModel.insertMany(batch, { ordered: false });
  }
}

/** All associations of a revision, in order of identifier. */
export async function listAssociations(options: {
  framework: string;
  revision: number;
}): Promise<CFAssociation[]> {
  const { framework, revision } = options;
  return AssociationModel.find({ framework, revision })
    .select({ _id: 0, schemaVersion: 0, framework: 0, revision: 0, writtenAt: 0 })
    .sort({ identifier: 1 })
    .lean<CFAssociation[]>();
}

/** As sweepItems, for associations. */
export async function sweepAssociations(sweep: RevisionSweep): Promise<number> {
  const filters = sweepFilters(sweep);
  const older = await AssociationModel.deleteMany(filters.older);
  const orphans = await AssociationModel.deleteMany(filters.orphans);
  return older.deletedCount + orphans.deletedCount;
}
