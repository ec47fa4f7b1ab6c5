// Which rows of a framework no reader can ask for any more: the same for items and associations, which are written as full
// sets by revision. Knows no collection; each model deletes its own rows.
import mongoose from 'mongoose';

export interface RevisionSweep {
  framework: string;
  current: number;
  previous: number;
  staleBefore: Date;
}

/** Filters of revisions below `current` but `previous`, and of those above it that a stopped import left before `staleBefore`. */
export function sweepFilters(sweep: RevisionSweep) {
  const { framework, current, previous, staleBefore } = sweep;
  return {
    older: { framework, revision: mongoose.trusted({ $lt: current, $ne: previous }) },
    orphans: {
      framework,
      revision: mongoose.trusted({ $gt: current }),
      writtenAt: mongoose.trusted({ $lt: staleBefore }),
    },
  };
}
