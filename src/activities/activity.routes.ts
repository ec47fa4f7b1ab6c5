// An activity of a course for its learners: open its address, mark it as done, undo. The page itself shows progress and
// stands in attainment/.
import { Router, type Request } from 'express';
import { z } from 'zod';
import { AppError } from '../http/errors.js';
import { parseInput } from '../http/parse-input.js';
import { checkForm } from '../lti/check-form.js';
import { getCourseLaunch } from '../lti/current-launch.js';
import { requireLaunch, requireRole, takeVisit } from '../lti/guards.js';
import { getActivity, type Activity } from './activity.model.js';
import { findAlignment } from './alignment.model.js';
import {
  completeObject,
  openObject,
  undoCompletion,
  type CompletionRequest,
} from './complete-object.js';
import { findCourseFramework } from './course-framework.js';
import { describeCourseActivity } from './describe-object.js';
import { readTree } from '../frameworks/read-tree.js';
import { addressOf, redirectBack } from './return-path.js';
import { isFromCourse, openAgain, refusePrefetch, type ActivityDeps } from './signed-in.js';

const Params = z.object({ activity: z.string().max(100) });
const CompletionForm = z.object({
  state: z.enum(['done', 'undone']),
  back: z.string().max(2_000).optional(),
});
const OUTBOX_JOB = 'deliver-outbox';

export function activityRoutes(deps: ActivityDeps): Router {
  const router = Router();

  router.get('/activities/:activity/visit', refusePrefetch(), takeVisit(), async (req, res) => {
    if (!isFromCourse(req)) throw openAgain();
    const request = await readRequest(deps, req);
    const { address, id } = request.activity;
    const page = addressOf({
      path: `/activities/${id}`,
      course: request.launch.course,
      notice: null,
    });
    if (address === null) return res.redirect(303, page);
    if (req.method === 'GET') await openObject(request);
    deps.nudge(OUTBOX_JOB);
    res.redirect(303, address);
  });

  router.post(
    '/activities/:activity/completions',
    requireLaunch(),
    requireRole('Learner'),
    checkForm(),
    async (req, res) => {
      const form = parseInput(CompletionForm, req.body);
      const request = await readRequest(deps, req);
      if (request.activity.lesson !== null)
        throw new AppError('completion.needs-questions', { status: 422 });
      const outcome =
        form.state === 'done' ? await completeObject(request) : await undoCompletion(request);
      deps.nudge(OUTBOX_JOB);
      redirectBack(req, res, {
        back: form.back,
        otherwise: `/activities/${request.activity.id}`,
        notice: `completion-${outcome}`,
      });
    },
  );

  return router;
}

async function readRequest(
  deps: ActivityDeps,
  req: Request,
): Promise<CompletionRequest & { activity: Activity }> {
  const launch = getCourseLaunch(req);
  const { deployment, course } = launch;
  const { activity: id } = parseInput(Params, req.params);
  const activity = await getActivity({ deployment, course, activity: id });
  const [alignment, framework] = await Promise.all([
    findAlignment({ deployment, course, activity: id }),
    findCourseFramework({ deployment, course }),
  ]);
  const tree = framework && (await readTree({ framework }));
  const object = describeCourseActivity({ activity, aligned: alignment.current, tree });
  return { launch, activity, object, source: deps.source, now: deps.now() };
}
