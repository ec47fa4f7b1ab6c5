// The pages of a course: its activities, one activity with the tool in a frame, the people, the tool that opens it, and the
// page a tool sends its user back to.
import { Router } from 'express';
import { z } from 'zod';
import type { Demo } from './demo.js';
import { allowOnly, DemoError, readInput } from './demo-errors.js';
import { findMember, mayTeach } from './demo-course.js';
import { isSuspended } from './demo-records.js';
import { listLineItems } from './line-items.js';
import { openActivity, openCourse, teachCourse, visibleActivities } from './open-course.js';
import { pageFrame } from './page-frame.js';
import { storageScript } from './storage-target.js';

const messageSchema = z.string().max(1000).optional();
const returnSchema = z.object({ lti_msg: messageSchema, lti_errormsg: messageSchema });
const toolSchema = z.object({ tool: z.string().min(1).max(255) });
const enrolmentSchema = z.object({ person: z.string().min(1).max(64) });

export function coursePageRoutes(demo: Demo): Router {
  const router = Router();
  const { views } = demo;

  router
    .route('/courses/:course')
    .get((req, res) => {
      const { course, person } = openCourse({ demo, req, courseId: req.params.course });
      const records = demo.records.read();
      const activities = visibleActivities({ demo, course, person }).map((activity) => ({
        ...activity,
        lineItems: listLineItems(records, { courseId: course.id, resource_link_id: activity.id }),
      }));
      const frame = pageFrame({ demo, course, person, title: course.title });
      const tools = mayTeach(person) ? listChoice(demo, course.id) : null;
      res.send(views.render('course', { ...frame, activities, tools }));
    })
    .all(allowOnly('GET'));

  router
    .route('/courses/:course/tool')
    .post(async (req, res) => {
      const { course } = teachCourse({ demo, req, courseId: req.params.course });
      const { tool } = readInput(toolSchema, req.body);
      if (!demo.tools.find(tool)) throw noSuchTool();
      await demo.records.change((draft) => {
        draft.courseTools[course.id] = tool;
      });
      res.redirect(303, `/courses/${course.id}`);
    })
    .all(allowOnly('POST'));

  router
    .route('/activities/:id')
    .get((req, res) => {
      const { activity, course, person } = openActivity({ demo, req, id: req.params.id });
      const frame = pageFrame({ demo, course, person, title: activity.title });
      const launchPath = `/activities/${activity.id}/launch`;
      res.send(
        views.render('activity', { ...frame, activity, launchPath, script: storageScript(demo) }),
      );
    })
    .all(allowOnly('GET'));

  router
    .route('/courses/:course/people')
    .get((req, res) => {
      const { course, person } = openCourse({ demo, req, courseId: req.params.course });
      const records = demo.records.read();
      const people = course.people.map((member) => ({
        ...member,
        isSuspended: isSuspended(records, { course, person: member }),
        mayBeSuspended: mayTeach(person) && member.kind === 'Learner',
      }));
      const frame = pageFrame({ demo, course, person, title: 'People' });
      res.send(views.render('people', { ...frame, people }));
    })
    .all(allowOnly('GET'));

  router
    .route('/courses/:course/enrolments')
    .post(async (req, res) => {
      const { course } = teachCourse({ demo, req, courseId: req.params.course });
      const { person } = readInput(enrolmentSchema, req.body);
      if (findMember(course, person)?.kind !== 'Learner') throw notAStudent();
      await demo.records.change((draft) => {
        const others = draft.suspended.filter(
          (one) => one.course !== course.id || one.person !== person,
        );
        const wasSuspended = others.length < draft.suspended.length;
        draft.suspended = wasSuspended ? others : [...others, { course: course.id, person }];
      });
      res.redirect(303, `/courses/${course.id}/people`);
    })
    .all(allowOnly('POST'));

  router
    .route('/courses/:course/return')
    .get((req, res) => {
      const { lti_msg: message, lti_errormsg: errorMessage } = readInput(returnSchema, req.query);
      const course = demo.courses.find(({ id }) => id === req.params.course);
      res.send(
        views.render('returned', {
          title: 'Back from Crosswalk',
          coursePath: course ? `/courses/${course.id}` : '/',
          message,
          errorMessage,
        }),
      );
    })
    .all(allowOnly('GET'));

  return router;
}

/** The active tools, where there is one beside the built-in. */
function listChoice(demo: Demo, courseId: string) {
  const active = demo.tools.list().filter((tool) => tool.isActive);
  const chosen = demo.tools.ofCourse(courseId).clientId;
  if (active.length < 2) return null;
  return active.map((tool) => ({ ...tool, isChosen: tool.clientId === chosen }));
}

function noSuchTool(): DemoError {
  return new DemoError({
    status: 400,
    code: 'invalid_request',
    message: 'There is no such active tool.',
  });
}

function notAStudent(): DemoError {
  return new DemoError({
    status: 400,
    code: 'invalid_request',
    message: 'Only a student of this course can be suspended.',
  });
}
