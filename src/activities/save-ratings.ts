// Saves what changed of an activity's ratings. A changed rating voids the former statement and states the new one; what
// somebody else changed since the form was drawn is left as it is and told.
import type { Activity } from './activity.model.js';
import type { CourseLaunch } from './complete-object.js';
import { advanceRatings, listRatings, type Rating } from './rating.model.js';
import { findLevel, giveLevel, type RatingScale } from './rating-scale.js';
import { stateRatings } from './state-ratings.js';
import type { StatementSource } from './statement-source.js';

export interface TypedRating {
  user: string;
  item: string;
  /** Null takes the rating away. */
  level: string | null;
}

/** `conflicts` are cells that somebody else changed meanwhile to something else. */
export async function saveRatings(options: {
  launch: CourseLaunch;
  activity: Activity;
  framework: string;
  typed: readonly TypedRating[];
  /** What the form was drawn with. A rating on another scale shows as an empty cell, and an empty cell leaves it. */
  scale: RatingScale;
  /** When the form was drawn. */
  drawnAt: Date;
  source: StatementSource;
  now: Date;
}): Promise<{ saved: number; conflicts: TypedRating[] }> {
  const { launch, activity, framework, typed, scale, drawnAt, source, now } = options;
  const { deployment, course, user: by } = launch;
  const place = { deployment, course, activity: activity.id };
  const users = [...new Set(typed.map(({ user }) => user))];
  const known = byCell(await listRatings({ ...place, users }));
  const next: Rating[] = [];
  const conflicts: TypedRating[] = [];
  for (const one of typed) {
    const before = known.get(cellOf(one));
    const shownAt = (at: Date | null) => levelOn(scale, levelAt(before, at));
    if (one.level === shownAt(drawnAt) || one.level === shownAt(null)) continue;
    if (changedSince(before, drawnAt)) {
      conflicts.push(one);
      continue;
    }
    const { user, item, level } = one;
    const revision = (before?.revision ?? 0) + 1;
    const parts = [deployment, course, activity.id, user, item, revision, level ?? ''];
    const statementId = level === null ? null : await source.deriveId('rated', ...parts);
    const given = giveLevel(scale, level);
    const entry = { revision, level, given, by, at: now, statementId };
    const history = [...(before?.history ?? []), entry];
    next.push({ ...place, user, framework, item, revision, history });
  }
  await advanceRatings({ ratings: next });
  const stored = byCell(next.length === 0 ? [] : await listRatings({ ...place, users }));
  const written = next.filter((one) => isSame(one, stored.get(cellOf(one))));
  const missed = next.filter((one) => !written.includes(one)).map(cellOf);
  await stateRatings({ ratings: written, source });
  const lost = typed.filter((one) => missed.includes(cellOf(one)));
  return { saved: written.length, conflicts: [...conflicts, ...lost] };
}

/** Null for a level that the scale does not have. */
function levelOn(scale: RatingScale, level: string | null): string | null {
  return level !== null && findLevel(scale, level) ? level : null;
}

/** The level in force at a time, or now. */
export function levelAt(rating: Rating | undefined, at: Date | null): string | null {
  const until = at?.getTime() ?? Infinity;
  return rating?.history.findLast((one) => one.at.getTime() <= until)?.level ?? null;
}

function changedSince(rating: Rating | undefined, at: Date): boolean {
  return (rating?.history.at(-1)?.at.getTime() ?? 0) > at.getTime();
}

function isSame(one: Rating, stored: Rating | undefined): boolean {
  const [mine, theirs] = [one.history.at(-1), stored?.history.at(-1)];
  return (
    one.revision === stored?.revision &&
    mine?.level === theirs?.level &&
    mine?.by === theirs?.by &&
    mine?.at.getTime() === theirs?.at.getTime()
  );
}

function byCell(ratings: readonly Rating[]): Map<string, Rating> {
  return new Map(ratings.map((rating) => [cellOf(rating), rating]));
}

function cellOf({ user, item }: { user: string; item: string }): string {
  return `${user}/${item}`;
}
