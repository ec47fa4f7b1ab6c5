// The grid of an activity's ratings as a page shows it: learners by the competencies it is aligned to. Pure.
import type { TreeItem } from '../frameworks/framework-tree.js';
import type { Words } from '../http/catalogue.js';
import { nameRating } from './name-rating.js';
import type { Rating } from './rating.model.js';
import { nameLevel, numberOf, type RatingScale } from './rating-scale.js';
import { levelAt } from './save-ratings.js';

export interface RatedLearner {
  user: string;
  label: string;
  /** What a pasted line begins with. */
  code: string;
}

/** Fields of a form stay below what a form may hold. */
const MOST_CELLS = 600;
const MOST_ROWS = 50;

export function rowsAtOnce(columns: number): number {
  return Math.max(5, Math.min(MOST_ROWS, Math.floor(MOST_CELLS / Math.max(1, columns))));
}

export function fieldOf(user: string, item: string): string {
  return `rate.${user}.${item}`;
}

export function buildRatingRows(options: {
  learners: readonly RatedLearner[];
  items: readonly TreeItem[];
  ratings: readonly Rating[];
  scale: RatingScale;
  /** What the person typed, by field; it goes before what is stored. */
  typed: Readonly<Record<string, string>>;
  faults: ReadonlySet<string>;
  words: Words;
  language: string;
}) {
  const { learners, items, ratings, scale, typed, faults, words, language } = options;
  const stored = new Map(ratings.map((one) => [fieldOf(one.user, one.item), one]));
  return learners.map(({ user, label, code }) => ({
    label,
    code,
    cells: items.map(({ identifier, fullStatement }) => {
      const name = fieldOf(user, identifier);
      const rating = stored.get(name);
      const level = levelAt(rating, null);
      const entry = rating?.history.at(-1);
      return {
        name,
        value: typed[name] ?? numberOf(scale, level),
        label: words('ratings:cell', { name: label, statement: fullStatement }),
        level: entry ? nameRating({ entry, words, language }) : null,
        changes: (rating?.history.length ?? 0) > 1 ? (rating?.history.length ?? 0) - 1 : 0,
        isFaulty: faults.has(name),
      };
    }),
  }));
}

/** The levels with the number to type, lowest first. */
export function describeScale(scale: RatingScale, words: Words) {
  return scale.levels.map(({ id, score }, index) => ({
    number: String(index + 1),
    name: nameLevel({ scale, id, words }),
    passes: score >= scale.passMark,
    percent: score,
  }));
}
