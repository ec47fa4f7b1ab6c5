// The page of a course at /activities: its staff see every activity with what it counts for, others the list of them. A
// learner who came through a placed activity is led on to it, unless the whole list was asked for (?all=1).
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { parseInput } from '../http/parse-input.js';
import { pageShell } from '../http/page-shell.js';
import { renderPage } from '../http/views.js';
import { getCourseLaunch, hasRole } from '../lti/current-launch.js';
import { requireLaunch, requireRole } from '../lti/guards.js';
import { ROLES } from '../lti/roles.js';
import { readTree } from '../frameworks/read-tree.js';
import { listActivities, type Activity } from './activity.model.js';
import { listAlignments, type AlignmentRecord } from './alignment.model.js';
import type { CourseLaunch } from './complete-object.js';
import { findCourseFramework } from './course-framework.js';
import { findCourseCopy } from './find-course-copy.js';
import { buildCourseView, evidenceObject, type EvidenceCounts } from './course-view.js';
import { readFailedScores } from './failed-scores.js';
import { recordLaunchedActivity, recordLinkedActivities } from './record-course-activities.js';
import { addressOf } from './return-path.js';
import { COURSE_STAFF, wordsOf } from './signed-in.js';
import { readStageWords } from './stage-words.js';

export interface CourseDeps {
  config: { url: string };
  now: () => Date;
  /** Evidence of a course by object; attainment/ knows, which stands downstream of this room. */
  countEvidence: (options: {
    deployment: string;
    course: string;
    objectIds: readonly string[];
  }) => Promise<EvidenceCounts>;
}

const MAX_CHANGED = 100;

const changedOne = z.string().max(100);
const Query = z.object({
  all: z.string().max(10).optional().catch(undefined),
  /** `ID.REVISION` of the activities that were aligned together just now, for taking it back. */
  changed: z
    .union([changedOne.transform((one) => [one]), z.array(changedOne).max(MAX_CHANGED)])
    .catch([]),
});

export function courseRoutes(deps: CourseDeps): Router {
  const router = Router();

  router.get('/activities', requireLaunch(), requireRole(...ROLES), async (req, res) => {
    const launch = getCourseLaunch(req);
    const launched = await recordLaunchedActivity({
      launch,
      url: deps.config.url,
      now: deps.now(),
    });
    if (hasRole(launch, ...COURSE_STAFF)) return sendCourse(deps, req, res, launched);
    const { all } = parseInput(Query, req.query);
    if (launched === null || all !== undefined) return sendList(deps, req, res);
    const { course } = launch;
    res.redirect(303, addressOf({ path: `/activities/${launched}`, course, notice: null }));
  });

  return router;
}

async function sendCourse(
  deps: CourseDeps,
  req: Request,
  res: Response,
  launched: string | null,
): Promise<void> {
  const launch = getCourseLaunch(req);
  const { deployment, course } = launch;
  const { activities, alignments, tree } = await readCourse(deps, launch);
  const evidence = await deps.countEvidence({
    deployment,
    course,
    objectIds: activities.map(evidenceObject),
  });
  const words = wordsOf(req);
  const stageWords = await readStageWords({ deployment, words });
  const copy = await findCourseCopy({ deployment, course });
  renderPage(req, res, {
    view: 'activities/course',
    title: words('course:title'),
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
      changed: readChanged(req, { activities, alignments }),
      launched: activities.find(({ id }) => id === launched) ?? null,
      copy: copy && {
        from: copy.from,
        heading: words('course:copy.heading', { title: copy.title }),
        sentence: words('course:copy.offer', { count: copy.alignments.length }),
      },
      scores: await readFailedScores({ deployment, activities, words }),
      hasFramework: tree !== null,
      hasLineItems: launch.services.lineItemsUrl !== null,
      courseFields: [...new URLSearchParams(pageShell(req).courseQuery)].map(([name, value]) => ({
        name,
        value,
      })),
      courseTitle: launch.courseTitle ?? words('course:title'),
    },
  });
}

async function sendList(deps: CourseDeps, req: Request, res: Response): Promise<void> {
  const launch = getCourseLaunch(req);
  const { activities, alignments, tree } = await readCourse(deps, launch);
  const words = wordsOf(req);
  const stageWords = await readStageWords({ deployment: launch.deployment, words });
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

/** Activities of this course that were aligned together just now, and stand as they were written then. */
function readChanged(
  req: Request,
  course: { activities: Activity[]; alignments: AlignmentRecord[] },
): { sentence: string; undo: string[] } | null {
  const named = new Set(parseInput(Query, req.query).changed);
  const undo = course.alignments
    .map(({ activity, revision }) => ({ activity, mark: `${activity}.${revision}` }))
    .filter(({ mark }) => named.has(mark));
  if (undo.length === 0) return null;
  const ids = new Set(undo.map(({ activity }) => activity));
  const titles = course.activities.filter(({ id }) => ids.has(id)).map(({ title }) => title);
  return {
    sentence: wordsOf(req)('course:changed', { count: undo.length, titles: titles.join(', ') }),
    undo: undo.map(({ mark }) => mark),
  };
}
