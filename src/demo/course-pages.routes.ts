// The pages of the course: its activities, one activity with the tool in a frame, the people,
// and the page a tool sends its user back to.
import { Router } from 'express';
import { z } from 'zod';
import { listVisibleActivities } from './demo-activities.js';
import type { Demo } from './demo.js';
import { allowOnly, DemoError, readInput } from './demo-errors.js';
import { listLineItems } from './line-items.js';
import { pageFrame } from './page-frame.js';
import { storageScript } from './storage-target.js';

const messageSchema = z.string().max(1000).optional();
const returnSchema = z.object({ lti_msg: messageSchema, lti_errormsg: messageSchema });

export function coursePageRoutes(demo: Demo): Router {
  const router = Router();
  const { course, sessions, views } = demo;
  const coursePath = `/courses/${course.id}`;

  router
    .route(coursePath)
    .get((req, res) => {
      const person = sessions.require(req);
      const records = demo.records.read();
      const activities = listVisibleActivities({ ...demo, records }, person).map((activity) => ({
        ...activity,
        lineItems: listLineItems(records, { resource_link_id: activity.id }),
      }));
      const frame = pageFrame({ demo, person, title: course.title });
      res.send(views.render('course', { ...frame, activities }));
    })
    .all(allowOnly('GET'));

  router
    .route('/activities/:id')
    .get((req, res) => {
      const person = sessions.require(req);
      const activities = listVisibleActivities({ ...demo, records: demo.records.read() }, person);
      const activity = activities.find(({ id }) => id === req.params.id);
      if (!activity) throw notInCourse();
      const frame = pageFrame({ demo, person, title: activity.title });
      const launchPath = `/activities/${activity.id}/launch`;
      res.send(
        views.render('activity', { ...frame, activity, launchPath, script: storageScript(demo) }),
      );
    })
    .all(allowOnly('GET'));

  router
    .route(`${coursePath}/people`)
    .get((req, res) => {
      const person = sessions.require(req);
      res.send(views.render('people', pageFrame({ demo, person, title: 'People' })));
    })
    .all(allowOnly('GET'));

  router
    .route(`${coursePath}/return`)
    .get((req, res) => {
      const { lti_msg: message, lti_errormsg: errorMessage } = readInput(returnSchema, req.query);
      const values = { title: 'Back from Crosswalk', coursePath, message, errorMessage };
      res.send(views.render('returned', values));
    })
    .all(allowOnly('GET'));

  return router;
}

function notInCourse(): DemoError {
  return new DemoError({
    status: 404,
    code: 'not_found',
    message: 'This course has no such activity for you.',
  });
}
