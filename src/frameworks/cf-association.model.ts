// CFAssociation: what ties items to each other and to their document, a full set for each revision of the framework.
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';
import type { CFAssociation } from './cf-package.js';
import { createRevisionRows, REVISION_FIELDS, type RevisionRow } from './revision-row.model.js';

const schema = new mongoose.Schema<RevisionRow<CFAssociation>>({
  ...REVISION_FIELDS,
  identifier: { type: String, required: true },
  uri: { type: String, required: true },
  associationType: { type: String, required: true },
  originNodeURI: { type: mongoose.Schema.Types.Mixed, required: true },
  destinationNodeURI: { type: mongoose.Schema.Types.Mixed, required: true },
  sequenceNumber: { type: Number, default: null },
  lastChangeDateTime: { type: Date, required: true },
});
schema.index({ framework: 1, revision: 1, identifier: 1 }, { unique: true });

export const associationRows = createRevisionRows<CFAssociation>(
  defineModel({
    name: 'CFAssociation',
    collection: 'cfAssociations',
    schema,
    shardKey: ['framework'],
    people: 'nothing',
  }),
);
