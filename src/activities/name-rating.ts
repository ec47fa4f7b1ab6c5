// How pages word what a revision of a rating gives: the level as it was called then, and the points where it has some. Pure.
import type { Words } from '../http/catalogue.js';
import { readGiven } from './rating-scale.js';
import type { Rating, RatingRevision } from './rating.model.js';

/** Null where the rating was taken away. */
export function nameRating(options: {
  entry: Pick<RatingRevision, 'level' | 'given'>;
  words: Words;
  language: string;
}): string | null {
  const { entry, words, language } = options;
  const given = readGiven(entry);
  if (given === null) return null;
  const { points } = given;
  const label = given.label ?? (entry.level === null ? '' : words(`ratings:levels.${entry.level}`));
  if (!points) return label;
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
  const values = { raw: number.format(points.raw), max: number.format(points.max), label };
  return words(label === '' ? 'outcomes:given' : 'outcomes:givenLabel', values);
}

/** What each statement of these ratings was called, by its id. */
export function nameRatings(options: {
  ratings: readonly Rating[];
  words: Words;
  language: string;
}): Map<string, string> {
  const { ratings, words, language } = options;
  const entries = ratings.flatMap(({ history }) => history);
  return new Map(
    entries.flatMap((entry) => {
      const name = nameRating({ entry, words, language });
      return entry.statementId !== null && name !== null ? [[entry.statementId, name]] : [];
    }),
  );
}
