// Which of a learner's waiting scores a gradebook column gets, and under which time stamp (AGS 2.0, 3.4.2: strictly later
// than the last one). By default the highest score is kept, so that a repeated lesson never lowers a grade. Pure.

/** What a column keeps: the highest score of a learner, or the latest. */
export type KeptScore = 'highest' | 'latest';

export interface GivenScore {
  scoreGiven: number;
  scoreMaximum: number;
  /** When it was reached. */
  at: Date;
}

const SECOND_MS = 1_000;
/** Moodle keeps five decimals: a smaller difference is rounding. */
const ROUNDING = 1e-4;

/** Null where none of them may replace what the platform took last. */
export function chooseScore<Score extends GivenScore>(options: {
  scores: readonly Score[];
  taken: GivenScore | null;
  keep: KeptScore;
}): Score | null {
  const { scores, taken, keep } = options;
  const isBetter = (one: GivenScore, than: GivenScore | null): boolean =>
    than === null ||
    (keep === 'highest' ? shareOf(one) > shareOf(than) : one.at.getTime() > than.at.getTime());
  return scores.reduce<Score | null>(
    (best, one) => (isBetter(one, taken) && isBetter(one, best) ? one : best),
    null,
  );
}

/** True where sending would take away from what the gradebook holds. */
export function wouldLower(options: {
  score: GivenScore;
  held: { score: number | null; maximum: number };
}): boolean {
  const { score, held } = options;
  if (held.score === null || held.maximum <= 0) return false;
  return held.score / held.maximum > shareOf(score) + ROUNDING;
}

/**
 * When it was reached, unless that is not in a later second than the last stamp: Moodle compares whole seconds and refuses
 * an equal one. A stamp after now is waited for, never sent: it would shut out every score before it.
 */
export function stampScore(options: { at: Date; last: Date | null }): Date {
  const { at, last } = options;
  if (last === null) return at;
  const next = (Math.floor(last.getTime() / SECOND_MS) + 1) * SECOND_MS;
  return new Date(Math.max(at.getTime(), next));
}

function shareOf({ scoreGiven, scoreMaximum }: GivenScore): number {
  return scoreMaximum > 0 ? scoreGiven / scoreMaximum : 0;
}
