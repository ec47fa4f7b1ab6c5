// The search part of an address: `q`, one value a facet, `page`. Unknown values are as if they were not there, so that a
// shared or shortened address still opens. Pure.
import { z } from 'zod';
import { FACETS, type Facet, type ResourceFilters } from './resource-search.js';

export interface SearchQuery {
  text: string;
  filters: ResourceFilters;
  page: number;
}

const MAX_TEXT_CHARACTERS = 200;
const MAX_PAGE = 10_000;
const Text = z
  .string()
  .trim()
  .transform((text) => text.slice(0, MAX_TEXT_CHARACTERS))
  .catch('');
const Value = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,40}$/)
  .optional()
  .catch(undefined);
const Page = z.coerce.number().int().min(1).max(MAX_PAGE).catch(1);

/** Reads a request's query. Never throws. */
export function readSearchQuery(query: Readonly<Record<string, unknown>>): SearchQuery {
  const filters: ResourceFilters = {};
  for (const facet of FACETS) {
    const value = Value.parse(query[facet]);
    if (value !== undefined) filters[facet] = value;
  }
  return { text: Text.parse(query['q'] ?? ''), filters, page: Page.parse(query['page'] ?? 1) };
}

/** The same as the query of an address, with changes; empty values are left out. */
export function writeSearchQuery(
  query: SearchQuery,
  changes: Partial<Record<Facet | 'q' | 'page', string>> = {},
): string {
  const values: Record<string, string | undefined> = {
    q: query.text,
    ...query.filters,
    page: query.page > 1 ? String(query.page) : undefined,
    ...changes,
  };
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values))
    if (value !== undefined && value !== '') search.set(name, value);
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}
