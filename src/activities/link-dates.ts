// The dates that a person gives to placed links (Deep Linking 2.0, `available` and `submission`). A script turns what was
// typed into the browser's time zone; without it the typed time is read as UTC, and the page says so. Pure.
import { z } from 'zod';
import type { ContentItem } from '../lti/deep-linking.js';

const FIELDS = ['from', 'until', 'due'] as const;
type DateField = (typeof FIELDS)[number];

const typed = z.string().max(40).default('');
/** `from` as typed, `fromUtc` as the script read it; likewise `until` and `due`. */
export const DateFields = z.object({
  from: typed,
  until: typed,
  due: typed,
  fromUtc: typed,
  untilUtc: typed,
  dueUtc: typed,
});
export type DateFields = z.infer<typeof DateFields>;

export type LinkDates =
  | { dates: Pick<ContentItem, 'available' | 'submission'>; fault: null }
  | { dates: null; fault: 'unreadable' | 'order' };

const LOCAL = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/;

/** What is empty is no date. `order`: closed or due before it opens. */
export function readLinkDates(form: DateFields): LinkDates {
  const [from, until, due] = FIELDS.map((name) => readTime(form, name));
  if (from === 'unreadable' || until === 'unreadable' || due === 'unreadable')
    return { dates: null, fault: 'unreadable' };
  if (from && ((until && until <= from) || (due && due <= from)))
    return { dates: null, fault: 'order' };
  const available = {
    ...(from ? { startDateTime: from.toISOString() } : {}),
    ...(until ? { endDateTime: until.toISOString() } : {}),
  };
  return {
    dates: {
      ...(from || until ? { available } : {}),
      ...(due ? { submission: { endDateTime: due.toISOString() } } : {}),
    },
    fault: null,
  };
}

function readTime(form: DateFields, name: DateField): Date | 'unreadable' | null {
  const text = form[name].trim();
  if (text === '') return null;
  if (!LOCAL.test(text)) return 'unreadable';
  const inZone = form[`${name}Utc`];
  const time = new Date(inZone === '' ? `${text}Z` : inZone);
  return Number.isNaN(time.getTime()) ? 'unreadable' : time;
}
