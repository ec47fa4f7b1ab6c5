// A learner's own page: what next, this course, the whole framework, the chosen resources, the evidence.
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { isLearner } from '../activities/complete-object.js';
import { readCourseTree } from '../activities/course-framework.js';
import { wordsOf } from '../activities/signed-in.js';
import { parseInput } from '../http/parse-input.js';
import { renderPage } from '../http/views.js';
import { anchorOf } from '../frameworks/pathway-view.js';
import { buildFrameworkView, itemHref } from '../library/framework-view.js';
import { countLiveResources } from '../library/learning-resource.model.js';
import { getCourseLaunch } from '../lti/current-launch.js';
import { requireLaunch, requireRole } from '../lti/guards.js';
import { listSharedRuleHistories } from './completion-rule.model.js';
import { buildEvidenceRows } from './evidence-view.js';
import { listEvidence } from './evidence.model.js';
import type { AttainmentPageDeps } from './framework-page.routes.js';
import {
  describeDemand,
  describeParent,
  describeProgress,
  type ItemProgress,
} from './progress-words.js';
import { readNextSteps } from './read-next-steps.js';
import { buildOwnList, readOwnList } from './read-own-list.js';
import { listUncounted, readPageCoverage, readProgress } from './read-progress.js';
import { rollUpTree } from './roll-up-tree.js';

const MAX_EVIDENCE = 50;

const Query = z.object({ show: z.enum(['all', 'open']).catch('all') });

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
  const [coverage, counts, uncounted, evidence, ownList] = await Promise.all([
    readPageCoverage({ launch, framework }),
    countLiveResources({ framework, viewer: { deployment } }),
    listUncounted({ launch }),
    listEvidence({ deployment, users: [user], limit: MAX_EVIDENCE }),
    readOwnList({ launch, words }),
  ]);
  const shared = { launch, tree, coverage, counts, now: deps.now(), uncounted };
  const [inCourse, inFramework, histories] = await Promise.all([
    readProgress({ ...shared, scope: { kind: 'course', id: course } }),
    readProgress({ ...shared, scope: { kind: 'framework', id: framework } }),
    listSharedRuleHistories({ deployment, framework, courses: [course] }),
  ]);
  const parents = rollUpTree({
    tree,
    progress: inFramework,
    course: null,
    histories,
    now: shared.now,
  });
  const ofCourse = new Map([...inCourse].filter(([item]) => coverage.byItem.has(item)));
  const isOfCourse = ofCourse.size > 0;
  const steps = await readNextSteps({
    launch,
    tree,
    coverage,
    progress: isOfCourse ? ofCourse : inFramework,
    words,
  });
  const { show } = parseInput(Query, req.query);
  const open = [...ofCourse.values()].filter(({ status }) => status !== 'achieved');
  const byAnchor = new Map(tree.roots.map((item) => [anchorOf(item), item.identifier]));
  const sayParent = (anchor: string): string => {
    const answer = parents.get(byAnchor.get(anchor) ?? '');
    return answer ? describeParent({ answer, words, language }) : '';
  };
  renderPage(req, res, {
    view: 'attainment/progress',
    title: words('attainment:progress.title'),
    data: {
      isTestUser: launch.testUser && isLearner(launch),
      next: steps.next,
      nextLead: words(isOfCourse ? 'student:next.course' : 'student:next.framework'),
      course: {
        achieved: countAchieved(ofCourse),
        total: ofCourse.size,
        isAllAchieved: open.length === 0,
        filters: ['all', 'open'].map((one) => ({
          href: `/progress?show=${one}#course`,
          label: words(`student:next.show.${one}`),
          isCurrent: one === show,
        })),
        items: tree.competencies.flatMap(({ identifier, fullStatement }) => {
          const progress = ofCourse.get(identifier);
          if (!progress || (show === 'open' && progress.status === 'achieved')) return [];
          return [
            {
              statement: fullStatement,
              href: itemHref(framework, identifier),
              status: progress.status,
              sentence: describeProgress({ progress, words, language }),
              demand: progress.status === 'achieved' ? null : describeDemand({ progress, words }),
              step: steps.byItem.get(identifier) ?? null,
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
          sentence: sayParent(anchor),
          href: `/frameworks/${framework}?show=all#${anchor}`,
          achieved: progress?.achieved ?? 0,
          total: progress?.total ?? 0,
        })),
      },
      choices: buildOwnList({ list: ownList, places: steps.places }),
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

function countAchieved(progress: ReadonlyMap<string, ItemProgress>): number {
  return [...progress.values()].filter(({ status }) => status === 'achieved').length;
}
