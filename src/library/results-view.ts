// What views/partials/resource-results.hbs shows: filters with numbers, results in words, pages. Signed-in pages add a
// status and forms to each result by `decorate`. Pure.
import { hasWords, type Words } from '../http/catalogue.js';
import type { LearningResource, ResourceSearch } from './learning-resource.model.js';
import { FACETS, PAGE_SIZE, type Facet } from './resource-search.js';
import { licenceTerms } from './licence.js';
import { writeSearchQuery, type SearchQuery } from './search-query.js';

export interface HiddenField {
  name: string;
  value: string;
}
/** What a signed-in page adds to a result. */
export interface ResultExtras {
  /** The learner's own state of this resource, in words. */
  status: { status: 'achieved' | 'progress' | 'open'; sentence: string } | null;
  /** Buttons: each a form that posts to `action`. */
  forms: { action: string; label: string; isPrimary: boolean; fields: HiddenField[] }[];
  /** A way to open it that the learner's evidence hears of. */
  open?: {
    href: string;
    label: string;
    isNewTab: boolean;
    /** What marks it as done when the learner comes back from it; absent where nobody is to be asked. */
    finish?: { mark: number; back: string } | null;
  } | null;
  /** Why it stands first in this course, in words. */
  pick?: { label: string; note: string; by: string };
  /** What staff are told of it: that their students do not see it. */
  caution?: string;
}
export interface ResultView extends ResultExtras {
  id: string;
  href: string;
  title: string;
  /** Address elsewhere; null for a lesson of ours. */
  url: string | null;
  /** Publisher, kind, time, difficulty, licence, in words. */
  facts: string[];
  description: string;
  /** "Serves 3 other competencies too", or null. */
  servesAlso: string | null;
}
interface FacetView {
  name: Facet;
  label: string;
  options: { value: string; label: string; isChosen: boolean }[];
}
export interface ResultsView {
  total: number;
  /** "7 learning resources". */
  countSentence: string;
  results: ResultView[];
  facets: FacetView[];
  text: string;
  /** Where the form goes. */
  action: string;
  hidden: HiddenField[];
  isFiltered: boolean;
  clearHref: string;
  pager: { previous: string | null; next: string | null; sentence: string } | null;
  /** "statstics was read as statistics", or null. */
  readAs: string | null;
}

/** `path` is the page's own address; `courseQuery` that of the page shell, kept by the form. */
export function buildResultsView(options: {
  search: ResourceSearch;
  query: SearchQuery;
  framework: string;
  path: string;
  courseQuery: string;
  words: Words;
  language: string;
  decorate?: (resource: LearningResource) => ResultExtras;
}): ResultsView {
  const { search, query, path, words } = options;
  const isFiltered = query.text !== '' || Object.keys(query.filters).length > 0;
  const readAs = search.readAs
    .map(({ typed, as }) => words('library:readAs', { typed, as }))
    .join(' ');
  return {
    total: search.total,
    countSentence: words('library:resources', { count: search.total }),
    results: search.results.map((resource) => buildResult(resource, options)),
    facets: FACETS.map((facet) => buildFacet(facet, options)).filter(
      ({ options: { length } }) => length > 0,
    ),
    text: query.text,
    action: path,
    hidden: [...new URLSearchParams(options.courseQuery)].map(([name, value]) => ({ name, value })),
    isFiltered,
    clearHref: path,
    pager: buildPager(options),
    readAs: readAs === '' ? null : readAs,
  };
}

/** Publisher, kind, time, difficulty and licence of a resource, each in words; what is not known is left out. */
export function describeFacts(options: {
  resource: LearningResource;
  words: Words;
  language: string;
}): string[] {
  const { resource, words } = options;
  const facts = [
    resource.publisher,
    facetWords('kind', resource.kind, options),
    resource.durationMinutes === null ? null : durationWords(resource.durationMinutes, words),
    resource.difficulty === null ? null : facetWords('difficulty', resource.difficulty, options),
    resource.licence ?? words(`library:values.licence.${licenceTerms(null)}`),
    resource.language.split('-')[0] === options.language.split('-')[0]
      ? null
      : facetWords('language', resource.language, options),
  ];
  return facts.filter((fact) => fact !== null);
}

/** "20 min", "2 h", "1 h 30 min". */
export function durationWords(minutes: number, words: Words): string {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (hours === 0) return words('library:minutes', { minutes });
  return rest === 0
    ? words('library:hours', { hours })
    : words('library:hoursMinutes', { hours, minutes: rest });
}

/** One result in words. */
export function buildResult(
  resource: LearningResource,
  options: {
    framework: string;
    words: Words;
    language: string;
    decorate?: (resource: LearningResource) => ResultExtras;
  },
): ResultView {
  const { words, framework } = options;
  const others =
    resource.serves.filter((link) => link.framework === framework && link.until === null).length -
    1;
  return {
    id: resource.id,
    href: `/resources/${resource.id}`,
    title: resource.title,
    url: resource.url,
    facts: describeFacts({ resource, ...options }),
    description: resource.description,
    servesAlso: others > 0 ? words('library:servesAlso', { count: others }) : null,
    ...(options.decorate?.(resource) ?? { status: null, forms: [] }),
  };
}

function buildFacet(
  facet: Facet,
  options: { search: ResourceSearch; query: SearchQuery; words: Words; language: string },
): FacetView {
  const { search, query, words } = options;
  const chosen = query.filters[facet];
  const found = search.facets[facet];
  const isThere = chosen === undefined || found.some(({ value }) => value === chosen);
  const all = isThere ? found : [...found, { value: chosen, count: 0 }];
  return {
    name: facet,
    label: words(`library:facets.${facet}`),
    options: all.map(({ value, count }) => ({
      value,
      label: words('library:option', { label: facetWords(facet, value, options), count }),
      isChosen: value === chosen,
    })),
  };
}

function facetWords(
  facet: Facet,
  value: string,
  options: { words: Words; language: string },
): string {
  if (facet === 'language')
    return (
      new Intl.DisplayNames(options.language, { type: 'language', fallback: 'code' }).of(value) ??
      value
    );
  const key = `library:values.${facet}.${value}`;
  if (hasWords(key)) return options.words(key);
  return value.charAt(0).toUpperCase() + value.slice(1).replaceAll('-', ' ');
}

function buildPager(options: {
  search: ResourceSearch;
  query: SearchQuery;
  path: string;
  words: Words;
}): ResultsView['pager'] {
  const { search, path, words } = options;
  const { page, pages, total } = search;
  if (pages <= 1) return null;
  const hrefOf = (wanted: number): string =>
    `${path}${writeSearchQuery({ ...options.query, page: wanted })}#results`;
  return {
    previous: page > 1 ? hrefOf(page - 1) : null,
    next: page < pages ? hrefOf(page + 1) : null,
    sentence: words('library:pageOf', {
      first: (page - 1) * PAGE_SIZE + 1,
      last: Math.min(page * PAGE_SIZE, total),
      total,
    }),
  };
}
