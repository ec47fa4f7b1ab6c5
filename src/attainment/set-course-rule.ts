// Sets or lifts the completion rule of a course for a framework. The one write to the rule's document is the fact;
// attainment of the course's learners is computed anew by the worker. What was achieved stays achieved.
import { AppError } from '../http/errors.js';
import type { CourseLaunch } from '../activities/complete-object.js';
import { listRuleHistories, replaceRule } from './completion-rule.model.js';
import type { CompletionRule, RuleHistory } from './completion-rule.js';

/** The rule's own history in this course; empty where the wider rule always held. */
export async function readCourseRule(options: {
  launch: CourseLaunch;
  framework: string;
}): Promise<{ own: RuleHistory['history']; all: RuleHistory[] }> {
  const { launch, framework } = options;
  const { deployment, course } = launch;
  const all = await listRuleHistories({ deployment, framework, courses: [course] });
  const own = all.find((one) => one.course === course && one.item === null);
  return { own: own?.history ?? [], all };
}

/** `rule` null lifts the course's rule. Throws `attainment.rule-changed` (409) when somebody else changed it meanwhile. */
export async function setCourseRule(options: {
  launch: CourseLaunch;
  framework: string;
  rule: CompletionRule | null;
  expectedRevision: number;
  now: Date;
}): Promise<void> {
  const { launch, framework, rule, expectedRevision, now } = options;
  const { deployment, course, user } = launch;
  const { own } = await readCourseRule({ launch, framework });
  const last = own.at(-1)?.at.getTime() ?? 0;
  const at = new Date(Math.max(now.getTime(), last + 1));
  const isWritten = await replaceRule({
    deployment,
    framework,
    item: null,
    course,
    expectedRevision,
    rule,
    by: user,
    now: at,
  });
  if (!isWritten) throw new AppError('attainment.rule-changed', { status: 409 });
}
