// Which activity of a copied course is which one of the course it was copied from: by the platform's own history of the
// link (LTI 1.3 core, variable ResourceLink.id.history), by the lesson it shows, by its address, or by a title, where both
// sides hold it once.
// Pure.
import type { Activity } from './activity.model.js';

/** What an activity is recognised by. */
export type ActivityMarks = Pick<
  Activity,
  'id' | 'title' | 'address' | 'lesson' | 'resourceLinkId'
>;

export type MatchedBy = 'link' | 'lesson' | 'address' | 'title';

interface MatchedCopy<From> {
  activity: Activity;
  from: From;
  by: MatchedBy;
}

/** Each activity of either side is matched once at most. `linkHistories` are earlier link ids by the one of here. */
export function matchCopies<From extends ActivityMarks>(options: {
  here: readonly Activity[];
  there: readonly From[];
  linkHistories: ReadonlyMap<string, readonly string[]>;
}): MatchedCopy<From>[] {
  const { here, there, linkHistories } = options;
  const byLink = new Map(there.flatMap((one) => keyed(one.resourceLinkId, one)));
  const byLesson = uniqueBy(there, ({ lesson }) => lesson);
  const matchBy = (keyOf: (activity: ActivityMarks) => string | null) => {
    const [known, wanted] = [uniqueBy(there, keyOf), uniqueBy(here, keyOf)];
    return (activity: Activity) => {
      const key = keyOf(activity);
      return key !== null && wanted.has(key) ? known.get(key) : undefined;
    };
  };
  const ways: { by: MatchedBy; match: (activity: Activity) => From | undefined }[] = [
    {
      by: 'link',
      match: ({ resourceLinkId }) =>
        (linkHistories.get(resourceLinkId ?? '') ?? [])
          .map((id) => byLink.get(id))
          .find((found) => found !== undefined),
    },
    { by: 'lesson', match: ({ lesson }) => (lesson === null ? undefined : byLesson.get(lesson)) },
    { by: 'address', match: matchBy(({ address }) => address) },
    { by: 'title', match: matchBy(titleKey) },
  ];
  const found = new Map<string, MatchedCopy<From>>();
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

function titleKey({ title }: ActivityMarks): string {
  return title.normalize('NFC').trim().replace(/\s+/g, ' ').toLowerCase();
}

function keyed<From>(key: string | null, activity: From): [string, From][] {
  return key === null ? [] : [[key, activity]];
}

/** Only what has its key alone: two of one title say nothing about which is which. */
function uniqueBy<From>(
  activities: readonly From[],
  key: (activity: From) => string | null,
): Map<string, From> {
  const groups = new Map<string, From[]>();
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
