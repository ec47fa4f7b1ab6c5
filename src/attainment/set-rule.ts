// Sets or lifts the completion rule of one place: a framework or one competency of it, in general or in a course. The one
// write to the rule's document is the fact; the worker computes attainment anew. What was achieved stays achieved.
import { AppError } from '../http/errors.js';
import { listRuleHistories, replaceRule } from './completion-rule.model.js';
import type { RuleHistory, RuleRevision } from './completion-rule.js';

/** Where a rule holds. `deployment` is INSTANCE_RULES for a framework that belongs to no deployment. */
export interface RulePlace {
  deployment: string;
  framework: string;
  item: string | null;
  course: string | null;
}

/** The place's own history, empty where the wider rule always held; and all that bear on it. */
export async function readRule(options: {
  place: RulePlace;
}): Promise<{ own: RuleHistory['history']; all: RuleHistory[] }> {
  const { deployment, framework, item, course } = options.place;
  const courses = course === null ? [] : [course];
  const all = await listRuleHistories({ deployment, framework, courses });
  const own = all.find((one) => one.course === course && one.item === item);
  return { own: own?.history ?? [], all };
}

/** `rule` null lifts the place's rule. Throws `attainment.rule-changed` (409) when somebody else changed it meanwhile. */
export async function setRule(options: {
  place: RulePlace;
  rule: RuleRevision['rule'];
  by: string;
  expectedRevision: number;
  now: Date;
}): Promise<void> {
  const { place, rule, by, expectedRevision, now } = options;
  const { own } = await readRule({ place });
  const last = own.at(-1)?.at.getTime() ?? 0;
  const at = new Date(Math.max(now.getTime(), last + 1));
  const isWritten = await replaceRule({ ...place, expectedRevision, rule, by, now: at });
  if (!isWritten) throw new AppError('attainment.rule-changed', { status: 409 });
}
