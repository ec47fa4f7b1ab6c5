// Line items as Moodle 4.5.6 serves them: the list only for exactly its media type, a Link header with typographic quotes
// and &amp; in its address, 201 that echoes what it then drops, PUT that empties, DELETE that takes an activity's own column.
import { json, Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { lineItemUrl, SERVICE_PATHS, type CourseAddress } from './demo-addresses.js';
import type { DemoCourse } from './demo-course.js';
import type { Demo } from './demo.js';
import { allowOnly } from './demo-errors.js';
import type { StoredLineItem } from './demo-records.js';
import { addLineItem, deleteLineItem, listLineItems, replaceLineItem } from './line-items.js';
import { MEDIA } from './media-types.js';
import { acceptOf, contentTypeOf, hasScope, refuseService } from './moodle-service.js';
import { courseActivities, serviceCourse } from './open-course.js';

const readJson = json({ type: () => true, limit: '64kb' });
const textSchema = z.string().max(255).optional();
const inputSchema = z.looseObject({
  label: z.string().trim().min(1).max(255),
  scoreMaximum: z.number().min(0),
  resourceLinkId: z.union([z.string(), z.number()]).transform(String).optional(),
  resourceId: textSchema,
  tag: textSchema,
});
const filterSchema = z.object({
  resource_link_id: z.string().optional(),
  resource_id: z.string().optional(),
  tag: z.string().optional(),
  limit: z.coerce.number().int().min(1).optional(),
  from: z.coerce.number().int().min(0).default(0),
});

export function moodleLineItemRoutes(demo: Demo): Router {
  const router = Router();
  const base = SERVICE_PATHS.moodle;
  const open = (req: Request, courseId: string) => serviceCourse({ demo, req, courseId });
  const find = (id: string, courseId: string) =>
    listLineItems(demo.records.read(), { courseId }).find((lineItem) => lineItem.id === id);
  /** The line item that a request brings; where it is refused, that answer is sent. */
  const readGiven = (req: Request, res: Response, courseId: string) => {
    if (contentTypeOf(req) !== MEDIA.lineItem) refuseType(res);
    else if (hasScope({ demo, req, res, anyOf: ['lineItem'] })) {
      const { course, address } = open(req, courseId);
      const { data: input } = inputSchema.safeParse(req.body);
      if (!input) refuseService(res, { status: 400, reason: 'Incorrect data' });
      else if (!isOwnLink({ demo, course, id: input.resourceLinkId })) refuseLink(res);
      else return { course, address, input };
    }
    return null;
  };

  router
    .route(`${base}/lineitems`)
    .get((req, res) => {
      if (acceptOf(req) !== MEDIA.lineItemContainer) return refuseType(res);
      if (!hasScope({ demo, req, res, anyOf: ['lineItem', 'lineItemReadonly'] })) return;
      const { course, address } = open(req, req.params.course);
      const { limit, from, ...filter } = filterSchema.parse(req.query);
      const all = listLineItems(demo.records.read(), { ...filter, courseId: course.id });
      const page = limit === undefined ? all : all.slice(from, from + limit);
      if (limit !== undefined && from + limit < all.length)
        setBrokenLink(res, { demo, req, from: from + limit });
      const body = page.map((lineItem) => describe(address, lineItem));
      send(res, MEDIA.lineItemContainer, body);
    })
    .post(readJson, async (req, res) => {
      const given = readGiven(req, res, req.params.course);
      if (!given) return;
      const { course, address, input } = given;
      const made = { input: stored(input), courseId: course.id, isStandalone: true };
      const { id } = await demo.records.change((draft) => addLineItem(draft, made));
      const echo = { ...input, id: lineItemUrl({ ...address, id }) };
      send(res.status(201), MEDIA.lineItem, echo);
    })
    .all(allowOnly('GET, POST'));

  router
    .route(`${base}/lineitems/:id/lineitem`)
    .get((req, res) => {
      if (!isAccepted(req, MEDIA.lineItem)) return refuseType(res);
      if (!hasScope({ demo, req, res, anyOf: ['lineItem', 'lineItemReadonly'] })) return;
      const { course, address } = open(req, req.params.course);
      const lineItem = find(req.params.id, course.id);
      if (!lineItem) return refuseUnknown(res);
      send(res, MEDIA.lineItem, describe(address, lineItem));
    })
    .put(readJson, async (req, res) => {
      const given = readGiven(req, res, req.params.course);
      if (!given) return;
      const { course, address, input } = given;
      if (!find(req.params.id, course.id)) return refuseUnknown(res);
      const change = { id: req.params.id, courseId: course.id, input: stored(input) };
      const lineItem = await demo.records.change((draft) => replaceLineItem(draft, change));
      send(res, MEDIA.lineItem, describe(address, lineItem));
    })
    .delete(async (req, res) => {
      if (!hasScope({ demo, req, res, anyOf: ['lineItem'] })) return;
      const { course } = open(req, req.params.course);
      if (!find(req.params.id, course.id)) return refuseUnknown(res);
      const named = { id: req.params.id, courseId: course.id };
      await demo.records.change((draft) => deleteLineItem(draft, named));
      res.status(204).end();
    })
    .all((req, res) => {
      // Where a tool ends up that puts /scores behind the query.
      refuseService(res, { status: 400, reason: `No handler found for ${req.originalUrl}` });
    });

  return router;
}

export function isAccepted(req: Request, type: string): boolean {
  return acceptOf(req) === '*/*' || acceptOf(req) === type;
}

export function refuseType(res: Response): void {
  refuseService(res, { status: 400, reason: 'No context or unsupported content type' });
}

export function refuseUnknown(res: Response): void {
  refuseService(res, { status: 404, reason: 'Not Found' });
}

function refuseLink(res: Response): void {
  refuseService(res, { status: 403, reason: 'Forbidden' });
}

function describe(address: CourseAddress, lineItem: StoredLineItem) {
  const { label, scoreMaximum, resourceLinkId, resourceId = '', tag = '' } = lineItem;
  const id = lineItemUrl({ ...address, id: lineItem.id });
  return { id, label, scoreMaximum, resourceId, tag, resourceLinkId };
}

function stored({
  label,
  scoreMaximum,
  resourceLinkId,
  resourceId,
  tag,
}: z.infer<typeof inputSchema>) {
  return { label, scoreMaximum, resourceLinkId, resourceId, tag };
}

function isOwnLink(options: { demo: Demo; course: DemoCourse; id: string | undefined }): boolean {
  return options.id === undefined || courseActivities(options).some(({ id }) => id === options.id);
}

/** An ordinary parser finds no next page in this header. */
function setBrokenLink(
  res: Response,
  { demo, req, from }: { demo: Demo; req: Request; from: number },
): void {
  const next = new URL(req.originalUrl, demo.url);
  next.searchParams.set('from', String(from));
  const address = next.href.replaceAll('&', '&amp;');
  // Header bytes: UTF-8, as PHP writes it.
  res.set('Link', Buffer.from(`<${address}>; rel=“next”`).toString('latin1'));
}

function send(res: Response, type: string, body: object): void {
  // Bytes, not text: with a text Node would write the header in the body's encoding.
  res.type(type).send(Buffer.from(JSON.stringify(body).replaceAll('/', '\\/')));
}
