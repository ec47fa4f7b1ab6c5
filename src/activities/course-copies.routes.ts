// The alignments of the course that this one was copied from: a preview at /course-copies, and the form that takes over what
// was chosen there, or declines.
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { parseInput } from '../http/parse-input.js';
import { renderPage } from '../http/views.js';
import { checkForm } from '../lti/check-form.js';
import { getCourseLaunch } from '../lti/current-launch.js';
import { requireLaunch, requireRole } from '../lti/guards.js';
import { readCourseTree } from './course-framework.js';
import { copyAlignments, declineCopy, getCourseCopy } from './copy-alignments.js';
import { buildChips } from './course-view.js';
import { redirectBack, redirectChanged } from './return-path.js';
import { COURSE_STAFF, wordsOf } from './signed-in.js';
import { readStageWords } from './stage-words.js';

const MAX_CHOSEN = 2_000;
const ATTAINMENT_JOB = 'project-attainment';

const id = z.string().max(100);
const Query = z.object({ from: id });
const Form = z.object({
  from: id,
  activity: z.union([id.transform((one) => [one]), z.array(id).max(MAX_CHOSEN)]).default([]),
  decline: z.string().optional(),
});

export function courseCopyRoutes(deps: { now: () => Date; nudge: (job: string) => void }): Router {
  const router = Router();
  const staff = [requireLaunch(), requireRole(...COURSE_STAFF)];

  router.get('/course-copies', ...staff, (req, res) => sendPreview(req, res));

  router.post('/course-copies', ...staff, checkForm(), async (req, res) => {
    const { from, activity, decline } = parseInput(Form, req.body);
    const request = { launch: getCourseLaunch(req), from, now: deps.now() };
    if (decline !== undefined) {
      await declineCopy(request);
      return redirectBack(req, res, {
        back: undefined,
        otherwise: '/activities',
        notice: 'copy-declined',
      });
    }
    const changed = await copyAlignments({ ...request, activities: activity });
    deps.nudge(ATTAINMENT_JOB);
    redirectChanged(req, res, { changed, notice: 'alignments-copied' });
  });

  return router;
}

async function sendPreview(req: Request, res: Response): Promise<void> {
  const launch = getCourseLaunch(req);
  const { from } = parseInput(Query, req.query);
  const copy = await getCourseCopy({ launch, from });
  const tree = await readCourseTree(launch);
  const words = wordsOf(req);
  const stageWords = await readStageWords({ ...launch, framework: tree.framework.id, words });
  renderPage(req, res, {
    view: 'activities/course-copy',
    title: words('course:copy.title', { title: copy.title }),
    data: {
      from,
      rows: copy.alignments.map(({ activity, adds, by }) => {
        const others = adds.filter(({ framework }) => framework !== tree.framework.id).length;
        return {
          id: activity.id,
          title: activity.title,
          adds: buildChips({ items: adds, tree, stageWords }),
          others: others === 0 ? null : words('course:others', { count: others }),
          by: words(`course:copy.by.${by}`),
        };
      }),
      without: copy.without === 0 ? null : words('course:copy.without', { count: copy.without }),
    },
  });
}
