// The choices above a list of activities: all, not aligned yet, new; words of the title; pages. Links that keep what else the
// address says. Pure.
import type { Words } from '../http/catalogue.js';
import type { ActivityFilter, ActivityPage, Show } from './activity-filter.js';

export interface FilterView {
  /** Hidden fields that keep the rest of the address when the title's words are sent. */
  fields: { name: string; value: string }[];
  title: string;
  choices: { label: string; href: string; isCurrent: boolean }[];
  /** "51 to 100 of 200", or null where one page shows all. */
  range: string | null;
  previousHref: string | null;
  nextHref: string | null;
  /** Said where nothing fits. */
  none: string | null;
}

export function buildFilterView(options: {
  path: string;
  filter: ActivityFilter;
  found: Omit<ActivityPage<never>, 'rows'> & { rows: readonly unknown[] };
  /** How many rows a full page has. */
  pageSize: number;
  shows: readonly Show[];
  /** Further pairs of the address, for instance the activities that are being aligned. */
  keep?: readonly (readonly [string, string])[];
  words: Words;
}): FilterView {
  const { path, filter, found, pageSize, shows, keep = [], words } = options;
  const { show, title } = filter;
  const link = (more: Record<string, string>) => {
    const search = new URLSearchParams(
      keep.map(([name, value]): [string, string] => [name, value]),
    );
    for (const [name, value] of Object.entries(more)) if (value !== '') search.append(name, value);
    return `${path}?${search.toString()}`;
  };
  const page = (number: number) => link({ show, title, page: String(number) });
  const from = (found.page - 1) * pageSize + 1;
  return {
    fields: [...keep, ['show', show] as const].map(([name, value]) => ({ name, value })),
    title,
    choices: shows.map((one) => ({
      label: words(`align:list.show.${one}`, { count: found.counts[one] }),
      href: link({ show: one }),
      isCurrent: one === show,
    })),
    range:
      found.pages > 1
        ? words('align:list.range', {
            from,
            to: from + found.rows.length - 1,
            total: found.total,
          })
        : null,
    previousHref: found.page > 1 ? page(found.page - 1) : null,
    nextHref: found.page < found.pages ? page(found.page + 1) : null,
    none:
      found.rows.length === 0 ? words(`align:list.none.${title === '' ? show : 'title'}`) : null,
  };
}
