// The forms in which an administrator names one person: as a reviewer until a day, or as an editor of the library and of
// frameworks. Pure: the present is given. Faults are keys of the catalogue.
import { z } from 'zod';
import { frameworkObject, LIBRARY, type GrantObject } from '../lti/grant.model.js';

const LONGEST_YEARS = 3;
const USUAL_YEARS = 1;
const MOST_OBJECTS = 200;
const DAY_CHARACTERS = 10;

const user = z.string().min(1).max(100);

/** `until` comes as a day and becomes its last moment, in UTC: the right holds all of that day. */
export function reviewerForm(now: Date) {
  return z.object({
    user,
    names: z.enum(['hidden', 'shown'], { error: 'grants:fault.names' }),
    until: z
      .string()
      .transform(readDay)
      .refine((day) => day !== null, { error: 'grants:fault.until', abort: true })
      .pipe(z.date())
      .refine((day) => day > now, 'grants:fault.until-past')
      .refine((day) => day <= longestEnd(now), 'grants:fault.until-long'),
  });
}

/** What may be chosen: the library, and the frameworks that the deployment sees. */
export function editorForm(frameworks: readonly string[]) {
  const offered: readonly string[] = [LIBRARY, ...frameworks.map(frameworkObject)];
  return z.object({
    user,
    object: z
      .union([z.string(), z.array(z.string()).max(MOST_OBJECTS)], { error: 'grants:fault.object' })
      .transform((chosen) => [...new Set([chosen].flat())])
      .refine(
        (chosen): chosen is GrantObject[] => chosen.every((one) => offered.includes(one)),
        'grants:fault.object',
      ),
  });
}

/** The day that a form begins with, as `YYYY-MM-DD`. */
export function usualDay(now: Date): string {
  return dayOf(addYears(now, USUAL_YEARS));
}

/** The last day that may be chosen. */
export function latestDay(now: Date): string {
  return dayOf(longestEnd(now));
}

function dayOf(at: Date): string {
  return at.toISOString().slice(0, DAY_CHARACTERS);
}

function longestEnd(now: Date): Date {
  return new Date(`${dayOf(addYears(now, LONGEST_YEARS))}T23:59:59.999Z`);
}

/** Null for what is no day of the calendar, as the 31st of February. */
function readDay(text: string): Date | null {
  const day = text.trim();
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return null;
  const end = new Date(`${day}T23:59:59.999Z`);
  return Number.isNaN(end.getTime()) || dayOf(end) !== day ? null : end;
}

function addYears(at: Date, years: number): Date {
  return new Date(Date.UTC(at.getUTCFullYear() + years, at.getUTCMonth(), at.getUTCDate()));
}
