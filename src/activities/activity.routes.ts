// An activity of a course for its learners: open its address, mark it as done, undo. The page itself shows progress and
// stands in attainment/.
import { Router, type Request } from 'express';
import { z } from 'zod';
import { offerMaterial } from '../files/offer-download.js';
import { AppError } from '../http/errors.js';
import { parseInput } from '../http/parse-input.js';
import { checkForm } from '../lti/check-form.js';
import { getCourseLaunch } from '../lti/current-launch.js';
import { requireLaunch, requireRole, takeVisit } from '../lti/guards.js';
import { getActivity, type Activity } from './activity.model.js';
import { findAlignment } from './alignment.model.js';
import { changeCompletion } from './change-completion.js';
import { openObject, type CompletionRequest } from './complete-object.js';
import { findCourseFramework } from './course-framework.js';
import { describeCourseActivity } from './describe-object.js';
import { readTree } from '../frameworks/read-tree.js';
import { addressOf } from './return-path.js';
import { isFromCourse, openAgain, refusePrefetch, type ActivityDeps } from './signed-in.js';

const Params = z.object({ activity: z.string().max(100) });
const OUTBOX_JOB = 'deliver-outbox';

export function activityRoutes(deps: ActivityDeps): Router {
  const router = Router();

  router.get('/activities/:activity/visit', refusePrefetch(), takeVisit(), async (req, res) => {
    if (!isFromCourse(req)) throw openAgain();
    const request = await readRequest(deps, req);
    const { id } = request.activity;
    const { deployment } = request.launch;
    const page = addressOf({
      path: `/activities/${id}`,
      course: request.launch.course,
      notice: null,
    });
    const address = await readAddress({ activity: request.activity, deployment, now: request.now });
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
      const request = await readRequest(deps, req);
      const { id, lesson } = request.activity;
      const hasQuestions = lesson !== null;
      await changeCompletion(req, res, { deps, request, page: `/activities/${id}`, hasQuestions });
    },
  );

  return router;
}

/** Where the activity opens: its address, or one that downloads its file once. Throws `shortlist.file-gone` (404). */
async function readAddress(options: {
  activity: Activity;
  deployment: string;
  now: Date;
}): Promise<string | null> {
  const { activity, deployment, now } = options;
  const { file, address } = activity;
  if (file === null) return address;
  const download = await offerMaterial({ deployment, file, now });
  if (download === null) throw new AppError('shortlist.file-gone', { status: 404 });
  return download;
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
