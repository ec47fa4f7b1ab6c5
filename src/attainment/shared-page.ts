// What a shared page is at a moment, and what its form asks for. Pure.
import { z } from 'zod';
import type { Words } from '../http/catalogue.js';
import type { SharedPage, SharedSettings } from './shared-page.model.js';

const MAX_NAME = 100;
const MAX_ITEMS = 1_000;
const DAY_MS = 24 * 60 * 60 * 1_000;
export const EXPIRIES = ['30', '90', '365', 'none'] as const;

/** Names hold spaces and joiners of every script, and no line ends or other control characters. */
const CONTROL = /\p{Cc}/u;

const identifier = z.string().max(100);
export const SharedForm = z.object({
  items: z
    .union([identifier, z.array(identifier).max(MAX_ITEMS)])
    .default([])
    .transform((items) => [...new Set([items].flat())]),
  name: z.string().max(10_000).default(''),
  links: z.literal('yes').optional(),
  /** `keep` leaves the end of a page that is on as it is. */
  expiry: z.enum([...EXPIRIES, 'keep']).default('90'),
});
export type SharedForm = z.infer<typeof SharedForm>;

/** Sentences by field. */
export type SharedFaults = Partial<Record<'items' | 'name', string>>;

/** Whether the address is open to everybody now. */
export function isShared(page: Pick<SharedPage, 'isOn' | 'expiresAt'>, now: Date): boolean {
  return page.isOn && (page.expiresAt === null || page.expiresAt > now);
}

/** What to keep of a form, or what is wrong with it. `achieved`: what the learner may choose from. */
export function readSharedForm(options: {
  form: SharedForm;
  achieved: ReadonlySet<string>;
  page: SharedPage | null;
  now: Date;
  words: Words;
}): { settings: SharedSettings } | { faults: SharedFaults } {
  const { form, achieved, page, now, words } = options;
  const { items, name } = form;
  const faults: SharedFaults = {};
  if (items.length === 0) faults.items = words('shared:faults.noItems');
  else if (items.some((item) => !achieved.has(item)))
    faults.items = words('shared:faults.notAchieved');
  if (name.length > MAX_NAME || CONTROL.test(name))
    faults.name = words('shared:faults.name', { most: MAX_NAME });
  if (Object.keys(faults).length > 0) return { faults };
  return {
    settings: {
      items,
      name: name.trim() === '' ? null : name,
      showsLinks: form.links === 'yes',
      expiresAt: endOf({ expiry: form.expiry, page, now }),
    },
  };
}

function endOf(options: {
  expiry: SharedForm['expiry'];
  page: SharedPage | null;
  now: Date;
}): Date | null {
  const { expiry, page, now } = options;
  if (expiry === 'none') return null;
  if (expiry === 'keep') return page?.expiresAt ?? null;
  return new Date(now.getTime() + Number(expiry) * DAY_MS);
}

/** How often the page was opened, and on which day last; null where it never was. */
export function sumOpenings({ openings }: Pick<SharedPage, 'openings'>): {
  count: number;
  lastOn: Date | null;
} {
  const last = Object.keys(openings).sort().at(-1);
  return {
    count: Object.values(openings).reduce((sum, count) => sum + count, 0),
    lastOn: last === undefined ? null : new Date(last),
  };
}

/** The day in UTC, as openings are counted by. */
export function dayOf(now: Date): string {
  return now.toISOString().slice(0, 10);
}
