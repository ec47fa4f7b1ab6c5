// Reads the form of a deployment's retention: years and months for each kind of record, empty for ever. Pure.
import { z } from 'zod';
import { FEWEST_MONTHS, MONTHS_A_YEAR, MOST_MONTHS } from './retention-period.js';
import { KEPT_KINDS, type KeptMonths } from './retention.model.js';

const MOST_PAGES = 10_000;
const MOST_REVISION = 1_000_000_000;
const ODD = 'retention:faults.odd';
const RANGE = 'retention:faults.range';

const Part = z
  .string()
  .trim()
  .regex(/^\d{0,3}$/, ODD)
  .transform(Number)
  .default(0);

const Fields = z.object({
  coursesYears: Part,
  coursesMonths: Part,
  accessLogYears: Part,
  accessLogMonths: Part,
  launchesYears: Part,
  launchesMonths: Part,
});

/** Nothing, or between a year and twenty. A fault is told at the years of its kind. */
export const RetentionInput = Fields.transform((fields, context): KeptMonths => {
  const months: KeptMonths = { courses: null, accessLog: null, launches: null };
  for (const kind of KEPT_KINDS) {
    const total = fields[`${kind}Years`] * MONTHS_A_YEAR + fields[`${kind}Months`];
    if (total === 0) continue;
    if (total < FEWEST_MONTHS || total > MOST_MONTHS)
      context.addIssue({ code: 'custom', message: RANGE, path: [`${kind}Years`] });
    months[kind] = total;
  }
  return months;
});

/** As the fields of the form hold it. */
export function typedMonths(months: KeptMonths): Record<string, string> {
  return Object.fromEntries(
    KEPT_KINDS.flatMap((kind) => {
      const total = months[kind];
      const years = total === null ? '' : String(Math.floor(total / MONTHS_A_YEAR));
      const rest = total === null ? '' : String(total % MONTHS_A_YEAR);
      return [
        [`${kind}Years`, years],
        [`${kind}Months`, rest],
      ];
    }),
  );
}

export const RevisionInput = z.object({
  revision: z.coerce.number().int().min(0).max(MOST_REVISION),
});
/** `held`, as every form holds a `course` of its own: that of the page. */
export const HoldInput = z.object({
  held: z.string().min(1).max(100),
  reason: z.string().trim().min(1, 'retention:faults.reason').max(300, 'retention:faults.long'),
});
export const ReleaseInput = z.object({ held: z.string().min(1).max(100) });
export const PageInput = z.object({
  page: z.coerce.number().int().min(1).max(MOST_PAGES).catch(1),
});
