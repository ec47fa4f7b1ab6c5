// Scores and results over HTTP (AGS 2.0, sections 3.3 and 3.4). A score that was taken is
// answered with 200 and an empty body, as Moodle does.
import { Router } from 'express';
import { z } from 'zod';
import { SCOPES } from './access-tokens.js';
import { SERVICE_PATHS } from './demo-addresses.js';
import { findMember, isLearner, type DemoCourse } from './demo-course.js';
import type { Demo } from './demo.js';
import { allowOnly, DemoError, readInput } from './demo-errors.js';
import { getLineItem } from './line-items.js';
import { MEDIA, readBody, requireAccept } from './media-types.js';
import { serviceCourse } from './open-course.js';
import { takePage } from './paging.js';
import { describeResult, listScores, recordScore, scoreInputSchema } from './scores.js';

const resultFilterSchema = z.object({ user_id: z.string().optional() });

export function scoreRoutes(demo: Demo): Router {
  const router = Router();
  const { url, records } = demo;
  const lineItemPath = `${SERVICE_PATHS.standard}/lineitems/:id/lineitem` as const;

  router
    .route(`${lineItemPath}/scores`)
    .post(
      demo.accessTokens.requireScope([SCOPES.score]),
      readBody(MEDIA.score),
      async (req, res) => {
        const score = readInput(scoreInputSchema, req.body);
        const { course } = serviceCourse({ demo, req, courseId: req.params.course });
        const named = { id: req.params.id, courseId: course.id };
        requireLearner(course, score.userId);
        const outcome = await records.change((draft) =>
          recordScore(draft, { lineItem: getLineItem(draft, named), score }),
        );
        if (outcome === 'stale') throw stale();
        res.status(200).end();
      },
    )
    .all(allowOnly('POST'));

  router
    .route(`${lineItemPath}/results`)
    .get(
      demo.accessTokens.requireScope([SCOPES.resultReadonly]),
      requireAccept(MEDIA.resultContainer),
      (req, res) => {
        const { user_id: userId } = readInput(resultFilterSchema, req.query);
        const { course, address } = serviceCourse({ demo, req, courseId: req.params.course });
        const named = { id: req.params.id, courseId: course.id };
        const lineItem = getLineItem(records.read(), named);
        const rows = listScores(records.read(), { lineItem: lineItem.id, userId });
        const page = takePage({ req, res, url, rows });
        const body = page.map((score) => describeResult(address, { lineItem, score }));
        res.type(MEDIA.resultContainer).send(JSON.stringify(body));
      },
    )
    .all(allowOnly('GET'));

  return router;
}

function requireLearner(course: DemoCourse, userId: string): void {
  const person = findMember(course, userId);
  if (person && isLearner(person)) return;
  throw new DemoError({
    status: 400,
    code: 'invalid_request',
    message: 'userId: not a learner of this course',
  });
}

function stale(): DemoError {
  return new DemoError({
    status: 409,
    code: 'conflict',
    message: 'timestamp: a score as new as this one, or newer, is already recorded',
  });
}
