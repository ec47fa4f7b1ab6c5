// Rules of scores and results (AGS 2.0, sections 3.3 and 3.4) with Moodle's checks: a score must
// be newer than the one before it, anything but a fully graded one clears the grade, and values
// are rescaled to the line item's maximum.
import { z } from 'zod';
import { lineItemUrl, resultsUrl, type CourseAddress } from './demo-addresses.js';
import type { DemoRecords, StoredLineItem, StoredScore } from './demo-records.js';

export const scoreInputSchema = z
  .object({
    userId: z.union([z.string().min(1).max(255), z.number().int()]).transform(String),
    timestamp: z.iso.datetime({ offset: true }),
    activityProgress: z.enum(['Initialized', 'Started', 'InProgress', 'Submitted', 'Completed']),
    gradingProgress: z.enum(['FullyGraded', 'Pending', 'PendingManual', 'Failed', 'NotReady']),
    scoreGiven: z.number().min(0).optional(),
    scoreMaximum: z.number().positive().optional(),
    comment: z.string().max(10_000).optional(),
  })
  .refine((score) => score.scoreGiven === undefined || score.scoreMaximum !== undefined, {
    path: ['scoreMaximum'],
    message: 'needed with scoreGiven',
  });

export type ScoreInput = z.infer<typeof scoreInputSchema>;

/** Records the score and answers 'recorded', or 'stale' where one as new is already there. */
export function recordScore(
  draft: DemoRecords,
  { lineItem, score }: { lineItem: StoredLineItem; score: ScoreInput },
): 'recorded' | 'stale' {
  const known = findScore(draft, { lineItem: lineItem.id, userId: score.userId });
  if (known && Date.parse(score.timestamp) <= Date.parse(known.timestamp)) return 'stale';

  const resultScore = gradeOf(lineItem, score);
  const stored: StoredScore = {
    lineItem: lineItem.id,
    userId: score.userId,
    timestamp: score.timestamp,
    activityProgress: score.activityProgress,
    gradingProgress: score.gradingProgress,
    ...(resultScore === null ? {} : { resultScore }),
    ...(score.comment === undefined ? {} : { comment: score.comment }),
    ...(known?.override === undefined ? {} : { override: known.override }),
  };
  draft.scores = [...draft.scores.filter((other) => other !== known), stored];
  return 'recorded';
}

export function findScore(
  records: Readonly<DemoRecords>,
  { lineItem, userId }: { lineItem: string; userId: string },
): StoredScore | null {
  return (
    records.scores.find((score) => score.lineItem === lineItem && score.userId === userId) ?? null
  );
}

export function listScores(
  records: Readonly<DemoRecords>,
  { lineItem, userId }: { lineItem: string; userId?: string | undefined },
): StoredScore[] {
  return records.scores.filter(
    (score) => score.lineItem === lineItem && (userId === undefined || score.userId === userId),
  );
}

/** A result as the tool reads it; one without a grade says only whose it is. */
export function describeResult(
  address: CourseAddress,
  { lineItem, score }: { lineItem: StoredLineItem; score: StoredScore },
) {
  const resultScore = score.override ?? score.resultScore;
  const results = resultsUrl({ ...address, id: lineItem.id });
  return {
    id: `${results}&user_id=${encodeURIComponent(score.userId)}`,
    scoreOf: lineItemUrl({ ...address, id: lineItem.id }),
    userId: score.userId,
    ...(resultScore === undefined ? {} : { resultScore, resultMaximum: lineItem.scoreMaximum }),
    ...(score.comment === undefined ? {} : { comment: score.comment }),
  };
}

const DECIMALS = 5;

function gradeOf(lineItem: StoredLineItem, score: ScoreInput): number | null {
  if (score.gradingProgress !== 'FullyGraded') return null;
  if (score.scoreGiven === undefined || score.scoreMaximum === undefined) return null;

  const share = Math.min(score.scoreGiven / score.scoreMaximum, 1);
  return Number((share * lineItem.scoreMaximum).toFixed(DECIMALS));
}

/** A teacher's own grade: it stands before the tool's, and its time counts against later scores, as in Moodle. */
export function overrideScore(
  draft: DemoRecords,
  {
    lineItem,
    userId,
    grade,
    now,
  }: { lineItem: StoredLineItem; userId: string; grade: number; now: Date },
): void {
  const known = findScore(draft, { lineItem: lineItem.id, userId });
  const stored: StoredScore = {
    activityProgress: 'Completed',
    gradingProgress: 'FullyGraded',
    ...known,
    lineItem: lineItem.id,
    userId,
    timestamp: now.toISOString(),
    override: Math.min(grade, lineItem.scoreMaximum),
  };
  draft.scores = [...draft.scores.filter((other) => other !== known), stored];
}
