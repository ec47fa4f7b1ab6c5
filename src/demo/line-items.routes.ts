// Line items over HTTP (AGS 2.0, section 3.2): the container and each line item.
import { Router, type Response } from 'express';
import { SCOPES } from './access-tokens.js';
import { SERVICE_PATHS } from './demo-addresses.js';
import type { DemoCourse } from './demo-course.js';
import type { Demo } from './demo.js';
import { allowOnly, DemoError, readInput } from './demo-errors.js';
import {
  addLineItem,
  deleteLineItem,
  describeLineItem,
  getLineItem,
  lineItemFilterSchema,
  lineItemInputSchema,
  listLineItems,
  replaceLineItem,
  type LineItemInput,
} from './line-items.js';
import { MEDIA, readBody, requireAccept } from './media-types.js';
import { courseActivities, serviceCourse } from './open-course.js';
import { takePage } from './paging.js';

export function lineItemRoutes(demo: Demo): Router {
  const router = Router();
  const { url, records } = demo;
  const base = SERVICE_PATHS.standard;
  const mayRead = demo.accessTokens.requireScope([SCOPES.lineItem, SCOPES.lineItemReadonly]);
  const mayWrite = demo.accessTokens.requireScope([SCOPES.lineItem]);
  const send = (res: Response, type: string, body: object) =>
    res.type(type).send(JSON.stringify(body));

  router
    .route(`${base}/lineitems`)
    .get(mayRead, requireAccept(MEDIA.lineItemContainer), (req, res) => {
      const { course, address } = serviceCourse({ demo, req, courseId: req.params.course });
      const filter = readInput(lineItemFilterSchema, req.query);
      const rows = listLineItems(records.read(), { ...filter, courseId: course.id });
      const page = takePage({ req, res, url, rows });
      const body = page.map((lineItem) => describeLineItem(address, lineItem));
      send(res, MEDIA.lineItemContainer, body);
    })
    .post(mayWrite, readBody(MEDIA.lineItem), async (req, res) => {
      const { course, address } = serviceCourse({ demo, req, courseId: req.params.course });
      const input = readInput(lineItemInputSchema, req.body);
      requireOwnLink({ demo, course, input });
      const made = { input, courseId: course.id, isStandalone: true };
      const lineItem = await records.change((draft) => addLineItem(draft, made));
      send(res.status(201), MEDIA.lineItem, describeLineItem(address, lineItem));
    })
    .all(allowOnly('GET, POST'));

  router
    .route(`${base}/lineitems/:id/lineitem`)
    .get(mayRead, requireAccept(MEDIA.lineItem), (req, res) => {
      const { course, address } = serviceCourse({ demo, req, courseId: req.params.course });
      const { id } = req.params;
      const lineItem = getLineItem(records.read(), { id, courseId: course.id });
      send(res, MEDIA.lineItem, describeLineItem(address, lineItem));
    })
    .put(mayWrite, readBody(MEDIA.lineItem), async (req, res) => {
      const { course, address } = serviceCourse({ demo, req, courseId: req.params.course });
      const input = readInput(lineItemInputSchema, req.body);
      requireOwnLink({ demo, course, input });
      const replacement = { id: req.params.id, courseId: course.id, input };
      const lineItem = await records.change((draft) => replaceLineItem(draft, replacement));
      send(res, MEDIA.lineItem, describeLineItem(address, lineItem));
    })
    .delete(mayWrite, async (req, res) => {
      const { course } = serviceCourse({ demo, req, courseId: req.params.course });
      const { id } = req.params;
      await records.change((draft) => deleteLineItem(draft, { id, courseId: course.id }));
      res.status(204).end();
    })
    .all(allowOnly('GET, PUT, DELETE'));

  return router;
}

function requireOwnLink({
  demo,
  course,
  input,
}: {
  demo: Demo;
  course: DemoCourse;
  input: LineItemInput;
}): void {
  const { resourceLinkId } = input;
  if (resourceLinkId === undefined) return;
  const activities = courseActivities({ demo, course });
  if (activities.some(({ id }) => id === resourceLinkId)) return;
  throw new DemoError({
    status: 403,
    code: 'access_denied',
    message: 'resourceLinkId: no link of this tool in this course',
  });
}
