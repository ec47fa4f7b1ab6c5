// Completion rules in words, the same on every page that shows one. Pure.
import type { Words } from '../http/catalogue.js';
import type { CompletionRule, Demand } from './completion-rule.js';

/** "Any 2 of what counts, at least 1 of them with a score". */
export function describeRule({ required, assessed }: CompletionRule, words: Words): string {
  const what =
    required.kind === 'all'
      ? words('attainment:rules.words.all')
      : required.kind === 'number'
        ? words('attainment:rules.words.number', { count: required.n })
        : words('attainment:rules.words.percent', { count: required.percent });
  return assessed === 0
    ? what
    : `${what}, ${words('attainment:rules.words.assessed', { count: assessed })}`;
}

/** What a rule asks of one competency as things are now: "2 of 4, at least 1 of them with a score". */
export function describeMeaning(options: {
  rule: CompletionRule;
  demand: Demand & { m: number };
  words: Words;
}): string {
  const { rule, demand, words } = options;
  const { m, required, assessedRequired } = demand;
  if (m === 0) return words('attainment:rules.meaning.none');
  const what = words('attainment:rules.meaning.some', { count: m, required });
  const scored =
    assessedRequired === 0
      ? ''
      : `, ${words('attainment:rules.words.assessed', { count: assessedRequired })}`;
  const isUnscored = rule.assessed > 0 && assessedRequired === 0;
  const why = isUnscored ? ` ${words('attainment:rules.meaning.unscored')}` : '';
  return `${words('attainment:rules.meaning.now')} ${what}${scored}.${why}`;
}
