// Rows that are written as a full set for each revision of their framework (items, associations): what they have in common.
// Nothing of a set is visible until the CFDocument names its revision. Knows no collection; each model brings its own.
import mongoose from 'mongoose';
import type { CFAssociation, CFItem } from './cf-package.js';

const SCHEMA_VERSION = 1;
const BATCH = 1_000;

interface RevisionPlace {
  _id: string;
  schemaVersion: number;
  framework: string;
  revision: number;
  writtenAt: Date;
}

export type RevisionRow<Content> = Content & RevisionPlace;

/** The fields of a row's schema beside its content. */
export const REVISION_FIELDS = {
  _id: { type: String, required: true },
  schemaVersion: { type: Number, required: true },
  framework: { type: String, required: true },
  revision: { type: Number, required: true },
  writtenAt: { type: Date, required: true },
} as const;

interface RevisionSweep {
  framework: string;
  current: number;
  previous: number;
  staleBefore: Date;
}

interface RevisionRows<Content> {
  /** Writes the rows of a revision that was reserved for this import. */
  insert(options: {
    framework: string;
    revision: number;
    rows: readonly Content[];
    now: Date;
  }): Promise<void>;
  /** All rows of a revision in order of identifier. */
  list(options: { framework: string; revision: number }): Promise<Content[]>;
  /** Deletes what no reader can ask for: revisions below `current` but `previous`, and those above it left before `staleBefore`. */
  sweep(options: RevisionSweep): Promise<number>;
}

export function createRevisionRows<Content extends CFItem | CFAssociation>(
  model: mongoose.Model<RevisionRow<Content>>,
): RevisionRows<Content> {
  return {
    async insert({ framework, revision, rows, now }) {
      for (let at = 0; at < rows.length; at += BATCH) {
        const batch = rows.slice(at, at + BATCH).map((row) => ({
          ...row,
          _id: `${framework}/${revision}/${row.identifier}`,
          schemaVersion: SCHEMA_VERSION,
          framework,
          revision,
          writtenAt: now,
        }));
        await model.insertMany(batch, { ordered: false });
      }
    },
    async list({ framework, revision }) {
      return model
        .find({ framework, revision })
        .select({ _id: 0, schemaVersion: 0, framework: 0, revision: 0, writtenAt: 0 })
        .sort({ identifier: 1 })
        .lean<Content[]>();
    },
    async sweep({ framework, current, previous, staleBefore }) {
      const older = await model.deleteMany({
        framework,
        revision: mongoose.trusted({ $lt: current, $ne: previous }),
      });
      const orphans = await model.deleteMany({
        framework,
        revision: mongoose.trusted({ $gt: current }),
        writtenAt: mongoose.trusted({ $lt: staleBefore }),
      });
      return older.deletedCount + orphans.deletedCount;
    },
  };
}
