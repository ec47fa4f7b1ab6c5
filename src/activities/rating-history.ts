// What was ever rated of a learner in one competency of a course, in sentences: nothing of it is overwritten.
import type { Words } from '../http/catalogue.js';
import { listActivitiesOf } from './activity.model.js';
import { readStaffNames } from './attestation-view.js';
import { nameRating } from './name-rating.js';
import { listRatings } from './rating.model.js';

/** Newest first: "Coding quiz: proficient, by Ida Berg on 3 May 2026". */
export async function readRatingHistory(options: {
  deployment: string;
  course: string;
  user: string;
  item: string;
  words: Words;
  language: string;
}): Promise<string[]> {
  const { deployment, course, user, item, words, language } = options;
  const ratings = await listRatings({ deployment, course, users: [user], item });
  if (ratings.length === 0) return [];
  const entries = ratings.flatMap(({ activity, history }) =>
    history.map((entry) => ({ activity, ...entry })),
  );
  const [activities, names] = await Promise.all([
    listActivitiesOf({ deployment, activities: ratings.map(({ activity }) => activity) }),
    readStaffNames({ users: entries.map(({ by }) => by), words }),
  ]);
  const titles = new Map(activities.map(({ id, title }) => [id, title]));
  const day = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' });
  return entries
    .sort((a, b) => b.at.getTime() - a.at.getTime())
    .map((entry) => {
      const level = nameRating({ entry, words, language });
      return words(keyOf({ isTaken: level === null, isImported: entry.import !== undefined }), {
        title: titles.get(entry.activity) ?? '',
        level: level ?? '',
        name: names.get(entry.by) ?? '',
        date: day.format(entry.at),
      });
    });
}

function keyOf({ isTaken, isImported }: { isTaken: boolean; isImported: boolean }): string {
  if (isTaken) return 'ratings:history.taken';
  return isImported ? 'outcomes:historyImported' : 'ratings:history.given';
}
