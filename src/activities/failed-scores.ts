// Scores that the gradebook refused, as those of the course's staff who see learners read them: whose, of which activity, and what the platform said.
import type { Words } from '../http/catalogue.js';
import { personLabel } from '../lti/person-label.js';
import { listUsers } from '../lti/user.model.js';
import type { Activity } from './activity.model.js';
import { listFailedScores } from './score-delivery.model.js';

const SHOWN = 20;
const PERCENT = 100;

export interface FailedScoresView {
  /** "3 scores did not reach the gradebook." */
  title: string;
  rows: string[];
  /** "and 4 more", or null. */
  more: string | null;
  /** Ids of those who stand in the rows. */
  people: string[];
}

/** Addresses of the columns that belong to a course: what its staff may see and send again. */
export function lineItemUrlsOf(activities: readonly Pick<Activity, 'lineItemUrl'>[]): string[] {
  return activities.flatMap(({ lineItemUrl }) => lineItemUrl ?? []);
}

/** Null where every score was taken. */
export async function readFailedScores(options: {
  deployment: string;
  activities: readonly Pick<Activity, 'lineItemUrl' | 'title'>[];
  words: Words;
}): Promise<FailedScoresView | null> {
  const { deployment, activities, words } = options;
  const lineItemUrls = lineItemUrlsOf(activities);
  const failed =
    lineItemUrls.length === 0 ? [] : await listFailedScores({ deployment, lineItemUrls });
  if (failed.length === 0) return null;
  const shown = failed.slice(0, SHOWN);
  const people = await listUsers({ ids: [...new Set(shown.map(({ user }) => user))] });
  const names = new Map(people.map(({ _id, name }) => [_id, name]));
  const titles = new Map(activities.map(({ lineItemUrl, title }) => [lineItemUrl, title]));
  return {
    title: words('course:scores.title', { count: failed.length }),
    rows: shown.map(({ user, lineItemUrl, scoreGiven, scoreMaximum, fault }) =>
      words('course:scores.row', {
        person: personLabel({ user, name: names.get(user) ?? null, roles: ['Learner'], words }),
        title: titles.get(lineItemUrl) ?? '',
        percent: Math.round((scoreGiven / scoreMaximum) * PERCENT),
        fault,
      }),
    ),
    more: failed.length > SHOWN ? words('course:scores.more', { n: failed.length - SHOWN }) : null,
    people: people.map(({ _id }) => _id),
  };
}
