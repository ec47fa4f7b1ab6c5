// Sends scores again that the gradebook refused, for those of the course's staff who see learners: those of this course's columns only.
import { Router } from 'express';
import { checkForm } from '../lti/check-form.js';
import { getCourseLaunch } from '../lti/current-launch.js';
import { requireLaunch, requireRole } from '../lti/guards.js';
import { listActivities } from './activity.model.js';
import { lineItemUrlsOf } from './failed-scores.js';
import { redirectBack } from './return-path.js';
import { retryFailedScores } from './score-delivery.model.js';
import { SEES_PEOPLE, type ActivityDeps } from './signed-in.js';

const SCORES_JOB = 'deliver-scores';

export function scoresRoutes({ now, nudge }: Pick<ActivityDeps, 'now' | 'nudge'>): Router {
  const router = Router();
  router.post(
    '/activities/scores',
    requireLaunch(),
    requireRole(...SEES_PEOPLE),
    checkForm(),
    async (req, res) => {
      const { deployment, course } = getCourseLaunch(req);
      const activities = await listActivities({ deployment, course });
      await retryFailedScores({
        deployment,
        lineItemUrls: lineItemUrlsOf(activities),
        now: now(),
      });
      nudge(SCORES_JOB);
      redirectBack(req, res, {
        back: undefined,
        otherwise: '/activities',
        notice: 'scores-sent-again',
      });
    },
  );
  return router;
}
