// Line items over HTTP (AGS 2.0, section 3.2): the container and each line item.
import { Router, type Response } from 'express';
import { SCOPES } from './access-tokens.js';
import { listActivities } from './demo-activities.js';
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
import { takePage } from './paging.js';

export function lineItemRoutes(demo: Demo): Router {
  const router = Router();
  const { url, course, records } = demo;
  const address = { url, courseId: course.id };
  const mayRead = demo.accessTokens.requireScope([SCOPES.lineItem, SCOPES.lineItemReadonly]);
  const mayWrite = demo.accessTokens.requireScope([SCOPES.lineItem]);
  const send = (res: Response, type: string, body: object) =>
    res.type(type).send(JSON.stringify(body));

  router
    .route(`/services/courses/${course.id}/lineitems`)
    .get(mayRead, requireAccept(MEDIA.lineItemContainer), (req, res) => {
      const rows = listLineItems(records.read(), readInput(lineItemFilterSchema, req.query));
      const page = takePage({ req, res, url, rows });
      const body = page.map((lineItem) => describeLineItem(address, lineItem));
      send(res, MEDIA.lineItemContainer, body);
    })
    .post(mayWrite, readBody(MEDIA.lineItem), async (req, res) => {
      const input = readInput(lineItemInputSchema, req.body);
      requireOwnLink(demo, input);
      const lineItem = await records.change((draft) => addLineItem(draft, input));
      send(res.status(201), MEDIA.lineItem, describeLineItem(address, lineItem));
    })
    .all(allowOnly('GET, POST'));

  router
    .route(`/services/courses/${course.id}/lineitems/:id/lineitem`)
    .get(mayRead, requireAccept(MEDIA.lineItem), (req, res) => {
      const lineItem = getLineItem(records.read(), req.params.id);
      send(res, MEDIA.lineItem, describeLineItem(address, lineItem));
    })
    .put(mayWrite, readBody(MEDIA.lineItem), async (req, res) => {
      const input = readInput(lineItemInputSchema, req.body);
      requireOwnLink(demo, input);
      const { id } = req.params;
      const lineItem = await records.change((draft) => replaceLineItem(draft, { id, input }));
      send(res, MEDIA.lineItem, describeLineItem(address, lineItem));
    })
    .delete(mayWrite, async (req, res) => {
      await records.change((draft) => deleteLineItem(draft, req.params.id));
      res.status(204).end();
    })
    .all(allowOnly('GET, PUT, DELETE'));

  return router;
}

function requireOwnLink(demo: Demo, { resourceLinkId }: LineItemInput): void {
  if (resourceLinkId === undefined) return;
  const activities = listActivities({ ...demo, records: demo.records.read() });
  if (activities.some(({ id }) => id === resourceLinkId)) return;
  throw new DemoError({
    status: 403,
    code: 'access_denied',
    message: 'resourceLinkId: no link of this tool in this course',
  });
}
