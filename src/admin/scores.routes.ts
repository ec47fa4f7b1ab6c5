// Scores that a gradebook refused, with the platform's words: of the whole instance for the operator, of their own deployment
// for an administrator; and the way to send them again.
import { Router } from 'express';
import { listFailedScores, retryFailedScores } from '../activities/score-delivery.model.js';
import { checkForm } from '../lti/check-form.js';
import { requireOperatorOr } from '../lti/guards.js';
import type { NoteLook } from '../lti/note-look.js';
import { personCode } from '../lti/record-ids.js';
import { adminPath } from './admin-path.js';
import { noteAdminLook } from './note-admin-look.js';
import { readAdminScope, type AdminScope } from './admin-scope.js';
import { renderAdmin } from './render-admin.js';

const SCORES_JOB = 'deliver-scores';

export function scoresAdminRoutes(deps: {
  now: () => Date;
  /** Shortens the wait of the delivery. */
  nudge: (job: string) => void;
  noteLook: NoteLook;
}): Router {
  const { now, nudge, noteLook } = deps;
  const router = Router();
  const mayRead = requireOperatorOr('Administrator');

  router.get('/admin/scores', mayRead, async (req, res) => {
    const failed = await listFailedScores(scopeOf(readAdminScope(req)));
    await noteAdminLook(req, {
      ...{ noteLook, subject: 'scores', names: 'hidden', shown: failed, now: now() },
    });
    renderAdmin(req, res, {
      section: 'scores',
      data: {
        scores: failed.map(({ user, scoreGiven, scoreMaximum, at, lineItemUrl, fault }) => ({
          code: personCode(user),
          share: scoreGiven / scoreMaximum,
          at,
          lineItemUrl,
          fault,
        })),
      },
    });
  });

  router.post('/admin/scores', mayRead, checkForm(), async (req, res) => {
    await retryFailedScores({ ...scopeOf(readAdminScope(req)), now: now() });
    nudge(SCORES_JOB);
    res.redirect(303, adminPath(req, '/admin/scores', 'scores-sent-again'));
  });

  return router;
}

function scopeOf(scope: AdminScope): { deployment?: string } {
  return scope.kind === 'operator' ? {} : { deployment: scope.deployment };
}
