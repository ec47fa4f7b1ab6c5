// "Try what must not work": a page with six buttons, each of which sends the tool a launch that it has to refuse, and shows
// its answer in the frame.
import { Router } from 'express';
import { beginLaunch } from './begin-launch.js';
import type { Demo } from './demo.js';
import { allowOnly, DemoError } from './demo-errors.js';
import { grantLaunch } from './answer-launch.js';
import { beginElsewhere } from './begin-elsewhere.js';
import { openCourse, visibleActivities } from './open-course.js';
import { pageFrame } from './page-frame.js';
import { storageScript } from './storage-target.js';
import { isWrongLaunch, WRONG_LAUNCHES, type WrongLaunch } from './wrong-launches.js';

export function wrongLaunchRoutes(demo: Demo): Router {
  const router = Router();

  router
    .route('/courses/:course/wrong')
    .get((req, res) => {
      const { course, person } = openCourse({ demo, req, courseId: req.params.course });
      const frame = pageFrame({ demo, course, person, title: 'Try what must not work' });
      res.send(demo.views.render('wrong', { ...frame, launches: WRONG_LAUNCHES }));
    })
    .all(allowOnly('GET'));

  router
    .route('/courses/:course/wrong/:kind')
    .get((req, res) => {
      const { course, person } = openCourse({ demo, req, courseId: req.params.course });
      const chosen = WRONG_LAUNCHES.find(({ kind }) => kind === requireKind(req.params.kind));
      const title = chosen?.title ?? '';
      const frame = pageFrame({ demo, course, person, title });
      const launchPath = `${req.path}/launch`;
      const script = storageScript(demo);
      res.send(demo.views.render('wrong-launch', { ...frame, ...chosen, launchPath, script }));
    })
    .all(allowOnly('GET'));

  router
    .route('/courses/:course/wrong/:kind/launch')
    .get(async (req, res) => {
      const { course, person } = openCourse({ demo, req, courseId: req.params.course });
      const wrong = requireKind(req.params.kind);
      const [activity] = visibleActivities({ demo, course, person });
      if (!activity) throw nothingToOpen();
      const subject = { kind: 'activity', activityId: activity.id } as const;
      const beginning = { demo, req, course, person, subject, wrong };
      if (wrong !== 'other-browser') return void res.send(beginLaunch(beginning));

      const { launch, redirectUri, state, nonce } = await beginElsewhere(beginning);
      await grantLaunch({ demo, res, launch, redirectUri, state, person, nonce });
    })
    .all(allowOnly('GET'));

  return router;
}

function requireKind(kind: string): WrongLaunch {
  if (isWrongLaunch(kind)) return kind;
  throw new DemoError({ status: 404, code: 'not_found', message: 'There is no such launch.' });
}

function nothingToOpen(): DemoError {
  return new DemoError({
    status: 404,
    code: 'not_found',
    message: 'This course has no activity to open.',
  });
}
