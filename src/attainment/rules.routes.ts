// Completion rules: of a course and of one competency in it, for whoever may change its rules; of a framework and of one competency of
// it, for whoever owns the framework (the operator, or the administrator of the deployment it belongs to).
import { Router, type Request, type RequestHandler, type Response } from 'express';
import { z } from 'zod';
import { readCourseTree } from '../activities/course-framework.js';
import { wordsOf } from '../activities/signed-in.js';
import {
  findFramework,
  listAllFrameworks,
  type FrameworkRecord,
} from '../frameworks/cf-document.model.js';
import type { FrameworkTree, TreeItem } from '../frameworks/framework-tree.js';
import { readTree } from '../frameworks/read-tree.js';
import { AppError, isAppError } from '../http/errors.js';
import { pageShell } from '../http/page-shell.js';
import { parseInput } from '../http/parse-input.js';
import { countLiveResources } from '../library/learning-resource.model.js';
import { checkForm } from '../lti/check-form.js';
import { getCourseLaunch, getCurrentLaunch } from '../lti/current-launch.js';
import { actorOf, isOperator } from '../lti/current-operator.js';
import { requireLaunch, requireOperatorOr, requireRuleChanger } from '../lti/guards.js';
import { isParentRule, type CompletionRule, type ParentRule } from './completion-rule.js';
import { INSTANCE_RULES } from './completion-rule.model.js';
import { readPageCoverage, readProgress } from './read-progress.js';
import { readParentRuleFields } from './parent-rule-form.js';
import { readRuleFields } from './rule-form.js';
import {
  isParentItem,
  listChildren,
  ruleAddress,
  sendRulePage,
  type RuleAttempt,
  type RulePage,
} from './rule-page.js';
import { setRule } from './set-rule.js';
import { trySimulation } from './try-simulation.js';

export interface RuleDeps {
  now: () => Date;
  nudge: (job: string) => void;
}

type ReadPage = (req: Request) => Promise<RulePage>;

const ATTAINMENT_JOB = 'project-attainment';
const Params = z.object({
  framework: z.string().max(100).optional(),
  item: z.string().max(100).optional(),
});

const Intent = z.object({
  revision: z.coerce.number().int().min(0),
  /** The button that goes back to the wider rule; the fields say nothing then. */
  lift: z.string().optional(),
  /** The button that only shows what the rule would change. */
  try: z.string().optional(),
});

export function rulesRoutes(deps: RuleDeps): Router {
  const router = Router();
  const changer = [requireLaunch(), requireRuleChanger()];
  const owner = [requireOperatorOr('Administrator')];
  const readOfCourse: ReadPage = (req) => readCoursePage(req, deps.now());
  const pages: { path: string; guards: RequestHandler[]; read: ReadPage }[] = [
    { path: '/rules', guards: changer, read: readOfCourse },
    { path: '/rules/items/:item', guards: changer, read: readOfCourse },
    { path: '/rules/frameworks/:framework', guards: owner, read: readFrameworkPage },
    { path: '/rules/frameworks/:framework/items/:item', guards: owner, read: readFrameworkPage },
  ];
  for (const { path, guards, read } of pages) {
    router.get(path, ...guards, async (req, res) =>
      sendRulePage({ req, res, page: await read(req), attempt: null, now: deps.now() }),
    );
    router.post(path, ...guards, checkForm(), async (req, res) =>
      submitRule({ deps, req, res, page: await read(req) }),
    );
  }
  return router;
}

interface Submission {
  deps: RuleDeps;
  req: Request;
  res: Response;
  page: RulePage;
}

async function submitRule(submission: Submission): Promise<void> {
  const { deps, req, res, page } = submission;
  const { place, item, by } = page;
  const now = deps.now();
  try {
    const { revision: expectedRevision, lift, try: tries } = parseInput(Intent, req.body);
    const rule = lift === undefined ? readTyped(req.body, item) : null;
    if (tries !== undefined && rule !== null && !isParentRule(rule))
      return await sendTried({ ...submission, rule, now });
    await setRule({ place, rule, by, expectedRevision, now });
  } catch (error) {
    return sendRulePage({ req, res, page, attempt: readFaults(error, req), now });
  }
  deps.nudge(ATTAINMENT_JOB);
  const search = new URLSearchParams(pageShell(req).courseQuery);
  search.set('notice', 'rule-saved');
  res.redirect(303, `${ruleAddress(page)}?${search.toString()}`);
}

function readTyped(body: unknown, item: TreeItem | null): CompletionRule | ParentRule {
  return isParentItem(item)
    ? readParentRuleFields({ body, children: listChildren(item) })
    : readRuleFields(body);
}

/** The page again with what the typed rule would change. Nothing is saved. */
async function sendTried({
  req,
  res,
  page,
  rule,
  now,
}: Submission & { rule: CompletionRule; now: Date }): Promise<void> {
  const { place, tree, by } = page;
  const words = wordsOf(req);
  const { language } = pageShell(req);
  const view = await trySimulation({
    place,
    rule,
    by,
    now,
    competencies: tree.items,
    names: place.course !== null && getCurrentLaunch(req).mayReadNames ? 'shown' : 'hidden',
    words,
    language,
  });
  const attempt = { ...keepTyped(req), status: 200, fields: {}, messageKey: null };
  await sendRulePage({ req, res, page, attempt: { ...attempt, simulation: view }, now });
}

/** A fault of the form, or somebody else's change meanwhile: back to the form with what was typed. */
function readFaults(error: unknown, req: Request): RuleAttempt {
  if (!isAppError(error)) throw error;
  const { code, status, fields } = error;
  if (code !== 'input.invalid' && code !== 'attainment.rule-changed') throw error;
  return {
    ...keepTyped(req),
    status,
    fields,
    messageKey: code === 'attainment.rule-changed' ? 'attainment:rules.changedMeanwhile' : null,
    simulation: null,
  };
}

function keepTyped(req: Request): Pick<RuleAttempt, 'typed'> {
  const typed = z.record(z.string(), z.unknown()).catch({}).parse(req.body);
  return {
    typed: Object.fromEntries(
      Object.entries(typed).flatMap(([name, text]) =>
        typeof text === 'string' ? [[name, text]] : [],
      ),
    ),
  };
}

async function readCoursePage(req: Request, now: Date): Promise<RulePage> {
  const launch = getCourseLaunch(req);
  const { deployment, course, user } = launch;
  const tree = await readCourseTree(launch);
  const framework = tree.framework.id;
  const item = findItem(tree, req);
  const readDemand = async (one: TreeItem) => {
    const [coverage, counts] = await Promise.all([
      readPageCoverage({ launch, framework }),
      countLiveResources({ framework, viewer: { deployment } }),
    ]);
    const only = { ...tree, competencies: [one] };
    const scope = { kind: 'course' as const, id: course };
    const progress = await readProgress({ launch, scope, tree: only, coverage, counts, now });
    return progress.get(one.identifier) ?? null;
  };
  return {
    place: { deployment, framework, item: item?.identifier ?? null, course },
    tree,
    item,
    path: '/rules',
    by: user,
    crumb: { href: '/activities', key: 'page:nav.course' },
    demand: item && !isParentItem(item) ? await readDemand(item) : null,
  };
}

async function readFrameworkPage(req: Request): Promise<RulePage> {
  const framework = await getOwnFramework(req);
  const { owner } = framework;
  const tree = await readTree({ framework });
  const item = findItem(tree, req);
  const deployment = owner.kind === 'deployment' && owner.id !== null ? owner.id : INSTANCE_RULES;
  return {
    place: { deployment, framework: framework.id, item: item?.identifier ?? null, course: null },
    tree,
    item,
    path: `/rules/frameworks/${framework.id}`,
    by: actorOf(req),
    crumb: { href: '/admin/frameworks', key: 'admin:nav.frameworks' },
    demand: null,
  };
}

/** Throws `framework.not-found` (404) for what the person may not see, `attainment.not-owner` (403) for what is another's. */
async function getOwnFramework(req: Request): Promise<FrameworkRecord> {
  const { framework = '' } = parseInput(Params, req.params);
  const notFound = () =>
    new AppError('framework.not-found', { status: 404, values: { framework } });
  if (isOperator(req)) {
    const found = (await listAllFrameworks()).find(({ id }) => id === framework);
    if (!found) throw notFound();
    return found;
  }
  const { deployment } = getCurrentLaunch(req);
  const found = await findFramework({ framework, viewer: { deployment } });
  if (!found) throw notFound();
  const { owner } = found;
  if (owner.kind !== 'deployment' || owner.id !== deployment)
    throw new AppError('attainment.not-owner', { status: 403 });
  return found;
}

/** The competency, domain or subdomain that the address names, or null where it names none. Throws `framework.no-item` (404). */
function findItem(tree: FrameworkTree, req: Request): TreeItem | null {
  const { item } = parseInput(Params, req.params);
  if (item === undefined) return null;
  const found = tree.items.get(item);
  if (!found || found.isRetired) throw new AppError('framework.no-item', { status: 404 });
  return found;
}
