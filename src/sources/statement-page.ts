// One answer of another record store to a question for statements, read with suspicion. Pure: what it says about itself
// (Communication 2.1.3 and 2.1.4) is believed only where that can do no harm.
import { z } from 'zod';
import { AppError } from '../http/errors.js';
import type { PollMark } from './evidence-source.model.js';

const MOST_STATEMENTS = 1_000;
const LONGEST_MORE = 8_000;
const MS = 1;

const Page = z.object({
  statements: z.array(z.looseObject({ stored: z.string().max(50) })).max(MOST_STATEMENTS),
  more: z.string().max(LONGEST_MORE).optional(),
});

export interface StatementPage {
  statements: (Record<string, unknown> & { stored: string })[];
  /** Address of the next page; null on the last. */
  more: string | null;
}

/**
 * `url` is where it was asked for. Throws `source.no-page` (502) for what is no page of statements, and `source.other-host`
 * (502) for a next page elsewhere: the password would go there.
 */
export function readPage(options: { text: string; url: string }): StatementPage {
  const { text, url } = options;
  const page = Page.safeParse(parse(text));
  if (!page.success) throw new AppError('source.no-page', { status: 502 });
  const { statements, more = '' } = page.data;
  if (more === '') return { statements, more: null };
  const next = URL.parse(more, url);
  if (!next || next.origin !== new URL(url).origin || next.username + next.password !== '')
    throw new AppError('source.other-host', { status: 502, values: { host: next?.host ?? '?' } });
  next.hash = '';
  if (next.href === url) throw new AppError('source.same-page', { status: 502 });
  return { statements, more: next.href };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // No JSON: then it is no page.
  }
}

/** The first question, or the next page of one that goes on. */
export function pageAddress(options: { endpoint: string; mark: PollMark; limit: number }): string {
  const { endpoint, mark, limit } = options;
  if (mark.more !== null) return mark.more;
  const query = new URLSearchParams({
    ascending: 'true',
    limit: String(limit),
    format: 'exact',
    attachments: 'false',
    ...(mark.since !== null && { since: mark.since }),
  });
  return `${endpoint}/statements?${query.toString()}`;
}

/**
 * Where the poll stands after a page. It moves only at the end of the pages, to the latest `stored` it met or, if that is
 * earlier, to what the record store calls consistent: later ones may still come. One millisecond is read again, because
 * statements may share it. A moment in the future moves nothing.
 */
export function moveMark(options: {
  mark: PollMark;
  page: StatementPage;
  /** X-Experience-API-Consistent-Through, where it came. */
  consistentThrough: string | undefined;
  now: Date;
}): PollMark {
  const { mark, page, consistentThrough, now } = options;
  const moments = page.statements
    .map(({ stored }) => Date.parse(stored))
    .filter((moment) => moment <= now.getTime());
  const before = mark.reached === null ? [] : [Date.parse(mark.reached)];
  const reached = toText(Math.max(...before, ...moments));
  if (page.more !== null) return { since: mark.since, more: page.more, reached };
  const through = Date.parse(consistentThrough ?? '');
  const latest = Math.min(
    reached === null ? -Infinity : Date.parse(reached),
    Number.isNaN(through) ? Infinity : through,
  );
  const since = Math.max(latest - MS, mark.since === null ? -Infinity : Date.parse(mark.since));
  return { since: toText(since), more: null, reached: null };
}

function toText(moment: number): string | null {
  return Number.isFinite(moment) ? new Date(moment).toISOString() : null;
}
