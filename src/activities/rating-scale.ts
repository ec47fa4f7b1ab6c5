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

function findLevel(scale: RatingScale, id: string): RatingLevel | null {
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

/** What somebody gave, or a file said: as the scale had it at that time, whatever the scale became. */
export interface GivenRating {
  /** Null where the catalogue words the level (`ratings:levels.ID`). */
  label: string | null;
  /** 0 to 1. */
  score: number;
  success: boolean;
  /** On the points of its own scale, where it has some. */
  points: { raw: number; max: number } | null;
}

/** What a revision gives; null where it gives nothing. Records of the first release name a level of the default scale. */
export function readGiven(entry: {
  level: string | null;
  given?: GivenRating | null;
}): GivenRating | null {
  const { level, given = null } = entry;
  if (given !== null || level === null) return given;
  const found = findLevel(DEFAULT_SCALE, level);
  return (
    found && {
      label: null,
      score: found.score,
      success: found.score >= DEFAULT_SCALE.passMark,
      points: null,
    }
  );
}
