// The front page, where one chooses whom to be, and the session that follows from it.
import { Router } from 'express';
import { z } from 'zod';
import { coursesOf, findPerson } from './demo-course.js';
import type { Demo } from './demo.js';
import { allowOnly, DemoError, readInput } from './demo-errors.js';
import { pageFrame } from './page-frame.js';

const signInSchema = z.object({ person: z.string().min(1).max(64) });

export function signInRoutes(demo: Demo): Router {
  const router = Router();
  const { courses, sessions, views } = demo;
  const people = [...new Set(courses.flatMap((course) => course.people))].map((person) => ({
    ...person,
    labels: coursesOf(courses, person).map(({ label }) => label),
  }));

  router
    .route('/')
    .get((req, res) => {
      const person = sessions.find(req);
      const title = 'Choose a person';
      const frame = person ? pageFrame({ demo, course: null, person, title }) : { title };
      res.send(views.render('front', { ...frame, people, isMoodle: demo.mode === 'moodle' }));
    })
    .all(allowOnly('GET'));

  router
    .route('/session')
    .post((req, res) => {
      const { person: id } = readInput(signInSchema, req.body);
      const person = findPerson(courses, id);
      const [course] = person ? coursesOf(courses, person) : [];
      if (!person || !course) throw nobody();
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
    message: 'There is no such person in the courses.',
  });
}
