// The completion rule of a course, for its instructors: how many of what counts, and how many of them with a score.
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { readCourseTree } from '../activities/course-framework.js';
import { redirectBack } from '../activities/return-path.js';
import { wordsOf } from '../activities/signed-in.js';
import type { Words } from '../http/catalogue.js';
import { parseInput } from '../http/parse-input.js';
import { renderPage } from '../http/views.js';
import { checkForm } from '../lti/check-form.js';
import { getCourseLaunch } from '../lti/current-launch.js';
import { requireLaunch, requireRole } from '../lti/guards.js';
import { findRuleInForce, type CompletionRule } from './completion-rule.js';
import { readCourseRule, setCourseRule } from './set-course-rule.js';

export interface RuleDeps {
  now: () => Date;
  nudge: (job: string) => void;
}

const ATTAINMENT_JOB = 'project-attainment';
const revision = z.coerce.number().int().min(0);
const RuleForm = z.object({
  required: z.enum(['number', 'percent', 'all']).default('number'),
  amount: z.coerce.number().int().min(1).max(100).default(1),
  assessed: z.coerce.number().int().min(0).max(100).default(0),
  revision,
  /** The button that goes back to the wider rule. */
  lift: z.string().optional(),
});

export function rulesRoutes(deps: RuleDeps): Router {
  const router = Router();
  const instructor = [requireLaunch(), requireRole('Instructor')];
  router.get('/rules', ...instructor, (req, res) => sendRule(deps, req, res));
  router.post('/rules', ...instructor, checkForm(), async (req, res) => {
    const form = parseInput(RuleForm, req.body);
    const launch = getCourseLaunch(req);
    const { framework } = await readCourseTree(launch);
    const rule = form.lift === undefined ? toRule(form) : null;
    await setCourseRule({
      launch,
      framework: framework.id,
      rule,
      expectedRevision: form.revision,
      now: deps.now(),
    });
    deps.nudge(ATTAINMENT_JOB);
    redirectBack(req, res, { back: undefined, otherwise: '/rules', notice: 'rule-saved' });
  });
  return router;
}

function toRule({ required, amount, assessed }: z.infer<typeof RuleForm>): CompletionRule {
  if (required === 'all') return { required: { kind: 'all' }, assessed };
  return {
    required:
      required === 'number' ? { kind: 'number', n: amount } : { kind: 'percent', percent: amount },
    assessed,
  };
}

async function sendRule(deps: RuleDeps, req: Request, res: Response): Promise<void> {
  const launch = getCourseLaunch(req);
  const words = wordsOf(req);
  const { framework } = await readCourseTree(launch);
  const { own, all } = await readCourseRule({ launch, framework: framework.id });
  const { rule, source } = findRuleInForce({
    histories: all,
    framework: framework.id,
    item: '',
    course: launch.course,
    at: deps.now(),
  });
  const { required } = rule;
  renderPage(req, res, {
    view: 'attainment/rules',
    title: words('attainment:rules.title'),
    data: {
      framework: framework.title,
      current: describeRule(rule, words),
      source: words(`attainment:rules.sources.${source}`),
      kinds: (['number', 'percent', 'all'] as const).map((value) => ({
        value,
        label: words(`attainment:rules.${value}`),
        isChosen: required.kind === value,
      })),
      amount:
        required.kind === 'number'
          ? required.n
          : required.kind === 'percent'
            ? required.percent
            : 1,
      assessed: rule.assessed,
      revision: own.at(-1)?.revision ?? 0,
      mayLift: source === 'course',
      history: own.toReversed().map((one) => ({
        at: one.at,
        sentence: one.rule
          ? describeRule(one.rule, words)
          : words('attainment:rules.historyLifted'),
      })),
    },
  });
}

/** "any 2, 1 with a score". */
function describeRule({ required, assessed }: CompletionRule, words: Words): string {
  const counts = {
    all: () => words('attainment:rules.historyAll'),
    number: (count: number) => words('attainment:rules.historyNumber', { count }),
    percent: (count: number) => words('attainment:rules.historyPercent', { count }),
  };
  const what =
    required.kind === 'all'
      ? counts.all()
      : required.kind === 'number'
        ? counts.number(required.n)
        : counts.percent(required.percent);
  return assessed === 0
    ? what
    : `${what}, ${words('attainment:rules.historyAssessed', { count: assessed })}`;
}
