// CFItem: domains, subdomains and competencies, a full set for each revision of their framework.
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';
import type { CFItem } from './cf-package.js';
import { createRevisionRows, REVISION_FIELDS, type RevisionRow } from './revision-row.model.js';

const text = { type: String, default: null };
const schema = new mongoose.Schema<RevisionRow<CFItem>>({
  ...REVISION_FIELDS,
  identifier: { type: String, required: true },
  uri: { type: String, required: true },
  fullStatement: { type: String, default: '' },
  CFItemType: text,
  humanCodingScheme: text,
  notes: text,
  language: text,
  lastChangeDateTime: { type: Date, required: true },
  statusEndDate: { type: Date, default: null },
  bloomLevel: { type: Number, default: null },
  publishedResourceCount: { type: Number, default: null },
});
schema.index({ framework: 1, revision: 1, identifier: 1 }, { unique: true });

/** All items of a revision, retired ones too. */
export const itemRows = createRevisionRows<CFItem>(
  defineModel({
    name: 'CFItem',
    collection: 'cfItems',
    schema,
    shardKey: ['framework'],
    people: 'nothing',
  }),
);
