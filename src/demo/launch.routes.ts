// Third-party initiated login (LTI Security Framework 1.0, section 5.1.1.1): a page that posts to the tool's login address.
// It is the src of the frame of an activity, of the choice of content and of a review, and opens alone in a new window.
import { Router, type Request } from 'express';
import { z } from 'zod';
import { beginLaunch } from './begin-launch.js';
import { findMember } from './demo-course.js';
import type { Demo } from './demo.js';
import { allowOnly, DemoError, readInput } from './demo-errors.js';
import { getLineItem } from './line-items.js';
import { openActivity, teachCourse } from './open-course.js';
import { pageFrame } from './page-frame.js';
import { storageScript } from './storage-target.js';

const querySchema = z.object({ target: z.enum(['iframe', 'window']).default('iframe') });

export function launchRoutes(demo: Demo): Router {
  const router = Router();

  router
    .route('/activities/:id/launch')
    .get((req, res) => {
      const { activity, course, person } = openActivity({ demo, req, id: req.params.id });
      const { target: documentTarget } = readInput(querySchema, req.query);
      const subject = { kind: 'activity', activityId: activity.id } as const;
      res.send(beginLaunch({ demo, req, course, person, documentTarget, subject }));
    })
    .all(allowOnly('GET'));

  router
    .route('/courses/:course/content/launch')
    .get((req, res) => {
      const opened = teachCourse({ demo, req, courseId: req.params.course });
      const subject = { kind: 'content' } as const;
      res.send(beginLaunch({ demo, req, ...opened, subject }));
    })
    .all(allowOnly('GET'));

  const reviewPath = '/courses/:course/reviews/:lineItem/:learner' as const;
  router
    .route(reviewPath)
    .get((req, res) => {
      const { course, person, learner, lineItem } = openReview(demo, req, req.params);
      const title = `${lineItem.label}: ${learner.displayName}`;
      const frame = pageFrame({ demo, course, person, title });
      const launchPath = `${req.path}/launch`;
      res.send(demo.views.render('review', { ...frame, launchPath, script: storageScript(demo) }));
    })
    .all(allowOnly('GET'));

  router
    .route(`${reviewPath}/launch`)
    .get((req, res) => {
      const { course, person, learner, lineItem } = openReview(demo, req, req.params);
      const subject = {
        kind: 'review',
        lineItemId: lineItem.id,
        learnerId: learner.id,
      } as const;
      res.send(beginLaunch({ demo, req, course, person, subject }));
    })
    .all(allowOnly('GET'));

  return router;
}

/** What a learner handed in for a column of an activity, as a teacher opens it. */
function openReview(
  demo: Demo,
  req: Request,
  params: { course: string; lineItem: string; learner: string },
) {
  const opened = teachCourse({ demo, req, courseId: params.course });
  const learner = findMember(opened.course, params.learner);
  const named = { id: params.lineItem, courseId: opened.course.id };
  const lineItem = getLineItem(demo.records.read(), named);
  if (learner && lineItem.resourceLinkId !== undefined) return { ...opened, learner, lineItem };
  throw new DemoError({
    status: 404,
    code: 'not_found',
    message: 'There is nothing to review here.',
  });
}
