// The page of the account (as in Canvas) or of the site home (as in Moodle) with the tool in a frame, and the launch in it.
import { Router } from 'express';
import { beginLaunch } from './begin-launch.js';
import type { Demo } from './demo.js';
import { allowOnly } from './demo-errors.js';
import { pageFrame } from './page-frame.js';
import { SITE_ID } from './site.js';
import { storageScript } from './storage-target.js';

export function siteRoutes(demo: Demo): Router {
  const router = Router();

  router
    .route('/site')
    .get((req, res) => {
      const person = demo.sessions.require(req);
      const frame = pageFrame({ demo, course: null, person, title: demo.site.title });
      res.send(demo.views.render('site', { ...frame, script: storageScript(demo) }));
    })
    .all(allowOnly('GET'));

  router
    .route('/site/launch')
    .get((req, res) => {
      const person = demo.sessions.require(req);
      const subject = { kind: 'activity', activityId: SITE_ID } as const;
      res.send(beginLaunch({ demo, req, course: demo.site, person, subject }));
    })
    .all(allowOnly('GET'));

  return router;
}
