// The terms of a key as people write them, on the page and on the command line: origins, last day, limits. Faults are named
// by field, with keys of the catalogue. Pure.
import { z } from 'zod';
import { parseInput } from '../http/parse-input.js';
import type { LrsKeyTerms } from './lrs-key.model.js';
import { LRS_SCOPES, type LrsScope } from './lrs-request.js';

const MOST_ORIGINS = 20;
const LONGEST_NAME = 100;
const MOST_REQUESTS = 1_000_000;
const MOST_STATEMENTS = 1_000_000_000;
const DAY_MS = 24 * 60 * 60 * 1_000;
const MOST_OVERLAP_HOURS = 720;
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
/** Of our own outbox: what a key of this name stores counts as evidence. */
export const OWN_KEY_NAME = 'Crosswalk outbox';

const origins = z
  .string()
  .default('')
  .transform((text) => [...new Set(text.split(/[\s,]+/).filter((one) => one !== ''))])
  .refine((list) => list.every((one) => isOrigin(one)), 'lrs-keys:fault.origins')
  .refine((list) => list.length <= MOST_ORIGINS, 'lrs-keys:fault.origins-many');
const limit = (most: number, fault: string) =>
  z
    .string()
    .trim()
    .regex(/^\d{0,10}$/, fault)
    .default('')
    .transform((text) => (text === '' ? null : Number(text)))
    .refine((value) => value === null || (value >= 1 && value <= most), fault);

const Terms = z.object({
  origins,
  /** The last day on which it is good, in UTC. */
  lastDay: z
    .string()
    .trim()
    .default('')
    .refine((text) => text === '' || isDay(text), 'lrs-keys:fault.lastDay'),
  requestsPerMinute: limit(MOST_REQUESTS, 'lrs-keys:fault.requestsPerMinute'),
  statementsPerDay: limit(MOST_STATEMENTS, 'lrs-keys:fault.statementsPerDay'),
});
const NewKey = Terms.extend({
  name: z
    .string('lrs-keys:fault.name')
    .trim()
    .min(1, 'lrs-keys:fault.name')
    .max(LONGEST_NAME, 'lrs-keys:fault.name')
    .refine((name) => name !== OWN_KEY_NAME, 'lrs-keys:fault.name-reserved'),
  scopes: z.preprocess(
    (value) => (typeof value === 'string' ? value.split(/[\s,]+/) : value),
    z
      .array(z.string(), 'lrs-keys:fault.scopes')
      .min(1, 'lrs-keys:fault.scopes')
      .refine((list) => list.every((one) => isScope(one)), 'lrs-keys:fault.scopes')
      .transform((list) => [...new Set(list.filter((one) => isScope(one)))]),
  ),
});
const Rotation = z.object({
  overlapHours: z
    .string()
    .trim()
    .regex(/^\d{1,3}$/, 'lrs-keys:fault.overlapHours')
    .transform(Number)
    .refine((hours) => hours <= MOST_OVERLAP_HOURS, 'lrs-keys:fault.overlapHours'),
});

/** Throws `input.invalid` (400) naming the fields. */
export function readTerms(input: unknown): LrsKeyTerms {
  return toTerms(parseInput(Terms, input));
}

/** Name, scopes (an array, or a text of them) and terms. Throws `input.invalid` (400) naming the fields. */
export function readNewKey(input: unknown): {
  name: string;
  scopes: LrsScope[];
  terms: LrsKeyTerms;
} {
  const { name, scopes, ...terms } = parseInput(NewKey, input);
  return { name, scopes, terms: toTerms(terms) };
}

function toTerms({ lastDay, ...terms }: z.infer<typeof Terms>): LrsKeyTerms {
  const expiresAt = lastDay === '' ? null : new Date(Date.parse(lastDay) + DAY_MS);
  return { ...terms, expiresAt };
}

/** For how many hours the old secret stays good. Throws `input.invalid` (400). */
export function readOverlapHours(input: unknown): number {
  return parseInput(Rotation, input).overlapHours;
}

/** The terms as they are typed. */
export function writeTerms(terms: LrsKeyTerms): Record<string, string> {
  const { expiresAt, requestsPerMinute, statementsPerDay } = terms;
  return {
    origins: terms.origins.join('\n'),
    lastDay: expiresAt === null ? '' : lastDayOf(expiresAt),
    requestsPerMinute: requestsPerMinute === null ? '' : String(requestsPerMinute),
    statementsPerDay: statementsPerDay === null ? '' : String(statementsPerDay),
  };
}

/** The last whole day before a moment, as `2026-05-04`. */
export function lastDayOf(expiresAt: Date): string {
  return new Date(expiresAt.getTime() - 1).toISOString().slice(0, 10);
}

function isScope(text: string): text is LrsScope {
  return (LRS_SCOPES as readonly string[]).includes(text);
}

/** What browsers send as Origin: https, or http on loopback alone; no path, no star. */
function isOrigin(text: string): boolean {
  const url = URL.parse(text);
  if (!url || url.origin !== text) return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.includes(url.hostname));
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
