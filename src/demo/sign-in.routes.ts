// The front page, where one chooses whom to be, and the session that follows from it.
import { Router } from 'express';
import { z } from 'zod';
import { findPerson } from './demo-course.js';
import type { Demo } from './demo.js';
import { allowOnly, DemoError, readInput } from './demo-errors.js';
import { pageFrame } from './page-frame.js';

const signInSchema = z.object({ person: z.string().min(1).max(64) });

export function signInRoutes(demo: Demo): Router {
  const router = Router();
  const { course, sessions, views } = demo;

  router
    .route('/')
    .get((req, res) => {
      const person = sessions.find(req);
      const frame = person
        ? pageFrame({ demo, person, title: 'Choose a person' })
        : { title: 'Choose a person', course };
      res.send(views.render('front', frame));
    })
    .all(allowOnly('GET'));

  router
    .route('/session')
    .post((req, res) => {
      const { person: id } = readInput(signInSchema, req.body);
      const person = findPerson(course, id);
      if (!person) throw nobody();
      sessions.start(res, person);
      res.redirect(303, `/courses/${course.id}`);
    })
    .all(allowOnly('POST'));

  router
    .route('/session/end')
    .post((_req, res) => {
      sessions.end(res);
      res.redirect(303, '/');
    })
    .all(allowOnly('POST'));

  return router;
}

function nobody(): DemoError {
  return new DemoError({
    status: 400,
    code: 'invalid_request',
    message: 'There is no such person in this course.',
  });
}
