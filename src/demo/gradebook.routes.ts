// The gradebook: learners by line items, with what the tool sent. A learner sees their own row.
import { Router } from 'express';
import { isLearner, mayTeach, type DemoCourse, type Person } from './demo-course.js';
import type { Demo } from './demo.js';
import { allowOnly, DemoError } from './demo-errors.js';
import type { DemoRecords } from './demo-records.js';
import { pageFrame } from './page-frame.js';
import { findScore } from './scores.js';

export function gradebookRoutes(demo: Demo): Router {
  const router = Router();

  router
    .route(`/courses/${demo.course.id}/gradebook`)
    .get((req, res) => {
      const person = demo.sessions.require(req);
      const gradebook = buildGradebook({ ...demo, records: demo.records.read(), person });
      const frame = pageFrame({ demo, person, title: 'Gradebook' });
      res.send(demo.views.render('gradebook', { ...frame, ...gradebook }));
    })
    .all(allowOnly('GET'));

  return router;
}

function buildGradebook({
  course,
  records,
  person,
}: {
  course: DemoCourse;
  records: Readonly<DemoRecords>;
  person: Person;
}) {
  const learners = course.people.filter(
    (candidate) => isLearner(candidate) && (mayTeach(person) || candidate.id === person.id),
  );
  if (learners.length === 0) {
    throw new DemoError({
      status: 403,
      code: 'access_denied',
      message: 'The gradebook is for instructors, and for each student their own row.',
    });
  }

  const rows = learners.map((learner) => ({
    learner,
    cells: records.lineItems.map((lineItem) => {
      const score = findScore(records, { lineItem: lineItem.id, userId: learner.id });
      return {
        ...score,
        scoreMaximum: lineItem.scoreMaximum,
        hasGrade: score?.resultScore !== undefined,
      };
    }),
  }));
  return { lineItems: records.lineItems, rows };
}
