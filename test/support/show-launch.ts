// A page that answers the present launch as JSON, in the place of the framework that launches open first.
import { Router } from 'express';
import { getCurrentLaunch } from '../../src/lti/current-launch.js';
import { requireLaunch } from '../../src/lti/guards.js';

export function showLaunchRoutes(): Router {
  const router = Router();
  router.get('/frameworks', requireLaunch(), (req, res) => {
    res.json(getCurrentLaunch(req));
  });
  return router;
}
