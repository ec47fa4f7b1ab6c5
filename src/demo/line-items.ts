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

interface NewLineItem {
  input: LineItemInput & Pick<StoredLineItem, 'submissionReview'>;
  courseId: string;
  /** Asked for by the tool, not brought by an activity. */
  isStandalone?: boolean;
}

export type LineItemFilter = z.infer<typeof lineItemFilterSchema>;

export function addLineItem(
  draft: DemoRecords,
  { input, courseId, isStandalone }: NewLineItem,
): StoredLineItem {
  while (draft.lineItems.some(({ id }) => id === String(draft.nextLineItem)))
    draft.nextLineItem += 1;
  const mark = isStandalone === true ? { isStandalone } : {};
  const lineItem = { id: String(draft.nextLineItem), ...input, course: courseId, ...mark };
  draft.lineItems.push(lineItem);
  return lineItem;
}

/** What the input leaves out is emptied. */
export function replaceLineItem(
  draft: DemoRecords,
  { id, courseId, input }: { id: string; courseId: string; input: LineItemInput },
): StoredLineItem {
  const replaced = getLineItem(draft, { id, courseId });
  const { course, isStandalone, isLocked, submissionReview } = replaced;
  const kept = { course, isStandalone, isLocked, submissionReview };
  const lineItem = { id, ...input, ...kept };
  draft.lineItems = draft.lineItems.map((other) => (other === replaced ? lineItem : other));
  return lineItem;
}

/** Takes its scores with it. */
export function deleteLineItem(draft: DemoRecords, { id, courseId }: LineItemName): void {
  const deleted = getLineItem(draft, { id, courseId });
  draft.lineItems = draft.lineItems.filter((lineItem) => lineItem !== deleted);
  draft.scores = draft.scores.filter((score) => score.lineItem !== id);
}

interface LineItemName {
  id: string;
  courseId: string;
}

export function getLineItem(
  records: Readonly<DemoRecords>,
  { id, courseId }: LineItemName,
): StoredLineItem {
  const lineItem = records.lineItems.find(
    (candidate) => candidate.id === id && candidate.course === courseId,
  );
  if (lineItem) return lineItem;
  throw noLineItem();
}

export function listLineItems(
  records: Readonly<DemoRecords>,
  { courseId, ...filter }: LineItemFilter & { courseId: string },
): StoredLineItem[] {
  return records.lineItems.filter(
    (lineItem) =>
      lineItem.course === courseId &&
      (filter.resource_link_id === undefined ||
        lineItem.resourceLinkId === filter.resource_link_id) &&
      (filter.resource_id === undefined || lineItem.resourceId === filter.resource_id) &&
      (filter.tag === undefined || lineItem.tag === filter.tag),
  );
}

/** The line item that a launch names: the only one of its link, else none (AGS 2.0, 3.1.3). */
export function findCoupledLineItem(
  records: Readonly<DemoRecords>,
  { courseId, resourceLinkId }: { courseId: string; resourceLinkId: string },
): StoredLineItem | null {
  const filter = { courseId, resource_link_id: resourceLinkId };
  const [first, ...others] = listLineItems(records, filter);
  return first && others.length === 0 ? first : null;
}

export function describeLineItem(address: CourseAddress, lineItem: StoredLineItem) {
  const { id, label, scoreMaximum, resourceLinkId, resourceId, tag } = lineItem;
  const { startDateTime, endDateTime, gradesReleased } = lineItem;
  return {
    id: lineItemUrl({ ...address, id }),
    label,
    scoreMaximum,
    resourceLinkId,
    resourceId,
    tag,
    startDateTime,
    endDateTime,
    gradesReleased,
  };
}

function noLineItem(): DemoError {
  return new DemoError({
    status: 404,
    code: 'not_found',
    message: 'This course has no such line item.',
  });
}
