// Scales on which an activity is rated for single competencies: a school's own, with its words and points, or ours, whose words
// stand in the catalogue (`ratings:levels.ID`). A level counts as passed from the pass mark on. Pure.
import type { Words } from '../http/catalogue.js';

export interface RatingLevel {
  id: string;
  /** 0 to 1. */
  score: number;
  /** As the school words it; absent where the catalogue does. */
  label?: string;
}

/** A level as an administrator sets it. */
export interface ScaleLevel {
  id: string;
  label: string;
  points: number;
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

/** `levels` lowest first, of which the last has points; `meets` is one of their ids. */
export function toScale(options: { levels: readonly ScaleLevel[]; meets: string }): RatingScale {
  const { levels, meets } = options;
  const most = levels.at(-1)?.points ?? 1;
  const scaled = levels.map(({ id, label, points }) => ({ id, label, score: points / most }));
  return { levels: scaled, passMark: scaled.find(({ id }) => id === meets)?.score ?? 1 };
}

/** What a level of the scale is called, for people. */
export function nameLevel(options: { scale: RatingScale; id: string; words: Words }): string {
  const { scale, id, words } = options;
  return findLevel(scale, id)?.label ?? words(`ratings:levels.${id}`);
}

/** What giving this level is worth now; null for none. */
export function giveLevel(scale: RatingScale, id: string | null): GivenRating | null {
  const level = id === null ? null : findLevel(scale, id);
  return (
    level && {
      label: level.label ?? null,
      score: level.score,
      success: level.score >= scale.passMark,
      points: null,
    }
  );
}

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
  return given ?? giveLevel(DEFAULT_SCALE, level);
}
