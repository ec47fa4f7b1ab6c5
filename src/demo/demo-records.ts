// What the demo LMS keeps beside its seed: line items, scores, the activities that deep linking placed, the tools that
// registered, and what teachers decided. One JSON document; the rules that change it are in line-items.ts, scores.ts,
// demo-activities.ts and tool-registration.ts.
import { z } from 'zod';
import type { DemoCourse } from './demo-course.js';

const RECORDS_VERSION = 1;

/** Records of the release that had one course name none: they are the first course's. */
const FIRST_COURSE = '1';
const courseField = z.string().default(FIRST_COURSE);

const customSchema = z.record(z.string(), z.string());
const submissionReviewSchema = z.object({
  url: z.string().optional(),
  custom: customSchema.optional(),
});

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
  submissionReview: submissionReviewSchema.optional(),
  course: courseField,
  /** Made by the tool's own request: a column beside the one that an activity brought with it. */
  isStandalone: z.boolean().optional(),
  /** A teacher closed the column: the tool's scores are refused. */
  isLocked: z.boolean().optional(),
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
  /** A grade that a teacher gave by hand; it stands before what the tool sends. */
  override: z.number().optional(),
});

const placedActivitySchema = z.object({
  id: z.string(),
  title: z.string(),
  text: z.string(),
  /** Path and query at the tool, whose own address may be another after a restart. */
  targetPath: z.string().regex(/^\/(?!\/)/),
  custom: customSchema,
  placedAt: z.iso.datetime(),
  course: courseField,
});

/** A tool that registered itself (LTI Dynamic Registration 1.0). */
const registeredToolSchema = z.object({
  clientId: z.string(),
  deploymentId: z.string(),
  mode: z.enum(['standard', 'moodle']),
  state: z.enum(['pending', 'active']),
  name: z.string(),
  loginUrl: z.string(),
  redirectUris: z.array(z.string()).min(1),
  jwksUrl: z.string(),
  targetLinkUri: z.string(),
  deepLinkingUrl: z.string().nullable(),
  domain: z.string(),
  scopes: z.array(z.string()),
  claims: z.array(z.string()),
  custom: customSchema,
  registeredAt: z.iso.datetime(),
});

export const demoRecordsSchema = z.object({
  version: z.literal(RECORDS_VERSION),
  nextLineItem: z.number().int().positive(),
  nextActivity: z.number().int().positive(),
  lineItems: z.array(lineItemSchema),
  scores: z.array(scoreSchema),
  activities: z.array(placedActivitySchema),
  tools: z.array(registeredToolSchema).default([]),
  /** Deployment ids are numbers here; the first is the built-in tool's. */
  nextTool: z.number().int().positive().default(2),
  /** Which registered tool opens a course; a course without one opens the built-in tool. */
  courseTools: z.record(z.string(), z.string()).default({}),
  /** People whose enrolment a teacher suspended. */
  suspended: z.array(z.object({ course: z.string(), person: z.string() })).default([]),
  /** Courses whose line items of the seed were put in. */
  seededCourses: z.array(z.string()).default([FIRST_COURSE]),
});

export type StoredLineItem = z.infer<typeof lineItemSchema>;
export type StoredScore = z.infer<typeof scoreSchema>;
export type RegisteredTool = z.infer<typeof registeredToolSchema>;

export type DemoRecords = z.infer<typeof demoRecordsSchema>;

/** Numbers of placed activities begin here, well above those of the seed. */
const FIRST_PLACED_ACTIVITY = 101;

export function buildFirstRecords(courses: readonly DemoCourse[]): DemoRecords {
  const empty = {
    version: RECORDS_VERSION,
    nextLineItem: 1,
    nextActivity: FIRST_PLACED_ACTIVITY,
    lineItems: [],
    scores: [],
    activities: [],
    seededCourses: [],
  };
  return seedCourses(demoRecordsSchema.parse(empty), courses);
}

/** Puts in the line items of each course that these records do not know yet. */
export function seedCourses(records: DemoRecords, courses: readonly DemoCourse[]): DemoRecords {
  const unknown = courses.filter(({ id }) => !records.seededCourses.includes(id));
  const lineItems = unknown.flatMap((course) =>
    course.activities.flatMap(({ id, lineItem }) =>
      lineItem ? [{ ...lineItem, resourceLinkId: id, course: course.id }] : [],
    ),
  );
  return {
    ...records,
    lineItems: [...records.lineItems, ...lineItems],
    seededCourses: [...records.seededCourses, ...unknown.map(({ id }) => id)],
  };
}

export function isSuspended(
  records: Readonly<DemoRecords>,
  { course, person }: { course: { id: string }; person: { id: string } },
): boolean {
  return records.suspended.some((one) => one.course === course.id && one.person === person.id);
}
