// Aligns an activity as somebody said when its link was placed. The write to the alignment is the fact; the mark that it was
// applied comes after it, so that a stop in between makes the same write again, which then changes nothing.
import { replaceAlignments } from './alignment.model.js';
import { markPlacementApplied, type Placement } from './placement.model.js';

/** An activity that somebody aligned already, or that was placed as aligned to nothing, stays as it is. */
export async function applyPlacements(options: {
  placed: readonly { activity: string; placement: Placement }[];
  now: Date;
}): Promise<void> {
  const { placed, now } = options;
  for (const { activity, placement } of placed) {
    const { id, deployment, course, items, by } = placement;
    if (items.length > 0)
      await replaceAlignments({
        deployment,
        course,
        activity,
        expectedRevision: 0,
        items,
        by,
        now,
      });
    await markPlacementApplied({ deployment, course, id, now });
  }
}
