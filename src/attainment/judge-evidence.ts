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

/** What was taken so far. Its functions are plain ones: attainment makes several judges a learner and competency. */
export interface Judge {
  readonly rule: RuleParameters;
  readonly tracks: Map<string, Track>;
  /** The newest attestation of the item itself. */
  word: Evidence | null;
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
  return { rule: options.rule, tracks: new Map(), word: null };
}

/** Takes standing evidence of this item, in order of time. */
export function takeEvidence(judge: Judge, one: Evidence): void {
  const { rule, tracks } = judge;
  if (!one.completes) return;
  if (one.objectKind === 'item') {
    judge.word = one;
    return;
  }
  const track = tracks.get(one.objectId) ?? {
    rated: null,
    plain: { kept: null, passed: null },
    unscored: null,
  };
  tracks.set(one.objectId, track);
  if (one.score === null && one.kind !== 'assessed') {
    if (isPassed(rule, one) && isStronger(one, track.unscored)) track.unscored = one;
    return;
  }
  if (one.item !== null) track.rated ??= { kept: null, passed: null };
  weigh({ rule, side: one.item === null ? track.plain : (track.rated ?? track.plain), one });
}

export function judgeStretch(judge: Judge, stretch: Stretch): Judgement {
  const { rule } = judge;
  const done = listDone(judge, stretch);
  const vouched = findWord(judge);
  const m = stretch.members.size + (vouched === null ? 0 : 1);
  const demand = buildDemand({ rule, m, assessedM: stretch.assessedM });
  const n = done.length;
  const assessedDone = done.filter((one) => countsAsAssessed(rule, one)).length;
  const mastery = judgeMastery(judge, stretch);
  const isMet =
    m > 0 &&
    n >= demand.required &&
    assessedDone >= demand.assessedRequired &&
    (mastery === null || mastery.met);
  const met = isMet || (vouched !== null && rule.attested === 'whole');
  return { n, m, ...demand, assessedDone, mastery, met };
}

/** What counts in a stretch, one piece an object, the strongest. */
export function listPieces(judge: Judge, stretch: Stretch): ContributingEvidence[] {
  return listDone(judge, stretch).map(toContributing);
}

/** The piece that speaks for an object, whether it counts now or not. */
export function bestOf(judge: Judge, objectId: string): ContributingEvidence | undefined {
  const track = judge.tracks.get(objectId);
  const best = track ? bestOfTrack(track) : null;
  return best === null ? undefined : toContributing(best);
}

/** Whether a rating for this very item stands in place of an object's other scores. */
export function isRated({ tracks }: Judge, objectId: string): boolean {
  return (tracks.get(objectId)?.rated ?? null) !== null;
}

export function isPassed(rule: RuleParameters, one: Evidence): boolean {
  return (
    one.completes &&
    (one.score === null || rule.passPercent === null
      ? one.success !== false
      : one.score >= rule.passPercent / PERCENT - ROUNDING)
  );
}

function countsAsAssessed(rule: RuleParameters, { kind }: Evidence): boolean {
  return kind === 'assessed' || (kind === 'attested' && rule.attested !== 'piece');
}

function weigh({ rule, side, one }: { rule: RuleParameters; side: Side; one: Evidence }): void {
  const isNewest = rule.keep === 'latest';
  if (one.score !== null && (isNewest || (side.kept?.score ?? -1) < one.score)) side.kept = one;
  if (!isPassed(rule, one)) side.passed = isNewest ? null : side.passed;
  else if (isNewest || isStronger(one, side.passed)) side.passed = one;
}

function sideOf({ rated, plain }: Track): Side {
  return rated ?? plain;
}

function bestOfTrack(track: Track): Evidence | null {
  const { passed } = sideOf(track);
  return passed !== null && isStronger(passed, track.unscored) ? passed : track.unscored;
}

function findWord({ word }: Judge): Evidence | null {
  return word !== null && word.success !== false ? word : null;
}

function listDone(judge: Judge, stretch: Stretch): Evidence[] {
  const done: Evidence[] = [];
  for (const [objectId, track] of judge.tracks) {
    const best = stretch.members.has(objectId) ? bestOfTrack(track) : null;
    if (best) done.push(best);
  }
  const vouched = findWord(judge);
  if (vouched) done.push(vouched);
  return done;
}

/** The kept scores of the objects that count, one an object, oldest first. */
function listScores({ tracks }: Judge, stretch: Stretch): number[] {
  return [...tracks]
    .flatMap(([objectId, track]) =>
      stretch.members.has(objectId) ? (sideOf(track).kept ?? []) : [],
    )
    .sort((a, b) => a.at.getTime() - b.at.getTime() || (a.statementId < b.statementId ? -1 : 1))
    .map(({ score }) => score ?? 0);
}

function judgeMastery(judge: Judge, stretch: Stretch): MasteryResult | null {
  const { mastery } = judge.rule;
  if (mastery === null) return null;
  const { method, thresholdPercent } = mastery;
  const threshold = thresholdPercent / PERCENT;
  const score = applyMethod({ method, scores: listScores(judge, stretch), threshold });
  return { method, threshold, score, met: score !== null && score >= threshold - ROUNDING };
}
