// Scores and results as Moodle 4.5.6 serves them: success without a body, refusals with "[]" and the cause in the status
// line only, 409 for a score within the same second, and a 404 page for results with a limit.
import { json, Router } from 'express';
import { z } from 'zod';
import { lineItemUrl, resultsUrl, SERVICE_PATHS } from './demo-addresses.js';
import { findMember, isLearner } from './demo-course.js';
import type { Demo } from './demo.js';
import { allowOnly } from './demo-errors.js';
import { listLineItems } from './line-items.js';
import { MEDIA } from './media-types.js';
import { isAccepted, refuseType, refuseUnknown } from './moodle-line-items.routes.js';
import { answerHtmlError } from './moodle-pages.js';
import { contentTypeOf, hasScope, refuseService } from './moodle-service.js';
import { serviceCourse } from './open-course.js';
import { findScore, listScores, recordScore } from './scores.js';

const readJson = json({ type: () => true, limit: '64kb' });

const scoreSchema = z.object({
  userId: z.union([z.string().min(1).max(255), z.number().int()]).transform(String),
  timestamp: z.iso.datetime({ offset: true }),
  activityProgress: z.enum(['Initialized', 'Started', 'InProgress', 'Submitted', 'Completed']),
  gradingProgress: z.enum(['FullyGraded', 'Pending', 'PendingManual', 'Failed', 'NotReady']),
  scoreGiven: z.number().optional(),
  scoreMaximum: z.number().positive().default(1),
  comment: z.string().max(10_000).optional(),
});

export function moodleScoreRoutes(demo: Demo): Router {
  const router = Router();
  const lineItemPath = `${SERVICE_PATHS.moodle}/lineitems/:id/lineitem` as const;
  const find = (id: string, courseId: string) =>
    listLineItems(demo.records.read(), { courseId }).find((lineItem) => lineItem.id === id);

  router
    .route(`${lineItemPath}/scores`)
    .post(readJson, async (req, res) => {
      if (contentTypeOf(req) !== MEDIA.score) return refuseType(res);
      if (!hasScope({ demo, req, res, anyOf: ['score'] })) return;
      const refuse = (status: number, reason: string) =>
        refuseService(res, { status, reason, body: '[]' });
      const { course } = serviceCourse({ demo, req, courseId: req.params.course });
      const lineItem = find(req.params.id, course.id);
      if (!lineItem) return refuse(404, 'Not Found');
      const read = scoreSchema.safeParse(req.body);
      if (!read.success) return refuse(400, `Incorrect score received ${JSON.stringify(req.body)}`);
      const { scoreGiven: given, ...rest } = read.data;
      const score = given === undefined ? rest : { ...rest, scoreGiven: Math.max(given, 0) };
      const person = findMember(course, score.userId);
      if (!person || !isLearner(person))
        return refuse(400, `Incorrect score received ${JSON.stringify(req.body)}`);
      if (lineItem.isLocked === true) return refuse(500, 'Internal Server Error');

      const known = findScore(demo.records.read(), { lineItem: lineItem.id, userId: person.id });
      if (known && wholeSeconds(score.timestamp) <= wholeSeconds(known.timestamp))
        return refuse(409, 'Refusing score with an earlier timestamp');
      const outcome = await demo.records.change((draft) => recordScore(draft, { lineItem, score }));
      if (outcome === 'stale') return refuse(409, 'Refusing score with an earlier timestamp');
      res.status(200).end();
    })
    .all(allowOnly('POST'));

  router
    .route(`${lineItemPath}/results`)
    .get((req, res) => {
      if (!isAccepted(req, MEDIA.resultContainer)) return refuseType(res);
      if (!hasScope({ demo, req, res, anyOf: ['resultReadonly'] })) return;
      const { limit, type_id: typeId, user_id: userId } = req.query;
      if (limit !== undefined && typeId !== undefined)
        return answerHtmlError({ demo, res, message: 'Error reading from database' });
      const { course, address } = serviceCourse({ demo, req, courseId: req.params.course });
      const lineItem = find(req.params.id, course.id);
      if (!lineItem) return refuseUnknown(res);
      const user = typeof userId === 'string' ? userId : undefined;
      const rows = listScores(demo.records.read(), { lineItem: lineItem.id, userId: user });
      const { id } = lineItem;
      const results = rows.map((score) => {
        const resultScore = score.override ?? score.resultScore;
        const bare = {
          id: `${resultsUrl({ ...address, id })}&user_id=${score.userId}`,
          userId: score.userId,
        };
        if (resultScore === undefined) return bare;
        return {
          ...bare,
          resultScore,
          resultMaximum: lineItem.scoreMaximum,
          ...(score.comment === undefined ? {} : { comment: score.comment }),
          scoreOf: lineItemUrl({ ...address, id }),
          timestamp: score.timestamp,
        };
      });
      res.type(MEDIA.resultContainer).send(JSON.stringify(results).replaceAll('/', '\\/'));
    })
    .all(allowOnly('GET'));

  return router;
}

function wholeSeconds(timestamp: string): number {
  return Math.floor(Date.parse(timestamp) / 1000);
}
