// The framework and its competencies for people of a course: the public page's content with progress (learners) or coverage
// (staff) beside each competency. Without a launch of a course the public pages at the same addresses answer.
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { findCourseFramework } from '../activities/course-framework.js';
import { isLearner, type CourseLaunch } from '../activities/complete-object.js';
import { evidenceObject } from '../activities/course-view.js';
import { addressOf } from '../activities/return-path.js';
import { onlySignedIn, wordsOf } from '../activities/signed-in.js';
import { readStageWords } from '../activities/stage-words.js';
import { AppError } from '../http/errors.js';
import { pageShell } from '../http/page-shell.js';
import { parseInput } from '../http/parse-input.js';
import { renderPage } from '../http/views.js';
import { getSharedFramework } from '../frameworks/cf-document.model.js';
import { anchorOf } from '../frameworks/pathway-view.js';
import { readTree } from '../frameworks/read-tree.js';
import {
  buildFoundCompetencies,
  buildItemView,
  buildSearchForm,
  buildShare,
} from '../library/framework-page.js';
import { buildFrameworkView, itemHref } from '../library/framework-view.js';
import { countLiveResources } from '../library/learning-resource.model.js';
import { searchCompetencies } from '../library/search-competencies.js';
import { readSearchQuery } from '../library/search-query.js';
import { getCourseLaunch, hasRole } from '../lti/current-launch.js';
import { offerLaunch } from '../lti/guards.js';
import { COURSE_AUTHORS } from '../lti/roles.js';
import { countShownResources, readCoursePicks } from './course-picks.js';
import { readWorkPanel } from '../work/read-work-panel.js';
import { buildItemProgressPage } from './item-page.js';
import { chooseShown, buildShowLinks, SHOWN, type Shown } from './framework-choice.js';
import { describeProgress, type ItemProgress } from './progress-words.js';
import { readPageCoverage, readProgress, type Coverage } from './read-progress.js';
import { readResultsPage } from './results-page.js';
import type { AttainmentScope } from './plan-attainment.js';
import type { FrameworkTree } from '../frameworks/framework-tree.js';

export interface AttainmentPageDeps {
  config: { url: string };
  now: () => Date;
}

const Params = z.object({ framework: z.string().max(100), item: z.string().max(100).optional() });
const Query = z.object({ show: z.enum(SHOWN).optional().catch(undefined) });

export function signedInFrameworkRoutes(deps: AttainmentPageDeps): Router {
  const router = Router();
  const signedIn = [offerLaunch(), onlySignedIn()];
  router.get('/frameworks', ...signedIn, async (req, res, next) => {
    const launch = getCourseLaunch(req);
    const framework = await findCourseFramework(launch);
    if (!framework) return next('router');
    res.redirect(
      303,
      addressOf({
        path: withView(launch, `/frameworks/${framework.id}`),
        course: launch.course,
        notice: null,
      }),
    );
  });
  router.get('/frameworks/:framework', ...signedIn, (req, res) => sendFramework(deps, req, res));
  router.get('/frameworks/:framework/items/:item', ...signedIn, (req, res) =>
    sendItem(deps, req, res),
  );
  return router;
}

/** A redirect keeps the view of a student, as the links of a page do. */
function withView(launch: CourseLaunch, path: string): string {
  if (!launch.studentView) return path;
  const [rest = '', fragment = ''] = path.split('#');
  return `${rest}${rest.includes('?') ? '&' : '?'}as=student#${fragment}`;
}

interface Page {
  launch: CourseLaunch;
  tree: FrameworkTree;
  counts: ReadonlyMap<string, number>;
  /** As far as the course shows them to its learners. */
  shownCounts: ReadonlyMap<string, number>;
  coverage: Coverage;
}

async function readPage(req: Request): Promise<Page> {
  const launch = getCourseLaunch(req);
  const { deployment } = launch;
  const { framework: id } = parseInput(Params, req.params);
  const [framework, counts, coverage] = await Promise.all([
    getSharedFramework({ framework: id, viewer: { deployment } }),
    countLiveResources({ framework: id, viewer: { deployment } }),
    readPageCoverage({ launch, framework: id }),
  ]);
  const [tree, shownCounts] = await Promise.all([
    readTree({ framework }),
    countShownResources({ launch, framework: id, counts }),
  ]);
  return { launch, tree, counts, shownCounts, coverage };
}

async function sendFramework(deps: AttainmentPageDeps, req: Request, res: Response): Promise<void> {
  const page = await readPage(req);
  const { launch, tree, shownCounts, coverage } = page;
  const { framework } = tree;
  const words = wordsOf(req);
  const query = readSearchQuery(req.query);
  const path = `/frameworks/${framework.id}`;
  const wanted = parseInput(Query, req.query).show;
  const show: Shown = wanted ?? (coverage.byItem.size > 0 ? 'course' : 'all');
  const scope: AttainmentScope =
    show === 'course'
      ? { kind: 'course', id: launch.course }
      : { kind: 'framework', id: framework.id };
  const progress = isLearner(launch)
    ? await readProgress({ ...page, scope, now: deps.now() })
    : null;
  const shown = chooseShown({ show, coverage, progress });
  const view = buildFrameworkView({
    tree,
    counts: shownCounts,
    ...(progress
      ? { progress: viewProgress(req, progress) }
      : { notes: describeCoverage(req, page) }),
    ...(shown ? { shown } : {}),
  });
  renderPage(req, res, {
    view: 'attainment/framework',
    title: framework.title,
    scripts: ['share.js'],
    data: {
      view,
      hasDomains: view.domains.length > 1,
      share: buildShare({
        text: framework.page.shareText,
        title: framework.title,
        url: deps.config.url,
        path,
        words,
      }),
      search: buildSearchForm({
        action: path,
        text: query.text,
        courseQuery: pageShell(req).courseQuery,
      }),
      found: query.text === '' ? null : await searchFramework(req, page, path),
      choices: buildShowLinks({ show, isLearner: progress !== null, path, words }),
      scopeSentence: words(
        progress
          ? `attainment:framework.scope${scope.kind === 'course' ? 'Course' : 'Framework'}`
          : 'attainment:framework.coverageLead',
      ),
      isTestUser: launch.testUser && isLearner(launch),
      isCourseEmpty: coverage.byItem.size === 0 && wanted === 'course',
      isAllAchieved: show === 'open' && shown?.size === 0,
    },
  });
}

async function sendItem(deps: AttainmentPageDeps, req: Request, res: Response): Promise<void> {
  const page = await readPage(req);
  const { launch, tree, counts, shownCounts, coverage } = page;
  const { framework } = tree;
  const item = tree.items.get(parseInput(Params, req.params).item ?? '');
  if (!item) throw new AppError('framework.no-item', { status: 404 });
  if (item.CFItemType !== 'Competency')
    return res.redirect(
      303,
      addressOf({
        path: withView(launch, `/frameworks/${framework.id}?show=all#${anchorOf(item)}`),
        course: launch.course,
        notice: null,
      }),
    );
  const words = wordsOf(req);
  const path = itemHref(framework.id, item.identifier);
  const place = { launch, framework: framework.id, item: item.identifier };
  const { language } = pageShell(req);
  const picks = await readCoursePicks({ ...place, coverage, back: path, words, language });
  const about = { kind: 'item' as const, framework: framework.id, item: item.identifier };
  const [results, work, own, stageWords] = await Promise.all([
    readResultsPage({ ...picks, ...place, req, path }),
    readWorkPanel({ launch, about, words }),
    buildItemProgressPage({ ...page, item, now: deps.now(), words, language: launch.language }),
    readStageWords({ ...launch, framework: framework.id, words }),
  ]);
  renderPage(req, res, {
    view: 'attainment/item',
    title: item.fullStatement,
    scripts: ['share.js'],
    data: {
      item: buildItemView({ tree, item, counts: shownCounts }),
      share: buildShare({
        text: framework.page.shareText,
        title: item.fullStatement,
        url: deps.config.url,
        path,
        words,
      }),
      picked: picks.picked,
      results,
      resultCount: Math.max(0, (counts.get(item.identifier) ?? 0) - picks.leftOut),
      own,
      work,
      shortlistHref: hasRole(launch, ...COURSE_AUTHORS)
        ? `/shortlists/items/${item.identifier}`
        : null,
      ruleHref: launch.mayChangeRules ? `/rules/items/${item.identifier}` : null,
      isTestUser: launch.testUser && isLearner(launch),
      covering: (coverage.byItem.get(item.identifier) ?? [])
        .filter(({ activity }) => !isLearner(launch) || !picks.isHidden(evidenceObject(activity)))
        .map(({ activity, stage }) => ({
          title: activity.title,
          href: `/activities/${activity.id}`,
          stage: stageWords(stage),
        })),
    },
  });
}

async function searchFramework(
  req: Request,
  { launch, tree, shownCounts }: Page,
  path: string,
): Promise<Record<string, unknown>> {
  const { text } = readSearchQuery(req.query);
  return {
    text,
    competencies: buildFoundCompetencies({
      tree,
      items: searchCompetencies({ tree, text }),
      counts: shownCounts,
    }),
    results: await readResultsPage({ req, launch, framework: tree.framework.id, item: null, path }),
  };
}

function viewProgress(req: Request, progress: Map<string, ItemProgress>) {
  const words = wordsOf(req);
  const { language } = pageShell(req);
  return new Map(
    [...progress].map(([item, one]) => [
      item,
      {
        status: one.status,
        n: one.n,
        m: one.m,
        sentence: describeProgress({ progress: one, words, language }),
      },
    ]),
  );
}

/** For staff: how many activities cover each competency. */
function describeCoverage(req: Request, { tree, coverage }: Page): Map<string, string> {
  const words = wordsOf(req);
  return new Map(
    tree.competencies.map(({ identifier }) => {
      const count = coverage.byItem.get(identifier)?.length ?? 0;
      return [
        identifier,
        count === 0
          ? words('attainment:framework.notCovered')
          : words('attainment:framework.coveredBy', { count }),
      ];
    }),
  );
}
