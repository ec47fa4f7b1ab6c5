// Attainment in sentences: what is done, what is still needed, what rests on declarations alone. The only place that puts
// numbers of attainment into words, so that every page says the same. Pure.
import type { Words } from '../http/catalogue.js';
import type { MasteryDemand } from './completion-rule.js';
import type { AttainmentResult } from './compute-attainment.js';
import type { MasteryResult } from './judge-evidence.js';
import type { ParentAnswer } from './parent-rule.js';
import { describeMastery } from './rule-words.js';

const PERCENT = 100;

/** The numbers of one learner in one item and scope, whether stored or not begun. */
export interface ItemProgress extends Omit<
  AttainmentResult,
  'score' | 'contributing' | 'achievedBy' | 'excluded' | 'rule' | 'parameters' | 'asOf'
> {
  /** Completions in the outbox that no LRS has told of yet. */
  beingCounted: number;
}

interface Wording {
  progress: ItemProgress;
  words: Words;
  language: string;
}

/** "1 of 2 done · still needed: 1 with a score". */
export function describeProgress({ progress, words, language }: Wording): string {
  const { withdrawnAt, beingCounted } = progress;
  const parts = describeStanding(progress, words, language);
  if (withdrawnAt) parts.push(sayDay('attainment:withdrawn', withdrawnAt, { words, language }));
  if (beingCounted > 0) parts.push(words('attainment:beingCounted', { count: beingCounted }));
  return parts.join(' · ');
}

/** What rests on declarations alone says so where it is achieved; before that nothing rests on anything. */
function describeStanding(progress: ItemProgress, words: Words, language: string): string[] {
  const { status, m, n, required, missing, selfReported, achievedAt, assessedDone } = progress;
  if (status === 'achieved') {
    const achieved = achievedAt
      ? sayDay('attainment:achieved', achievedAt, { words, language })
      : words('attainment:achievedUndated');
    return selfReported ? [achieved, words('attainment:selfReport')] : [achieved];
  }
  if (m === 0) return [words('attainment:nothing')];
  if (n === 0) return [words('attainment:open')];
  const scores = describeScores(progress, words, language);
  // Enough is done and only scores are missing: "2 of 2" would sound finished.
  if (n >= required && missing.assessed > 0)
    return [
      words(assessedDone > 0 ? 'attainment:doneSomeScored' : 'attainment:doneUnscored', {
        count: n,
        scored: assessedDone,
      }),
      words(assessedDone > 0 ? 'attainment:needMoreWithScore' : 'attainment:needScored', {
        count: missing.assessed,
      }),
      ...scores,
    ];
  return [describeDone(progress, words), ...describeMissing(progress, words), ...scores];
}

/** "average score 62 %, needed 75 %"; nothing where the rule asks nothing of the scores or has it. */
function describeScores({ mastery }: ItemProgress, words: Words, language: string): string[] {
  if (mastery === null || mastery.met) return [];
  const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 });
  const method = words(`attainment:mastery.methods.${mastery.method.name}`);
  const threshold = percent.format(mastery.threshold);
  return mastery.score === null
    ? [words('attainment:mastery.none', { method, threshold })]
    : [
        words('attainment:mastery.now', {
          method,
          score: percent.format(mastery.score),
          threshold,
        }),
      ];
}

/** Of a domain or subdomain: "3 of 5 achieved · needed: 4". */
export function describeParent(options: {
  answer: ParentAnswer;
  words: Words;
  language: string;
}): string {
  const { answer, words, language } = options;
  const { status, achievedAt, selfReported, n, m, required, points } = answer;
  if (status === 'achieved' && achievedAt !== null) {
    const achieved = sayDay('attainment:achieved', achievedAt, { words, language });
    return selfReported ? `${achieved} · ${words('attainment:selfReport')}` : achieved;
  }
  if (m === 0) return words('attainment:nothing');
  return points === null
    ? words('attainment:parent.count', { n, count: m, required })
    : words('attainment:parent.points', {
        n,
        count: m,
        reached: points.reached,
        base: points.base,
      });
}

/** "Complete any 2 of the 23 resources and activities that count, 1 of them with a score." */
export function describeDemand({ progress, words }: Omit<Wording, 'language'>): string {
  const { m, required, assessedRequired, mastery } = progress;
  if (m === 0) return words('attainment:demand.none');
  const what =
    required >= m
      ? words('attainment:demand.all', { count: m })
      : words('attainment:demand.any', { count: m, required });
  const scored =
    assessedRequired > 0
      ? ` ${words('attainment:demand.assessed', { count: assessedRequired })}`
      : '';
  const scores = mastery
    ? ` ${words('attainment:demand.mastery', { what: describeMastery(toDemand(mastery), words) })}`
    : '';
  return `${what}${scored}${scores}`;
}

function toDemand({ method, threshold }: MasteryResult): MasteryDemand {
  return { method, thresholdPercent: Math.round(threshold * PERCENT) };
}

/** What is still needed, as a sentence of its own; null where it is achieved or nothing counts. */
export function describeNeed({ progress, words }: Omit<Wording, 'language'>): string | null {
  if (progress.status === 'achieved' || progress.m === 0) return null;
  const [need] = describeMissing(progress, words);
  return need === undefined ? null : `${need.charAt(0).toUpperCase()}${need.slice(1)}.`;
}

/** A sentence with a day, made once: a class achieves most of its competencies on a few days. */
function sayDay(key: string, date: Date, { words, language }: Omit<Wording, 'progress'>): string {
  const said = saidDays.get(words) ?? new Map<string, string>();
  saidDays.set(words, said);
  const name = `${key} ${language} ${String(Math.floor(date.getTime() / DAY_MS))}`;
  const known = said.get(name);
  if (known !== undefined) return known;
  const sentence = words(key, { date: formatDay(date, language) });
  if (said.size < MOST_DAYS) said.set(name, sentence);
  return sentence;
}

const DAY_MS = 24 * 60 * 60 * 1_000;
const MOST_DAYS = 2_000;
const saidDays = new WeakMap<Words, Map<string, string>>();

/** A day as people write it; times are kept in UTC. */
function formatDay(date: Date, language: string): string {
  const known = dayFormats.get(language);
  if (known) return known.format(date);
  const format = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' });
  if (dayFormats.size < MOST_FORMATS) dayFormats.set(language, format);
  return format.format(date);
}

/** Making a formatter costs more than using it; languages come from platforms, so their number is bounded. */
const MOST_FORMATS = 50;
const dayFormats = new Map<string, Intl.DateTimeFormat>();

function describeDone({ n, m, required }: ItemProgress, words: Words): string {
  const count = Math.min(required, m);
  return words('attainment:done', { count, n: Math.min(n, count) });
}

function describeMissing({ missing }: ItemProgress, words: Words): string[] {
  const { more, assessed } = missing;
  const count = Math.max(more, assessed);
  if (count === 0) return [];
  if (assessed === 0) return [words('attainment:needMore', { count })];
  if (assessed >= more) return [words('attainment:needScored', { count })];
  return [words('attainment:needMoreScored', { count, assessed })];
}
