// Mastery methods on scores s1…sn, oldest first, on one scale. Each formula names its source; none rounds unless it says so.
// Canvas's "decaying_average" means two different formulas by a feature flag, so the names here are our own. Pure.

const PERCENT = 100;

/** Canvas `highest`: max(s). Null without results. */
export function highest(scores: number[]): number | null {
  return scores.length === 0 ? null : Math.max(...scores);
}

/** Canvas `latest`: the newest. Null without results. */
export function latest(scores: number[]): number | null {
  return scores.at(-1) ?? null;
}

/** Canvas `average`: Σs / n. Null without results. */
export function average(scores: number[]): number | null {
  return scores.length === 0 ? null : scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

/** Canvas `weighted_average` (long called decaying average): newest·k/100 + mean(older)·(100−k)/100; alone, the newest. */
export function weightedAverage(scores: number[], options: { percent: number }): number | null {
  const newest = latest(scores);
  const older = average(scores.slice(0, -1));
  if (newest === null || older === null) return newest;
  return (newest * options.percent + older * (PERCENT - options.percent)) / PERCENT;
}

/** Canvas `standard_decaying_average`: D1 = s1, Di = Di−1·(1−r) + si·r with r = k/100. */
export function decayingAverage(scores: number[], options: { percent: number }): number | null {
  const rate = options.percent / PERCENT;
  return scores.reduce<number | null>(
    (decayed, score) => (decayed === null ? score : decayed * (1 - rate) + score * rate),
    null,
  );
}

/** Canvas `n_mastery`: the mean of the scores at mastery or above, once there are `count` of them. Others are left out of the mean. */
export function nMastery(
  scores: number[],
  options: { count: number; masteryPoints: number },
): number | null {
  const mastering = scores.filter((score) => score >= options.masteryPoints);
  return mastering.length < options.count ? null : average(mastering);
}

export const MASTERY_METHODS = [
  'highest',
  'latest',
  'average',
  'weighted-average',
  'decaying-average',
  'n-mastery',
] as const;

/** `percent` is the weight of the newest score, `count` how many mastering scores are needed. */
export type MasteryMethod =
  | { name: 'highest' | 'latest' | 'average' }
  | { name: 'weighted-average' | 'decaying-average'; percent: number }
  | { name: 'n-mastery'; count: number };

/** Applies a method to scores of 0 to 1, oldest first; null where it has no result yet. */
export function applyMethod(options: {
  method: MasteryMethod;
  scores: number[];
  /** 0 to 1. */
  threshold: number;
}): number | null {
  const { method, scores, threshold } = options;
  switch (method.name) {
    case 'highest':
      return highest(scores);
    case 'latest':
      return latest(scores);
    case 'average':
      return average(scores);
    case 'weighted-average':
      return weightedAverage(scores, method);
    case 'decaying-average':
      return decayingAverage(scores, method);
    case 'n-mastery':
      return nMastery(scores, { count: method.count, masteryPoints: threshold });
  }
}

export interface PointsMember {
  proficient: boolean;
  points: number;
  required: boolean;
}

/** Moodle `competency_rule_points`: every required member proficient and the points of the proficient at least `base`. */
export function meetsPoints(members: PointsMember[], options: { base: number }): boolean {
  if (members.some((member) => member.required && !member.proficient)) return false;
  const points = members.reduce((sum, member) => sum + (member.proficient ? member.points : 0), 0);
  return points >= options.base;
}
