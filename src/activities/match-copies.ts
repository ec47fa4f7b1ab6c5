// Which activity of a copied course is which one of the course it was copied from: by the platform's own history of the
// link (LTI 1.3 core, variable ResourceLink.id.history), by the lesson it shows, or by a title that both courses hold once.
// Pure.
import type { Activity } from './activity.model.js';

export interface MatchedCopy {
  activity: Activity;
  from: Activity;
  by: 'link' | 'lesson' | 'title';
}

type Match = (activity: Activity) => Activity | undefined;

/** Each activity of either side is matched once at most. `linkHistories` are earlier link ids by the one of here. */
export function matchCopies(options: {
  here: readonly Activity[];
  there: readonly Activity[];
  linkHistories: ReadonlyMap<string, readonly string[]>;
}): MatchedCopy[] {
  const { here, there, linkHistories } = options;
  const byLink = new Map(there.flatMap((one) => keyed(one.resourceLinkId, one)));
  const byLesson = uniqueBy(there, ({ lesson }) => lesson);
  const byTitle = uniqueBy(there, titleKey);
  const titlesHere = uniqueBy(here, titleKey);
  const ways: { by: MatchedCopy['by']; match: Match }[] = [
    {
      by: 'link',
      match: ({ resourceLinkId }) =>
        (linkHistories.get(resourceLinkId ?? '') ?? [])
          .map((id) => byLink.get(id))
          .find((found) => found !== undefined),
    },
    { by: 'lesson', match: ({ lesson }) => (lesson === null ? undefined : byLesson.get(lesson)) },
    {
      by: 'title',
      match: (activity) =>
        titlesHere.has(titleKey(activity)) ? byTitle.get(titleKey(activity)) : undefined,
    },
  ];
  const found = new Map<string, MatchedCopy>();
  const taken = new Set<string>();
  for (const { by, match } of ways)
    for (const activity of here) {
      const from = found.has(activity.id) ? undefined : match(activity);
      if (!from || taken.has(from.id)) continue;
      taken.add(from.id);
      found.set(activity.id, { activity, from, by });
    }
  return here.flatMap(({ id }) => found.get(id) ?? []);
}

function titleKey({ title }: Activity): string {
  return title.normalize('NFC').trim().replace(/\s+/g, ' ').toLowerCase();
}

function keyed(key: string | null, activity: Activity): [string, Activity][] {
  return key === null ? [] : [[key, activity]];
}

/** Only what has its key alone: two of one title say nothing about which is which. */
function uniqueBy(
  activities: readonly Activity[],
  key: (activity: Activity) => string | null,
): Map<string, Activity> {
  const groups = new Map<string, Activity[]>();
  for (const activity of activities) {
    const name = key(activity);
    if (name !== null) groups.set(name, [...(groups.get(name) ?? []), activity]);
  }
  return new Map(
    [...groups].flatMap(([name, [only, ...more]]) =>
      only && more.length === 0 ? [[name, only] as const] : [],
    ),
  );
}
