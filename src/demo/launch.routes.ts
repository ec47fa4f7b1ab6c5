// Third-party initiated login (LTI Security Framework 1.0, section 5.1.1.1): a page that posts
// to the tool's login address. It is the src of the activity page's frame, and opens alone in a
// new window. The message hint is JSON text, as Moodle's is, so that tools return it untouched.
import { Router } from 'express';
import { z } from 'zod';
import { listVisibleActivities } from './demo-activities.js';
import type { Demo, PendingLaunch } from './demo.js';
import { allowOnly, DemoError, readInput } from './demo-errors.js';
import { randomKey } from './expiring-store.js';
import { storageTarget } from './storage-target.js';
import { requireTeacher } from './require-teacher.js';

const querySchema = z.object({ target: z.enum(['iframe', 'window']).default('iframe') });

export function launchRoutes(demo: Demo): Router {
  const router = Router();

  router
    .route('/activities/:id/launch')
    .get((req, res) => {
      const person = demo.sessions.require(req);
      const { target } = readInput(querySchema, req.query);
      const records = demo.records.read();
      const activities = listVisibleActivities({ ...demo, records }, person);
      const activity = activities.find(({ id }) => id === req.params.id);
      if (!activity) throw notInCourse();

      const launch = { personId: person.id, documentTarget: target, activityId: activity.id };
      res.send(renderLogin({ demo, launch, targetLinkUri: activity.targetLinkUri }));
    })
    .all(allowOnly('GET'));

  router
    .route(`/courses/${demo.course.id}/content/launch`)
    .get((req, res) => {
      const person = requireTeacher({ demo, req });

      const launch = { personId: person.id, documentTarget: 'iframe', activityId: null } as const;
      res.send(renderLogin({ demo, launch, targetLinkUri: `${demo.toolUrl}/activities` }));
    })
    .all(allowOnly('GET'));

  return router;
}

function renderLogin({
  demo,
  launch,
  targetLinkUri,
}: {
  demo: Demo;
  launch: PendingLaunch;
  targetLinkUri: string;
}): string {
  const hint = JSON.stringify({ activity: launch.activityId, launch: randomKey() });
  demo.launches.put(hint, launch);

  return demo.views.render('continue', {
    title: 'Opening Crosswalk',
    action: `${demo.toolUrl}/lti/login`,
    fields: {
      iss: demo.registration.issuer,
      login_hint: launch.personId,
      target_link_uri: targetLinkUri,
      lti_message_hint: hint,
      client_id: demo.registration.clientId,
      lti_deployment_id: demo.registration.deploymentId,
      ...storageTarget(demo, launch),
    },
  });
}

function notInCourse(): DemoError {
  return new DemoError({
    status: 404,
    code: 'not_found',
    message: 'This course has no such activity for you.',
  });
}
