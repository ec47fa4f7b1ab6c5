// What a result read from a gradebook changes: nothing, a new statement, or the taking back of earlier ones. The latest
// result counts; since of several statements about one object the strongest does, statements above a lower result are taken
// back, and those below a higher one stay as attempts. A result of the pass mark or more succeeds. Pure.
import type { ResultState, StandingResult } from './result-state.model.js';

/** Smaller differences are rounding: Moodle keeps five decimals. */
const ROUNDING = 1e-5;
/** More earlier statements are not remembered: the oldest are taken back. */
const MOST_STANDING = 20;

export interface ReadResult {
  score: number | null;
  maximum: number;
  at: Date | null;
}

export interface ResultChange {
  revision: number;
  score: number | null;
  maximum: number;
  share: number | null;
  passed: boolean;
  at: Date;
  /** Statements that stand besides the new one. */
  standing: StandingResult[];
  voids: string[];
}

/** Null where the result says nothing new. */
export function nextResult(options: {
  known: ResultState | null;
  result: ReadResult;
  /** 0 to 1: the share of the maximum that succeeds. */
  passShare: number;
  now: Date;
}): ResultChange | null {
  const { known, result, passShare, now } = options;
  const share = shareOf(result);
  const before = known === null ? null : shareOf(known);
  const passed = share !== null && share >= passShare - ROUNDING;
  if (share === null && before === null) return null;
  if (share !== null && before !== null && isSame(share, before) && passed === known?.passed)
    return null;
  const isAbove = (one: StandingResult) => share === null || one.share > share - ROUNDING;
  const earlier = known?.standing ?? [];
  const kept = earlier.filter((one) => !isAbove(one));
  const standing = kept.slice(-MOST_STANDING);
  const stays = new Set(standing.map(({ statementId }) => statementId));
  return {
    revision: (known?.revision ?? 0) + 1,
    score: share === null ? null : result.score,
    maximum: result.maximum,
    share,
    passed,
    at: earlierOf(result.at, now),
    standing,
    voids: earlier.map(({ statementId }) => statementId).filter((id) => !stays.has(id)),
  };
}

/** 0 to 1, extra points cut; null without a score or a maximum to hold it against. */
export function shareOf({
  score,
  maximum,
}: {
  score: number | null;
  maximum: number;
}): number | null {
  if (score === null || maximum <= 0) return null;
  return Math.min(1, Math.max(0, score / maximum));
}

function isSame(one: number, other: number): boolean {
  return Math.abs(one - other) < ROUNDING;
}

function earlierOf(said: Date | null, now: Date): Date {
  return said === null || said.getTime() > now.getTime() ? now : said;
}
