// A learner's own page: what next, this course, the whole framework, the chosen resources, the evidence.
import { Router, type Request, type Response } from 'express';
import {
  isLearner,
  listCompletionStates,
  type CourseLaunch,
} from '../activities/complete-object.js';
import { readCourseTree } from '../activities/course-framework.js';
import { readExtrasSetting } from '../activities/read-extras.js';
import { buildResourceExtras } from '../activities/resource-extras.js';
import { listChoices } from '../activities/resource-choice.model.js';
import { wordsOf } from '../activities/signed-in.js';
import { renderPage } from '../http/views.js';
import type { FrameworkTree } from '../frameworks/framework-tree.js';
import { buildFrameworkView, itemHref } from '../library/framework-view.js';
import {
  countLiveResources,
  listResources,
  listServingResources,
} from '../library/learning-resource.model.js';
import { describeFacts, durationWords } from '../library/results-view.js';
import { getCourseLaunch } from '../lti/current-launch.js';
import { requireLaunch, requireRole } from '../lti/guards.js';
import { chooseNextSteps, orderByNearness } from './choose-next.js';
import { buildEvidenceRows } from './evidence-view.js';
import { listEvidence } from './evidence.model.js';
import type { AttainmentPageDeps } from './framework-page.routes.js';
import { describeNeed, describeProgress, type ItemProgress } from './progress-words.js';
import { listUncounted, readPageCoverage, readProgress, type Coverage } from './read-progress.js';

const MAX_NEXT = 3;
const MAX_EVIDENCE = 50;

export function progressRoutes(deps: Pick<AttainmentPageDeps, 'now'>): Router {
  const router = Router();
  router.get('/progress', requireLaunch(), requireRole('Learner'), (req, res) =>
    sendProgress(deps, req, res),
  );
  return router;
}

async function sendProgress(
  deps: Pick<AttainmentPageDeps, 'now'>,
  req: Request,
  res: Response,
): Promise<void> {
  const launch = getCourseLaunch(req);
  const { deployment, course, user, language } = launch;
  const words = wordsOf(req);
  const tree = await readCourseTree(launch);
  const framework = tree.framework.id;
  const [coverage, counts, uncounted, evidence, choices] = await Promise.all([
    readPageCoverage({ launch, framework }),
    countLiveResources({ framework, viewer: { deployment } }),
    listUncounted({ launch }),
    listEvidence({ deployment, users: [user], limit: MAX_EVIDENCE }),
    readChoices(req, launch),
  ]);
  const shared = { launch, tree, coverage, counts, now: deps.now(), uncounted };
  const [inCourse, inFramework] = await Promise.all([
    readProgress({ ...shared, scope: { kind: 'course', id: course } }),
    readProgress({ ...shared, scope: { kind: 'framework', id: framework } }),
  ]);
  const ofCourse = new Map([...inCourse].filter(([item]) => coverage.byItem.has(item)));
  renderPage(req, res, {
    view: 'attainment/progress',
    title: words('attainment:progress.title'),
    data: {
      isTestUser: launch.testUser && isLearner(launch),
      next: await listNext({
        req,
        launch,
        tree,
        coverage,
        progress: ofCourse.size > 0 ? ofCourse : inFramework,
      }),
      course: {
        achieved: countAchieved(ofCourse),
        total: ofCourse.size,
        items: tree.competencies.flatMap(({ identifier, fullStatement }) => {
          const progress = ofCourse.get(identifier);
          if (!progress) return [];
          return [
            {
              statement: fullStatement,
              href: itemHref(framework, identifier),
              status: progress.status,
              sentence: describeProgress({ progress, words, language }),
            },
          ];
        }),
      },
      framework: {
        title: tree.framework.title,
        href: `/frameworks/${framework}?show=all`,
        achieved: countAchieved(inFramework),
        total: inFramework.size,
        domains: buildFrameworkView({
          tree,
          counts,
          progress: new Map(
            [...inFramework].map(([item, { status, n, m }]) => [
              item,
              { status, n, m, sentence: '' },
            ]),
          ),
        }).domains.map(({ title, progress, anchor }) => ({
          title,
          href: `/frameworks/${framework}?show=all#${anchor}`,
          achieved: progress?.achieved ?? 0,
          total: progress?.total ?? 0,
        })),
      },
      choices,
      evidence: buildEvidenceRows({
        evidence,
        pending: uncounted,
        attainment: null,
        words,
        language,
      }),
      maxEvidence: evidence.length === MAX_EVIDENCE ? MAX_EVIDENCE : null,
    },
  });
}

async function listNext(options: {
  req: Request;
  launch: CourseLaunch;
  tree: FrameworkTree;
  coverage: Coverage;
  progress: Map<string, ItemProgress>;
}) {
  const { req, launch, tree, coverage, progress } = options;
  const words = wordsOf(req);
  const framework = tree.framework.id;
  const items = orderByNearness(progress).slice(0, 2 * MAX_NEXT);
  const resources =
    items.length === 0
      ? []
      : await listServingResources({ framework, items, viewer: { deployment: launch.deployment } });
  const activities = items.flatMap((item) =>
    (coverage.byItem.get(item) ?? []).map(({ activity }) => activity.id),
  );
  const states = await listCompletionStates({
    launch,
    objectIds: [...new Set([...activities, ...resources.map(({ id }) => id)])],
  });
  const done = new Set([...states].filter(([, { isDone }]) => isDone).map(([id]) => id));
  return chooseNextSteps({
    items,
    progress,
    resources,
    activities: coverage.byItem,
    done,
    limit: MAX_NEXT,
  }).map((step) => {
    const one = progress.get(step.item);
    return {
      title: step.title,
      href: step.href,
      minutes: step.durationMinutes === null ? null : durationWords(step.durationMinutes, words),
      statement: tree.items.get(step.item)?.fullStatement ?? '',
      itemHref: itemHref(framework, step.item),
      need: one ? describeNeed({ progress: one, words }) : null,
    };
  });
}

async function readChoices(req: Request, launch: CourseLaunch) {
  const { deployment, user, language } = launch;
  const words = wordsOf(req);
  const choices = await listChoices({ deployment, user });
  const ids = choices.map(({ resource }) => resource);
  if (ids.length === 0) return [];
  const [resources, setting] = await Promise.all([
    listResources({ ids, viewer: { deployment } }),
    readExtrasSetting({ launch, resources: ids, back: '/progress#choices', words }),
  ]);
  const byId = new Map(resources.map((resource) => [resource.id, resource]));
  return ids.flatMap((id) => {
    const resource = byId.get(id);
    if (!resource) return [];
    return [
      {
        title: resource.title,
        href: `/resources/${id}`,
        facts: describeFacts({ resource, words, language }),
        extras: buildResourceExtras(resource, setting),
      },
    ];
  });
}

function countAchieved(progress: ReadonlyMap<string, ItemProgress>): number {
  return [...progress.values()].filter(({ status }) => status === 'achieved').length;
}
