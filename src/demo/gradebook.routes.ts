// The gradebook: learners by line items, with what the tool sent. A learner sees their own row; a teacher may close a
// column, put a grade of their own before the tool's, and open what a learner handed in.
import { Router } from 'express';
import { z } from 'zod';
import { findMember, isLearner, mayTeach, type DemoCourse, type Person } from './demo-course.js';
import type { Demo } from './demo.js';
import { allowOnly, DemoError, readInput } from './demo-errors.js';
import type { DemoRecords } from './demo-records.js';
import { getLineItem, listLineItems } from './line-items.js';
import { openCourse, teachCourse } from './open-course.js';
import { pageFrame } from './page-frame.js';
import { writeGradebookFile } from './gradebook-file.js';
import { findScore, overrideScore } from './scores.js';

const gradeSchema = z.object({
  learner: z.string().min(1).max(64),
  grade: z.coerce.number().min(0).max(1_000_000),
});

export function gradebookRoutes(demo: Demo): Router {
  const router = Router();

  router
    .route('/courses/:course/gradebook')
    .get((req, res) => {
      const { course, person } = openCourse({ demo, req, courseId: req.params.course });
      const gradebook = buildGradebook({ course, records: demo.records.read(), person });
      const frame = pageFrame({ demo, course, person, title: 'Gradebook' });
      res.send(demo.views.render('gradebook', { ...frame, ...gradebook }));
    })
    .all(allowOnly('GET'));

  router
    .route('/courses/:course/gradebook.csv')
    .get((req, res) => {
      const { course } = teachCourse({ demo, req, courseId: req.params.course });
      const { mode } = demo.tools.ofCourse(course.id);
      const records = demo.records.read();
      res.attachment('gradebook.csv').type('text/csv');
      res.send(writeGradebookFile({ course, records, mode, downloadedAt: demo.now() }));
    })
    .all(allowOnly('GET'));

  router
    .route('/courses/:course/gradebook/:lineItem/lock')
    .post(async (req, res) => {
      const { course } = teachCourse({ demo, req, courseId: req.params.course });
      const named = { id: req.params.lineItem, courseId: course.id };
      await demo.records.change((draft) => {
        const lineItem = getLineItem(draft, named);
        lineItem.isLocked = lineItem.isLocked !== true;
      });
      res.redirect(303, `/courses/${course.id}/gradebook`);
    })
    .all(allowOnly('POST'));

  router
    .route('/courses/:course/gradebook/:lineItem/grade')
    .post(async (req, res) => {
      const { course } = teachCourse({ demo, req, courseId: req.params.course });
      const { learner, grade } = readInput(gradeSchema, req.body);
      if (findMember(course, learner)?.kind !== 'Learner') throw notALearner();
      const named = { id: req.params.lineItem, courseId: course.id };
      await demo.records.change((draft) => {
        const lineItem = getLineItem(draft, named);
        overrideScore(draft, { lineItem, userId: learner, grade, now: demo.now() });
      });
      res.redirect(303, `/courses/${course.id}/gradebook`);
    })
    .all(allowOnly('POST'));

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

  const lineItems = listLineItems(records, { courseId: course.id });
  const path = `/courses/${course.id}/gradebook`;
  const rows = learners.map((learner) => ({
    learner,
    cells: lineItems.map(({ id, label, scoreMaximum, resourceLinkId }) => {
      const score = findScore(records, { lineItem: id, userId: learner.id });
      return {
        ...score,
        label,
        scoreMaximum,
        hasGrade: score?.resultScore !== undefined,
        hasOverride: score?.override !== undefined,
        reviewPath:
          mayTeach(person) && resourceLinkId
            ? `/courses/${course.id}/reviews/${id}/${learner.id}`
            : null,
        gradePath: mayTeach(person) ? `${path}/${id}/grade` : null,
      };
    }),
  }));
  const columns = lineItems.map((lineItem) => ({
    ...lineItem,
    lockPath: mayTeach(person) ? `${path}/${lineItem.id}/lock` : null,
  }));
  const own = mayTeach(person) ? course.assignments.map(({ title }) => title).join(', ') : '';
  return { lineItems: columns, rows, own, filePath: mayTeach(person) ? `${path}.csv` : null };
}

function notALearner(): DemoError {
  return new DemoError({
    status: 400,
    code: 'invalid_request',
    message: 'Grades are for students of this course.',
  });
}
