// The scale on which an activity is rated for single competencies where its framework has none: data, whose words stand in
// the catalogue (`ratings:levels.ID`). A level counts as passed from the pass mark on. Pure.

export interface RatingLevel {
  id: string;
  /** 0 to 1. */
  score: number;
}

export interface RatingScale {
  /** Lowest first; people type their numbers, from 1. */
  levels: readonly RatingLevel[];
  /** 0 to 1: the score from which on a rating succeeds. */
  passMark: number;
}

export const DEFAULT_SCALE: RatingScale = {
  levels: [
    { id: 'not-yet', score: 0 },
    { id: 'developing', score: 0.5 },
    { id: 'proficient', score: 0.75 },
    { id: 'exemplary', score: 1 },
  ],
  passMark: 0.75,
};

export function findLevel(scale: RatingScale, id: string): RatingLevel | null {
  return scale.levels.find((level) => level.id === id) ?? null;
}

/** The number that people type for a level, 1 for the lowest; empty for no rating. */
export function numberOf(scale: RatingScale, id: string | null): string {
  const index = scale.levels.findIndex((level) => level.id === id);
  return index < 0 ? '' : String(index + 1);
}

/** What was typed as a level: its number, or its name in the reader's words; null for none, undefined for what is neither. */
export function readLevel(options: {
  scale: RatingScale;
  typed: string;
  nameOf: (id: string) => string;
}): string | null | undefined {
  const { scale, nameOf } = options;
  const typed = options.typed.trim().toLowerCase();
  if (typed === '') return null;
  return scale.levels.find(
    ({ id }, index) => typed === String(index + 1) || typed === nameOf(id).toLowerCase(),
  )?.id;
}
