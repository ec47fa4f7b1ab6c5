// One learner's evidence for one item, judged by one rule: which piece speaks for each object, how many objects are done,
// how many with assessed evidence, and what their scores come to. Takes evidence one at a time in order of time, at a cost
// that does not grow with what was taken before. Pure.
import { buildDemand, type Demand, type RuleParameters } from './completion-rule.js';
import type { Evidence } from './evidence.js';
import { applyMethod, type MasteryMethod } from './mastery-methods.js';
import type { Stretch } from './plan-attainment.js';
import { isStronger, toContributing, type ContributingEvidence } from './weigh-evidence.js';

const PERCENT = 100;
/** Smaller differences are rounding. */
const ROUNDING = 1e-9;

export interface MasteryResult {
  method: MasteryMethod;
  /** 0 to 1. */
  threshold: number;
  /** What the method makes of the scores (0 to 1); null while it has no result. */
  score: number | null;
  met: boolean;
}

export interface Judgement extends Demand {
  n: number;
  m: number;
  assessedDone: number;
  mastery: MasteryResult | null;
  met: boolean;
}

export interface Judge {
  /** Standing evidence of this item, in order of time. */
  take(evidence: Evidence): void;
  judge(stretch: Stretch): Judgement;
  /** What counts in a stretch, one piece an object, the strongest. */
  listPieces(stretch: Stretch): ContributingEvidence[];
  /** The piece that speaks for an object, whether it counts now or not. */
  bestOf(objectId: string): ContributingEvidence | undefined;
  /** Whether a rating for this very item stands in place of an object's other scores. */
  isRated(objectId: string): boolean;
  isPassed(evidence: Evidence): boolean;
}

/** Assessed evidence about one object: of ratings for this item, or of all other. */
interface Side {
  /** The score that speaks for the object. */
  kept: Evidence | null;
  passed: Evidence | null;
}

interface Track {
  rated: Side | null;
  plain: Side;
  /** What is done without a score: declared, observed, attested. */
  unscored: Evidence | null;
}

export function createJudge(options: { rule: RuleParameters }): Judge {
  const { rule } = options;
  const tracks = new Map<string, Track>();
  /** The newest attestation of the item itself. */
  let word: Evidence | null = null;

  const isPassed = (one: Evidence): boolean =>
    one.completes &&
    (one.score === null || rule.passPercent === null
      ? one.success !== false
      : one.score >= rule.passPercent / PERCENT - ROUNDING);

  const countsAsAssessed = ({ kind }: Evidence): boolean =>
    kind === 'assessed' || (kind === 'attested' && rule.attested !== 'piece');

  const weigh = (side: Side, one: Evidence): void => {
    const isNewest = rule.keep === 'latest';
    if (one.score !== null && (isNewest || (side.kept?.score ?? -1) < one.score)) side.kept = one;
    if (!isPassed(one)) side.passed = isNewest ? null : side.passed;
    else if (isNewest || isStronger(one, side.passed)) side.passed = one;
  };

  const take = (one: Evidence): void => {
    if (!one.completes) return;
    if (one.objectKind === 'item') {
      word = one;
      return;
    }
    const track: Track = tracks.get(one.objectId) ?? {
      rated: null,
      plain: { kept: null, passed: null },
      unscored: null,
    };
    tracks.set(one.objectId, track);
    if (one.score === null && one.kind !== 'assessed') {
      if (isPassed(one) && isStronger(one, track.unscored)) track.unscored = one;
      return;
    }
    if (one.item !== null) track.rated ??= { kept: null, passed: null };
    weigh(one.item === null ? track.plain : (track.rated ?? track.plain), one);
  };

  const sideOf = ({ rated, plain }: Track): Side => rated ?? plain;

  const bestOfTrack = (track: Track): Evidence | null => {
    const { passed } = sideOf(track);
    return passed !== null && isStronger(passed, track.unscored) ? passed : track.unscored;
  };

  const findWord = (): Evidence | null => (word !== null && word.success !== false ? word : null);

  const listDone = (stretch: Stretch): Evidence[] => {
    const done: Evidence[] = [];
    for (const [objectId, track] of tracks) {
      const best = stretch.members.has(objectId) ? bestOfTrack(track) : null;
      if (best) done.push(best);
    }
    const vouched = findWord();
    return vouched ? [...done, vouched] : done;
  };

  /** The kept scores of the objects that count, one an object, oldest first. */
  const listScores = (stretch: Stretch): number[] =>
    [...tracks]
      .flatMap(([objectId, track]) =>
        stretch.members.has(objectId) ? (sideOf(track).kept ?? []) : [],
      )
      .sort((a, b) => a.at.getTime() - b.at.getTime() || (a.statementId < b.statementId ? -1 : 1))
      .map(({ score }) => score ?? 0);

  const judgeMastery = (stretch: Stretch): MasteryResult | null => {
    if (rule.mastery === null) return null;
    const { method, thresholdPercent } = rule.mastery;
    const threshold = thresholdPercent / PERCENT;
    const score = applyMethod({ method, scores: listScores(stretch), threshold });
    return { method, threshold, score, met: score !== null && score >= threshold - ROUNDING };
  };

  const judge = (stretch: Stretch): Judgement => {
    const done = listDone(stretch);
    const vouched = findWord();
    const m = stretch.members.size + (vouched === null ? 0 : 1);
    const demand = buildDemand({ rule, m, assessedM: stretch.assessedM });
    const n = done.length;
    const assessedDone = done.filter(countsAsAssessed).length;
    const mastery = judgeMastery(stretch);
    const isMet =
      m > 0 &&
      n >= demand.required &&
      assessedDone >= demand.assessedRequired &&
      (mastery === null || mastery.met);
    const met = isMet || (vouched !== null && rule.attested === 'whole');
    return { n, m, ...demand, assessedDone, mastery, met };
  };

  return {
    take,
    judge,
    listPieces: (stretch) => listDone(stretch).map(toContributing),
    bestOf(objectId) {
      const track = tracks.get(objectId);
      const best = track ? bestOfTrack(track) : null;
      return best === null ? undefined : toContributing(best);
    },
    isRated: (objectId) => (tracks.get(objectId)?.rated ?? null) !== null,
    isPassed,
  };
}
