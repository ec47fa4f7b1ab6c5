// Rules of line items (AGS 2.0, section 3.2) on the demo LMS's records: make, replace, delete,
// filter, and how one looks on the wire. Unknown members of a body are dropped, as in Moodle.
import { z } from 'zod';
import { lineItemUrl, type CourseAddress } from './demo-addresses.js';
import { DemoError } from './demo-errors.js';
import type { DemoRecords, StoredLineItem } from './demo-records.js';

const shortTextSchema = z.string().max(255);

export const lineItemInputSchema = z.object({
  label: shortTextSchema.trim().min(1),
  scoreMaximum: z.number().positive(),
  resourceLinkId: shortTextSchema.min(1).optional(),
  resourceId: shortTextSchema.optional(),
  tag: shortTextSchema.optional(),
  startDateTime: z.iso.datetime({ offset: true }).optional(),
  endDateTime: z.iso.datetime({ offset: true }).optional(),
  gradesReleased: z.boolean().optional(),
});

export type LineItemInput = z.infer<typeof lineItemInputSchema>;

export const lineItemFilterSchema = z.object({
  resource_link_id: z.string().optional(),
  resource_id: z.string().optional(),
  tag: z.string().optional(),
});

export type LineItemFilter = z.infer<typeof lineItemFilterSchema>;

export function addLineItem(draft: DemoRecords, input: LineItemInput): StoredLineItem {
  const lineItem = { id: String(draft.nextLineItem), ...input };
  draft.nextLineItem += 1;
  draft.lineItems.push(lineItem);
  return lineItem;
}

/** What the input leaves out is emptied. */
export function replaceLineItem(
  draft: DemoRecords,
  { id, input }: { id: string; input: LineItemInput },
): StoredLineItem {
  const replaced = getLineItem(draft, id);
  const lineItem = { id, ...input };
  draft.lineItems = draft.lineItems.map((other) => (other === replaced ? lineItem : other));
  return lineItem;
}

/** Takes its scores with it. */
export function deleteLineItem(draft: DemoRecords, id: string): void {
  const deleted = getLineItem(draft, id);
  draft.lineItems = draft.lineItems.filter((lineItem) => lineItem !== deleted);
  draft.scores = draft.scores.filter((score) => score.lineItem !== id);
}

export function getLineItem(records: Readonly<DemoRecords>, id: string): StoredLineItem {
  const lineItem = records.lineItems.find((candidate) => candidate.id === id);
  if (lineItem) return lineItem;
  throw noLineItem();
}

export function listLineItems(
  records: Readonly<DemoRecords>,
  filter: LineItemFilter,
): StoredLineItem[] {
  return records.lineItems.filter(
    (lineItem) =>
      (filter.resource_link_id === undefined ||
        lineItem.resourceLinkId === filter.resource_link_id) &&
      (filter.resource_id === undefined || lineItem.resourceId === filter.resource_id) &&
      (filter.tag === undefined || lineItem.tag === filter.tag),
  );
}

/** The line item that a launch names: the only one of its link, else none (AGS 2.0, 3.1.3). */
export function findCoupledLineItem(
  records: Readonly<DemoRecords>,
  resourceLinkId: string,
): StoredLineItem | null {
  const [first, ...others] = listLineItems(records, { resource_link_id: resourceLinkId });
  return first && others.length === 0 ? first : null;
}

export function describeLineItem(course: CourseAddress, lineItem: StoredLineItem) {
  return { ...lineItem, id: lineItemUrl({ ...course, id: lineItem.id }) };
}

function noLineItem(): DemoError {
  return new DemoError({
    status: 404,
    code: 'not_found',
    message: 'This course has no such line item.',
  });
}
