// What another course or a template would bring to this one: activities that are the same here and there, with what both
// count for, what only there counts, what stands at another stage, and what has no counterpart. One comparison for copied
// courses, earlier terms and templates. Pure.
import type { Activity } from './activity.model.js';
import type { AlignedItem, AlignmentRecord, Stage } from './alignment.model.js';
import { matchCopies, type ActivityMarks, type MatchedBy } from './match-copies.js';

/** An aligned activity of the other side. */
export interface SourceActivity extends ActivityMarks {
  items: AlignedItem[];
}

export interface ComparedActivity {
  activity: Activity;
  by: MatchedBy;
  same: AlignedItem[];
  /** What it does not count for here yet. */
  adds: AlignedItem[];
  /** As it stands there; `stageHere` is what this course says. */
  restaged: { item: AlignedItem; stageHere: Stage }[];
  onlyHere: AlignedItem[];
}

export interface AlignmentDiff {
  pairs: ComparedActivity[];
  /** Of the other side, without a counterpart that could be recognised. */
  onlyThere: SourceActivity[];
  /** Aligned here, without a counterpart. */
  onlyHere: Activity[];
}

export function compareAlignments(options: {
  activities: readonly Activity[];
  alignments: readonly AlignmentRecord[];
  there: readonly SourceActivity[];
  /** Earlier ids of links by the one of here. */
  linkHistories: ReadonlyMap<string, readonly string[]>;
}): AlignmentDiff {
  const { activities, alignments, there, linkHistories } = options;
  const current = new Map(alignments.map((one) => [one.activity, one.current]));
  const matched = matchCopies({ here: activities, there, linkHistories });
  const [known, taken] = [
    new Set(matched.map(({ activity }) => activity.id)),
    new Set(matched.map(({ from }) => from.id)),
  ];
  return {
    pairs: matched.map(({ activity, from, by }) => ({
      activity,
      by,
      ...compareItems(current.get(activity.id) ?? [], from.items),
    })),
    onlyThere: there.filter(({ id }) => !taken.has(id)),
    onlyHere: activities.filter(({ id }) => !known.has(id) && (current.get(id) ?? []).length > 0),
  };
}

function compareItems(
  here: readonly AlignedItem[],
  there: readonly AlignedItem[],
): Pick<ComparedActivity, 'same' | 'adds' | 'restaged' | 'onlyHere'> {
  const stages = new Map(here.map((one) => [keyOf(one), one.stage]));
  const wanted = new Set(there.map(keyOf));
  return {
    same: there.filter((one) => stages.get(keyOf(one)) === one.stage),
    adds: there.filter((one) => !stages.has(keyOf(one))),
    restaged: there.flatMap((item) => {
      const stageHere = stages.get(keyOf(item));
      return stageHere === undefined || stageHere === item.stage ? [] : [{ item, stageHere }];
    }),
    onlyHere: here.filter((one) => !wanted.has(keyOf(one))),
  };
}

function keyOf({ framework, item }: AlignedItem): string {
  return `${framework}/${item}`;
}
