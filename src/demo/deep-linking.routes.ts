// Choosing content (LTI Deep Linking 2.0): the page with the tool's chooser in a frame, and the
// return address, which verifies what the tool signed and places its links in the course. The
// return is posted again from a page of our own where the cookie was kept back, as in Moodle.
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { readContentResponse } from './content-items.js';
import { placeContentItems } from './demo-activities.js';
import type { Demo, PendingContent } from './demo.js';
import { allowOnly, DemoError, readInput } from './demo-errors.js';
import { requireTool, type DemoTool } from './demo-tools.js';
import { teachCourse } from './open-course.js';
import { pageFrame } from './page-frame.js';
import { storageScript } from './storage-target.js';

const querySchema = z.object({ request: z.string().min(1).max(64) });
const bodySchema = z.object({ JWT: z.string().min(1), reposted: z.literal('1').optional() });

export function deepLinkingRoutes(demo: Demo): Router {
  const router = Router();

  router
    .route('/courses/:course/content')
    .get((req, res) => {
      const { course, person } = teachCourse({ demo, req, courseId: req.params.course });
      const frame = pageFrame({ demo, course, person, title: 'Select content' });
      res.send(
        demo.views.render('content', {
          ...frame,
          launchPath: `/courses/${course.id}/content/launch`,
          script: storageScript(demo),
        }),
      );
    })
    .all(allowOnly('GET'));

  router
    .route('/courses/:course/content-items')
    .post((req, res) => takeContent({ demo, req, res, courseId: req.params.course }))
    .all(allowOnly('POST'));

  return router;
}

async function takeContent({
  demo,
  req,
  res,
  courseId,
}: {
  demo: Demo;
  req: Request;
  res: Response;
  courseId: string;
}): Promise<void> {
  const { request } = readInput(querySchema, req.query);
  const { JWT: token, reposted } = readInput(bodySchema, req.body);
  const person = demo.sessions.find(req);
  if (!person && !reposted) {
    const fields = { JWT: token, reposted: '1' };
    const action = `${demo.url}${req.originalUrl}`;
    return void res.send(
      demo.views.render('continue', { title: 'Adding content', action, fields }),
    );
  }

  const { course, person: teacher } = teachCourse({ demo, req, courseId });
  const pending = demo.contentRequests.peek(request);
  if (pending?.personId !== teacher.id || pending.courseId !== courseId) throw notAwaited();
  const tool = requireTool(demo.tools, pending.clientId);

  const response = await verifyResponse({ demo, tool, token, pending });
  // Taken only now, and at once: of two answers to one request the first valid one counts.
  if (!demo.contentRequests.take(request)) throw notAwaited();
  const placed =
    response.items.length === 0
      ? []
      : await demo.records.change((draft) =>
          placeContentItems(draft, {
            items: response.items,
            courseId,
            toolUrl: tool.origin,
            placedAt: demo.now(),
          }),
        );
  demo.log.info({ placed: placed.length }, 'the demo LMS placed content');
  res.send(
    demo.views.render('content-placed', {
      title: placed.length > 0 ? 'Content added' : 'Nothing was added',
      placed,
      message: response.message,
      errorMessage: response.errorMessage,
      coursePath: `/courses/${course.id}`,
    }),
  );
}

async function verifyResponse({
  demo,
  tool,
  token,
  pending,
}: {
  demo: Demo;
  tool: DemoTool;
  token: string;
  pending: PendingContent;
}) {
  const { clientId, deploymentId } = tool;
  const audience = [demo.registration.issuer];
  const check = await tool.keys.verify(token, { issuer: clientId, audience });
  if (check.outcome === 'unavailable') {
    throw new DemoError({ status: 503, code: 'temporarily_unavailable', message: check.reason });
  }
  if (check.outcome === 'refused') throw refuse(check.reason);

  const read = readContentResponse({
    claims: check.claims,
    expected: { deploymentId, data: pending.data, toolOrigin: tool.origin },
  });
  if ('refusal' in read) throw refuse(read.refusal);

  const { nonce, expiresAt } = read.response;
  if (!demo.toolTokenGuard.isFirstUse(`nonce:${nonce}`, expiresAt)) {
    throw refuse('its nonce was used before');
  }
  return read.response;
}

function refuse(reason: string): DemoError {
  return new DemoError({
    status: 400,
    code: 'invalid_request',
    message: `The answer of the tool is not accepted, and nothing was added: ${reason}`,
  });
}

function notAwaited(): DemoError {
  return new DemoError({
    status: 400,
    code: 'invalid_request',
    message: 'No content is awaited here: it was added already, or the request is too old.',
  });
}
