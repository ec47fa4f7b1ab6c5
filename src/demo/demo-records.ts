// What the demo LMS keeps beside its seed: line items, scores, and the activities that deep
// linking placed. One JSON document; the rules that change it are in line-items.ts, scores.ts
// and placed-activities.ts.
import { z } from 'zod';
import type { DemoCourse } from './demo-course.js';

const RECORDS_VERSION = 1;

const lineItemSchema = z.object({
  id: z.string(),
  label: z.string(),
  scoreMaximum: z.number().positive(),
  resourceLinkId: z.string().optional(),
  resourceId: z.string().optional(),
  tag: z.string().optional(),
  startDateTime: z.string().optional(),
  endDateTime: z.string().optional(),
  gradesReleased: z.boolean().optional(),
});

const scoreSchema = z.object({
  lineItem: z.string(),
  userId: z.string(),
  timestamp: z.iso.datetime({ offset: true }),
  activityProgress: z.string(),
  gradingProgress: z.string(),
  /** Rescaled to the line item's maximum; absent while there is no grade. */
  resultScore: z.number().optional(),
  comment: z.string().optional(),
});

const placedActivitySchema = z.object({
  id: z.string(),
  title: z.string(),
  text: z.string(),
  /** Path and query at the tool, whose own address may be another after a restart. */
  targetPath: z.string().regex(/^\/(?!\/)/),
  custom: z.record(z.string(), z.string()),
  placedAt: z.iso.datetime(),
});

export const demoRecordsSchema = z.object({
  version: z.literal(RECORDS_VERSION),
  nextLineItem: z.number().int().positive(),
  nextActivity: z.number().int().positive(),
  lineItems: z.array(lineItemSchema),
  scores: z.array(scoreSchema),
  activities: z.array(placedActivitySchema),
});

export type StoredLineItem = z.infer<typeof lineItemSchema>;
export type StoredScore = z.infer<typeof scoreSchema>;

export type DemoRecords = z.infer<typeof demoRecordsSchema>;

/** Numbers of placed activities begin here, well above those of the seed. */
const FIRST_PLACED_ACTIVITY = 101;

export function buildFirstRecords(course: DemoCourse): DemoRecords {
  const lineItems = course.activities.flatMap(({ id, lineItem }) =>
    lineItem ? [{ ...lineItem, resourceLinkId: id }] : [],
  );

  return {
    version: RECORDS_VERSION,
    nextLineItem: lineItems.length + 1,
    nextActivity: FIRST_PLACED_ACTIVITY,
    lineItems: lineItems.map((lineItem, index) => ({ id: String(index + 1), ...lineItem })),
    scores: [],
    activities: [],
  };
}
