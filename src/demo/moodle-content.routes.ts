// Where the choice of content comes back, as in Moodle 4.5.6: always posted once more by itself, without `data`, titles as
// plain text, the column named after its activity, and a nested custom value the end of it. Links and HTML, which Moodle
// turns into forms of its own, are passed over here. Also the page that return_url names.
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { placeContentItems } from './demo-activities.js';
import type { Demo } from './demo.js';
import { allowOnly } from './demo-errors.js';
import { requireTool } from './demo-tools.js';
import { answerHtmlError, answerInvalidRequest, BROKEN_KEY_SET } from './moodle-pages.js';
import { teachCourse } from './open-course.js';

const querySchema = z.object({
  course: z.string().min(1).max(64),
  id: z.string().min(1).max(64),
  sesskey: z.string().min(1).max(64),
});
const bodySchema = z.object({ JWT: z.string().min(1), repost: z.literal('1').optional() });
const returnSchema = z.object({
  course: z.string().min(1).max(64),
  lti_msg: z.string().max(1000).optional(),
  lti_errormsg: z.string().max(1000).optional(),
});

const NESTED = 'Object of class stdClass could not be converted to string';
const customSchema = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean()], { error: NESTED }).transform(String),
);
const itemSchema = z.object({
  type: z.literal('ltiResourceLink'),
  title: z.string().optional(),
  text: z.string().optional(),
  url: z.url({ protocol: /^https?$/ }).optional(),
  custom: customSchema.optional(),
  lineItem: z
    .object({
      scoreMaximum: z.number().min(0),
      resourceId: z.string().optional(),
      tag: z.string().optional(),
      submissionReview: z
        .object({ url: z.string().optional(), custom: customSchema.optional() })
        .optional(),
    })
    .optional(),
});
const CLAIM = 'https://purl.imsglobal.org/spec/lti-dl/claim/';
const claimsSchema = z.object({
  'https://purl.imsglobal.org/spec/lti/claim/message_type': z.literal('LtiDeepLinkingResponse'),
  [`${CLAIM}content_items`]: z.array(z.looseObject({ type: z.string() })).default([]),
  [`${CLAIM}msg`]: z.string().optional(),
  [`${CLAIM}errormsg`]: z.string().optional(),
});

export function moodleContentRoutes(demo: Demo): Router {
  const router = Router();

  router
    .route('/mod/lti/contentitem_return.php')
    .post((req, res) => takeContent({ demo, req, res }))
    .all(allowOnly('POST'));

  router
    .route('/mod/lti/return.php')
    .get((req, res) => {
      const read = returnSchema.safeParse(req.query);
      const course = demo.courses.find(({ id }) => id === read.data?.course);
      if (!read.success || !course) return answerInvalidRequest({ demo, res });
      const { lti_msg: message, lti_errormsg: errorMessage } = read.data;
      const coursePath = `/courses/${course.id}`;
      const title = 'Back from Crosswalk';
      res.send(demo.views.render('returned', { title, coursePath, message, errorMessage }));
    })
    .all(allowOnly('GET'));

  return router;
}

async function takeContent(asked: { demo: Demo; req: Request; res: Response }): Promise<void> {
  const { demo, req, res } = asked;
  const query = querySchema.safeParse(req.query);
  const body = bodySchema.safeParse(req.body);
  if (!query.success || !body.success) return answerInvalidRequest({ demo, res });
  const { JWT: token, repost } = body.data;
  if (repost === undefined) {
    const action = `${demo.url}${req.originalUrl}`;
    const fields = { JWT: token, repost: '1' };
    const values = { title: 'Adding content', action, fields };
    return void res.send(demo.views.render('continue', values));
  }

  const { course, person } = teachCourse({ demo, req, courseId: query.data.course });
  const pending = demo.contentRequests.peek(query.data.sesskey);
  if (pending?.personId !== person.id || pending.courseId !== course.id)
    return answerInvalidRequest({ demo, res });
  const tool = requireTool(demo.tools, pending.clientId);
  const expected = { issuer: tool.clientId, audience: [demo.registration.issuer] };
  const check = await tool.keys.verify(token, expected);
  if (check.outcome === 'unavailable')
    return answerHtmlError({ demo, res, message: BROKEN_KEY_SET });
  const claims = claimsSchema.safeParse(check.outcome === 'valid' ? check.claims : null);
  if (!claims.success) return answerInvalidRequest({ demo, res });

  const links = claims.data[`${CLAIM}content_items`].filter(
    ({ type }) => type === 'ltiResourceLink',
  );
  const items = z.array(itemSchema).safeParse(links);
  if (!items.success) {
    const message = items.error.issues.map((issue) => issue.message).join('; ');
    return answerHtmlError({ demo, res, message });
  }
  const placing = { items: items.data, courseId: course.id, toolUrl: tool.origin };
  const placed = await demo.records.change((draft) =>
    placeContentItems(draft, { ...placing, placedAt: demo.now() }),
  );
  res.send(
    demo.views.render('content-placed', {
      title:
        placed.length > 0
          ? 'The following items will be added to your course'
          : 'Nothing was added',
      placed,
      message: claims.data[`${CLAIM}msg`],
      errorMessage: claims.data[`${CLAIM}errormsg`],
      coursePath: `/courses/${course.id}`,
    }),
  );
}
