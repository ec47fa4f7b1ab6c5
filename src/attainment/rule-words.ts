// Rules in words, the same on every page that shows one. Pure.
import type { Words } from '../http/catalogue.js';
import {
  isParentRule,
  readParameters,
  type CompletionRule,
  type Demand,
  type MasteryDemand,
  type ParentRule,
} from './completion-rule.js';

const RULES = 'attainment:rules.words';

/** "Any 2 of what counts, at least 1 of them with a score, and an average score of at least 75 %". */
export function describeRule(rule: CompletionRule, words: Words): string {
  const { required, assessed, attested, passPercent, keep, mastery } = readParameters(rule);
  const parts = [
    required.kind === 'all'
      ? words(`${RULES}.all`)
      : required.kind === 'number'
        ? words(`${RULES}.number`, { count: required.n })
        : words(`${RULES}.percent`, { count: required.percent }),
  ];
  if (assessed > 0) parts.push(words(`${RULES}.assessed`, { count: assessed }));
  if (mastery) parts.push(describeMastery(mastery, words));
  if (passPercent !== null) parts.push(words(`${RULES}.pass`, { count: passPercent }));
  if (keep === 'latest') parts.push(words(`${RULES}.latest`));
  if (attested !== 'piece') parts.push(words(`${RULES}.attested.${attested}`));
  return parts.join(', ');
}

/** "an average score of at least 75 %". */
export function describeMastery(mastery: MasteryDemand, words: Words): string {
  const { method, thresholdPercent } = mastery;
  return words(`${RULES}.mastery.${method.name}`, {
    threshold: thresholdPercent,
    ...('percent' in method && { percent: method.percent }),
    ...('count' in method && { count: method.count }),
  });
}

/** Of a domain or subdomain: "At least 2 of what is below it". */
function describeParentRule({ children }: ParentRule, words: Words): string {
  if (children.kind === 'at-least')
    return words(`${RULES}.children.at-least`, { count: children.n });
  if (children.kind === 'points') {
    const needed = children.members.filter(({ required }) => required).length;
    const points = words(`${RULES}.children.points`, { count: children.base });
    return needed === 0
      ? points
      : `${points}, ${words(`${RULES}.children.needed`, { count: needed })}`;
  }
  return words(`${RULES}.children.${children.kind}`);
}

export function describeAnyRule(rule: CompletionRule | ParentRule, words: Words): string {
  return isParentRule(rule) ? describeParentRule(rule, words) : describeRule(rule, words);
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
    assessedRequired === 0 ? '' : `, ${words(`${RULES}.assessed`, { count: assessedRequired })}`;
  const isUnscored = rule.assessed > 0 && assessedRequired === 0;
  const why = isUnscored ? ` ${words('attainment:rules.meaning.unscored')}` : '';
  return `${words('attainment:rules.meaning.now')} ${what}${scored}.${why}`;
}
