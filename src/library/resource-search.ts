// How resources are searched: what may be filtered, the stages of the queries, facets from counted groups. Pure: builds
// stages for the database, runs nothing.
import { visibleOwnerKeys, type Viewer } from '../frameworks/viewer.js';

export const FACETS = ['kind', 'duration', 'licence', 'language', 'difficulty'] as const;
export type Facet = (typeof FACETS)[number];
/** One chosen value a facet; `duration` is `15` (up to 15 minutes), `60` (up to 60) or `more`. */
export type ResourceFilters = Partial<Record<Facet, string>>;

export const PAGE_SIZE = 20;
const SHORT_MINUTES = 15;
const MEDIUM_MINUTES = 60;

/** A typed word with the words of the library it stands for. */
export interface SearchTerm {
  typed: string;
  words: string[];
}

/** A stage of an aggregation, as the database reads it. */
export type QueryStage = Readonly<Record<string, unknown>>;

export interface FacetGroup {
  values: Record<Facet, string | null>;
  count: number;
}

interface FacetOption {
  value: string;
  count: number;
}
export type Facets = Record<Facet, FacetOption[]>;

/** Paths of the facets in the stored resource. */
const FACET_PATHS: Record<Facet, string> = {
  kind: 'kind',
  duration: 'durationBand',
  licence: 'licenceTerms',
  language: 'language',
  difficulty: 'difficulty',
};
/** What a chosen duration takes in: up to 60 minutes includes up to 15. */
const DURATION_BANDS: Record<string, string[]> = {
  '15': ['15'],
  '60': ['15', '60'],
  more: ['more'],
};
/** Up to this many words all must match; of more, three in five. */
export const ALL_MUST_MATCH = 2;
const MATCH_SHARE = 0.6;

/** The band of a duration: `15`, `60`, `more`, or null where it is not known. */
export function durationBand(minutes: number | null): string | null {
  if (minutes === null) return null;
  if (minutes <= SHORT_MINUTES) return '15';
  return minutes <= MEDIUM_MINUTES ? '60' : 'more';
}

/** The key under which a live resource is found: a framework, or one item of it. */
export function servesKey(framework: string, item: string | null): string {
  return item === null ? framework : `${framework}|${item}`;
}

interface SearchStages {
  framework: string;
  item: string | null;
  terms: SearchTerm[];
  viewer: Viewer;
  /** Ids of resources that are left out. */
  without?: readonly string[];
}

/** Stages that leave what matches item and words, one of each where two owners have the same. */
function matchStages(options: SearchStages & { filters: ResourceFilters }): QueryStage[] {
  const { framework, item, terms, viewer, filters, without = [] } = options;
  const ownerKeys = visibleOwnerKeys(viewer);
  const match: Record<string, unknown> = {
    servesKeys: servesKey(framework, item),
    ownerKey: ownerKeys.length === 1 ? ownerKeys[0] : { $in: ownerKeys },
    ...(without.length > 0 && { _id: { $nin: without } }),
    ...filterMatch(filters),
  };
  const all = terms.map(({ words }) => ({ words: { $in: words } }));
  if (terms.length > ALL_MUST_MATCH) match['words'] = { $in: terms.flatMap(({ words }) => words) };
  else if (all.length > 0) match['$and'] = all;
  return [{ $match: match }, ...scoreStages(terms), ...dedupeStages(ownerKeys)];
}

/** The page of results, best first. */
export function buildPageStages(
  options: SearchStages & { filters: ResourceFilters; page: number },
): QueryStage[] {
  const order = { rank: 1, titleKey: 1, _id: 1 };
  return [
    ...matchStages(options),
    { $sort: options.terms.length > 0 ? { score: -1, ...order } : order },
    { $skip: (options.page - 1) * PAGE_SIZE },
    { $limit: PAGE_SIZE },
    { $project: { words: 0, titleWords: 0, servesKeys: 0 } },
  ];
}

/** How many there are of each combination of facet values, filters left aside: total and every facet follow from it. */
export function buildFacetStages(options: SearchStages): QueryStage[] {
  const values = Object.fromEntries(FACETS.map((facet) => [facet, `$${FACET_PATHS[facet]}`]));
  return [
    ...matchStages({ ...options, filters: {} }),
    { $group: { _id: values, count: { $sum: 1 } } },
  ];
}

/** Live resources by item of a framework. */
export function buildCountStages(options: { framework: string; viewer: Viewer }): QueryStage[] {
  const { framework, viewer } = options;
  const ownerKeys = visibleOwnerKeys(viewer);
  const perItem = { $group: { _id: '$servesKeys', count: { $sum: 1 } } };
  const unique = { $group: { _id: { servesKeys: '$servesKeys', dedupeKey: '$dedupeKey' } } };
  return [
    {
      $match: {
        servesKeys: framework,
        ownerKey: ownerKeys.length === 1 ? ownerKeys[0] : { $in: ownerKeys },
      },
    },
    { $project: { servesKeys: 1, dedupeKey: 1 } },
    { $unwind: '$servesKeys' },
    { $match: { servesKeys: { $gt: servesKey(framework, ''), $lt: `${framework}}` } } },
    ...(ownerKeys.length > 1 ? [unique, { $project: { servesKeys: '$_id.servesKeys' } }] : []),
    perItem,
  ];
}

/** Options of each facet with how many results each would give beside the other filters, most first; and the total. */
export function buildFacets(options: { groups: FacetGroup[]; filters: ResourceFilters }): {
  total: number;
  facets: Facets;
} {
  const { groups, filters } = options;
  const facetOf = (facet: Facet): FacetOption[] => {
    const others = groups.filter(({ values }) =>
      isTaken(values, { ...filters, [facet]: undefined }),
    );
    return facet === 'duration' ? durationOptions(others) : plainOptions(others, facet);
  };
  return {
    total: groups
      .filter(({ values }) => isTaken(values, filters))
      .reduce((sum, { count }) => sum + count, 0),
    facets: {
      kind: facetOf('kind'),
      duration: facetOf('duration'),
      licence: facetOf('licence'),
      language: facetOf('language'),
      difficulty: facetOf('difficulty'),
    },
  };
}

function filterMatch(filters: ResourceFilters): Record<string, unknown> {
  const match: Record<string, unknown> = {};
  for (const facet of FACETS) {
    const value = filters[facet];
    if (value === undefined) continue;
    match[FACET_PATHS[facet]] = facet === 'duration' ? { $in: DURATION_BANDS[value] ?? [] } : value;
  }
  return match;
}

/** A word in the title counts four times one in the description; enough of the words must be there. */
function scoreStages(terms: SearchTerm[]): QueryStage[] {
  if (terms.length === 0) return [];
  const within = (field: string, words: string[]) => ({
    $gt: [{ $size: { $setIntersection: [field, words] } }, 0],
  });
  const points = (field: string, worth: number) =>
    terms.map(({ words }) => ({ $cond: [within(field, words), worth, 0] }));
  const needed =
    terms.length <= ALL_MUST_MATCH ? terms.length : Math.ceil(terms.length * MATCH_SHARE);
  return [
    {
      $addFields: {
        matched: { $add: [0, ...points('$words', 1)] },
        score: { $add: [0, ...points('$words', 1), ...points('$titleWords', 3)] },
      },
    },
    { $match: { matched: { $gte: needed } } },
  ];
}

function dedupeStages(ownerKeys: string[]): QueryStage[] {
  if (ownerKeys.length === 1) return [];
  return [
    { $sort: { ownerKey: 1 } },
    { $group: { _id: '$dedupeKey', first: { $first: '$$ROOT' } } },
    { $replaceRoot: { newRoot: '$first' } },
  ];
}

function isTaken(
  values: FacetGroup['values'],
  filters: Partial<Record<Facet, string | undefined>>,
): boolean {
  return FACETS.every((facet) => {
    const wanted = filters[facet];
    if (wanted === undefined) return true;
    const value = values[facet];
    if (value === null) return false;
    return facet === 'duration' ? (DURATION_BANDS[wanted] ?? []).includes(value) : value === wanted;
  });
}

function plainOptions(groups: FacetGroup[], facet: Facet): FacetOption[] {
  const counts = new Map<string, number>();
  for (const { values, count } of groups) {
    const value = values[facet];
    if (value !== null) counts.set(value, (counts.get(value) ?? 0) + count);
  }
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
}

function durationOptions(groups: FacetGroup[]): FacetOption[] {
  return Object.entries(DURATION_BANDS)
    .map(([value, bands]) => ({
      value,
      count: groups
        .filter(({ values }) => values.duration !== null && bands.includes(values.duration))
        .reduce((sum, { count }) => sum + count, 0),
    }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => ['15', '60', 'more'].indexOf(a.value) - ['15', '60', 'more'].indexOf(b.value));
}
