// The page of a course at /activities: its staff see every activity with what it counts for, others the list of them. A
// learner who came through a placed activity is led on to it, unless the whole list was asked for (?all=1).
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { parseInput } from '../http/parse-input.js';
import { renderPage } from '../http/views.js';
import { getCourseLaunch, hasRole } from '../lti/current-launch.js';
import { requireLaunch, requireRole } from '../lti/guards.js';
import type { NoteLook } from '../lti/note-look.js';
import { LAUNCH_ROLES } from '../lti/roles.js';
import { readTree } from '../frameworks/read-tree.js';
import { listActivities } from './activity.model.js';
import { listAlignments } from './alignment.model.js';
import type { CourseLaunch } from './complete-object.js';
import { findCourseFramework } from './course-framework.js';
import { buildCourseView, type EvidenceCounts } from './course-view.js';
import { recordLaunchedActivity, recordLinkedActivities } from './record-course-activities.js';
import { renderCourse, type CountEvidence } from './render-course.js';
import { addressOf } from './return-path.js';
import { COURSE_STAFF, wordsOf } from './signed-in.js';
import { readStageWords } from './stage-words.js';

export interface CourseDeps {
  config: { url: string };
  now: () => Date;
  /** Evidence of a course by object; attainment/ knows, which stands downstream of this room. */
  countEvidence: CountEvidence;
  /** Kept by reports/, which stands downstream, too. */
  noteLook: NoteLook;
}

const Query = z.object({ all: z.string().max(10).optional().catch(undefined) });

export function courseRoutes(deps: CourseDeps): Router {
  const router = Router();

  router.get('/activities', requireLaunch(), requireRole(...LAUNCH_ROLES), async (req, res) => {
    const launch = getCourseLaunch(req);
    const launched = await recordLaunchedActivity({
      launch,
      url: deps.config.url,
      now: deps.now(),
    });
    if (hasRole(launch, ...COURSE_STAFF))
      return renderCourse(req, res, { ...deps, course: await readCourse(deps, launch), launched });
    const { all } = parseInput(Query, req.query);
    if (launched === null || all !== undefined) return sendList(deps, req, res);
    const { course } = launch;
    res.redirect(303, addressOf({ path: `/activities/${launched}`, course, notice: null }));
  });

  return router;
}

async function sendList(deps: CourseDeps, req: Request, res: Response): Promise<void> {
  const launch = getCourseLaunch(req);
  const { activities, alignments, tree } = await readCourse(deps, launch);
  const words = wordsOf(req);
  const stageWords = await readStageWords({ ...launch, words });
  const evidence: EvidenceCounts = new Map();
  renderPage(req, res, {
    view: 'activities/list',
    title: words('course:learnerTitle'),
    data: {
      course: buildCourseView({
        activities,
        alignments,
        tree,
        evidence,
        now: deps.now(),
        words,
        stageWords,
      }),
    },
  });
}

async function readCourse(deps: CourseDeps, launch: CourseLaunch) {
  const { deployment, course } = launch;
  await recordLinkedActivities({ deployment, course, url: deps.config.url, now: deps.now() });
  const [activities, alignments, framework] = await Promise.all([
    listActivities({ deployment, course }),
    listAlignments({ deployment, course }),
    findCourseFramework({ deployment, course }),
  ]);
  return { activities, alignments, tree: framework && (await readTree({ framework })) };
}
