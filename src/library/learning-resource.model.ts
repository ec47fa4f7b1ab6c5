// Learning resources: who made them, where they are, which competencies they serve. A link to a competency ends, it is
// never deleted: `until` is set. `servesKeys` holds the links in force of a live resource, for counts and searches.
import mongoose from 'mongoose';
import { isDuplicateKey } from '../db/duplicate-key.js';
import { defineModel } from '../db/models.js';
import { AppError } from '../http/errors.js';
import { visibleOwnerKeys, type Owner, type Viewer } from '../frameworks/viewer.js';
import { readLibraryState, readSharedLibraryState } from './library-state.model.js';
import {
  buildCountStages,
  buildFacets,
  buildFacetStages,
  buildPageStages,
  ALL_MUST_MATCH,
  PAGE_SIZE,
  type FacetGroup,
  type Facets,
  type QueryStage,
  type ResourceFilters,
} from './resource-search.js';
import { readTerms } from './search-word.model.js';

type ResourceStatus = 'live' | 'retired' | 'broken';

export interface ServedItem {
  framework: string;
  item: string;
  since: Date;
  /** Null while the link is in force. */
  until: Date | null;
}

export interface LearningResource {
  id: string;
  iri: string;
  /** Null for a lesson that we host. */
  url: string | null;
  title: string;
  publisher: string | null;
  description: string;
  licence: string | null;
  language: string;
  kind: string;
  durationMinutes: number | null;
  difficulty: string | null;
  completion: 'marked' | 'question-set';
  starterSet: boolean;
  status: ResourceStatus;
  serves: ServedItem[];
  owner: Owner;
}

/** As stored; only the import makes these (build-resource.ts). */
export interface StoredResource extends Omit<LearningResource, 'id'> {
  _id: string;
  schemaVersion: number;
  ownerKey: string;
  key: string | null;
  /** Two resources of one owner with the same are one resource. */
  dedupeKey: string;
  /** The set a file replaces as a whole, for instance `starter`; null for others. */
  sourceCollection: string | null;
  licenceTerms: string;
  durationBand: string | null;
  servesKeys: string[];
  /** Smaller comes first among the resources of a competency. */
  rank: number;
  titleKey: string;
  words: string[];
  titleWords: string[];
  contentHash: string;
  createdAt: Date;
  updatedAt: Date;
}

export interface ResourceSearch {
  results: LearningResource[];
  total: number;
  page: number;
  pages: number;
  facets: Facets;
  /** Words that were read as others, which the library knows. */
  readAs: { typed: string; as: string }[];
}

const text = { type: String, default: null };
const required = { type: String, required: true };
const schema = new mongoose.Schema<StoredResource>({
  _id: required,
  schemaVersion: { type: Number, required: true },
  owner: { type: mongoose.Schema.Types.Mixed, required: true },
  ownerKey: required,
  key: text,
  dedupeKey: required,
  sourceCollection: text,
  iri: required,
  url: text,
  title: required,
  titleKey: required,
  publisher: text,
  description: { type: String, default: '' },
  licence: text,
  licenceTerms: required,
  language: required,
  kind: required,
  durationMinutes: { type: Number, default: null },
  durationBand: text,
  difficulty: text,
  completion: required,
  starterSet: { type: Boolean, required: true },
  status: required,
  serves: [
    {
      _id: false,
      framework: required,
      item: required,
      since: { type: Date, required: true },
      until: { type: Date, default: null },
    },
  ],
  servesKeys: { type: [String], required: true },
  rank: { type: Number, required: true },
  words: { type: [String], required: true },
  titleWords: { type: [String], required: true },
  contentHash: required,
  createdAt: { type: Date, required: true },
  updatedAt: { type: Date, required: true },
});
schema.index({ ownerKey: 1, dedupeKey: 1 }, { unique: true });
schema.index({ servesKeys: 1, ownerKey: 1, rank: 1, titleKey: 1, _id: 1 });
schema.index({ words: 1, ownerKey: 1 });
schema.index({ 'serves.framework': 1, 'serves.item': 1, ownerKey: 1 });
schema.index({ ownerKey: 1, sourceCollection: 1 });

const ResourceModel = defineModel({
  name: 'LearningResource',
  collection: 'learningResources',
  schema,
  shardKey: ['ownerKey'],
  people: 'nothing',
});

const MAX_CACHED = 200;
const MAX_LISTED = 5_000;
const countCache = new Map<string, Map<string, number>>();

/**
 * Live resources by item identifier; items without any are absent. Counted anew after each change of the library, at the
 * latest two seconds after one of another process. The answer is shared: do not change it.
 */
export async function countLiveResources(options: {
  framework: string;
  viewer: Viewer;
}): Promise<Map<string, number>> {
  const { framework, viewer } = options;
  const { stamp } = await readSharedLibraryState({ viewer });
  const key = stamp === null ? null : `${framework} ${visibleOwnerKeys(viewer).join(' ')} ${stamp}`;
  const found = key === null ? undefined : countCache.get(key);
  if (found) return found;
  const rows = await aggregate<{ _id: string; count: number }>(
    buildCountStages({ framework, viewer }),
  );
  const counts = new Map(rows.map(({ _id, count }) => [_id.slice(framework.length + 1), count]));
  if (key === null) return counts;
  countCache.set(key, counts);
  const [oldest] = countCache.keys();
  if (countCache.size > MAX_CACHED && oldest !== undefined) countCache.delete(oldest);
  return counts;
}

/** How many different resources serve the framework. */
export async function countFrameworkResources(options: {
  framework: string;
  viewer: Viewer;
}): Promise<number> {
  const search = { framework: options.framework, item: null, terms: [], viewer: options.viewer };
  const groups = await readGroups(buildFacetStages(search));
  return buildFacets({ groups, filters: {} }).total;
}

/** Related resources of an item (of the whole framework with `item: null`), ranked, filtered, a page of 20, with facets. */
export async function searchResources(options: {
  framework: string;
  item: string | null;
  text: string;
  filters: ResourceFilters;
  page: number;
  viewer: Viewer;
  /** Ids of resources that are left out. */
  without?: readonly string[];
}): Promise<ResourceSearch> {
  const { framework, item, filters, viewer, without = [] } = options;
  const terms = await readTerms({ text: options.text, viewer });
  const isHopeless =
    terms.length <= ALL_MUST_MATCH && terms.some(({ words }) => words.length === 0);
  const search = { framework, item, terms, viewer, without };
  const groups = isHopeless ? [] : await readGroups(buildFacetStages(search));
  const { total, facets } = buildFacets({ groups, filters });
  const pages = Math.max(1, Math.ceil(total / PAGE_SIZE));
  const page = Math.min(Math.max(1, options.page), pages);
  const found =
    total === 0
      ? []
      : await aggregate<StoredResource>(buildPageStages({ ...search, filters, page }));
  const readAs = terms
    .filter(({ isExact }) => !isExact)
    .map(({ typed, words }) => ({ typed, as: words[0] ?? typed }));
  return { results: found.map(toResource), total, page, pages, facets, readAs };
}

/** A resource this viewer may see, whatever its status. */
export async function findResource(options: {
  resource: string;
  viewer: Viewer;
}): Promise<LearningResource | null> {
  const found = await ResourceModel.findOne({ _id: options.resource, ...visibleTo(options.viewer) })
    .select(PUBLIC_FIELDS)
    .lean();
  return found ? toResource(found) : null;
}

/** Throws `library.not-found` (404). */
export async function getResource(options: {
  resource: string;
  viewer: Viewer;
}): Promise<LearningResource> {
  const found = await findResource(options);
  if (!found) throw new AppError('library.not-found', { status: 404 });
  return found;
}

/** The resources of these ids that the viewer may see, in no order. */
export async function listResources(options: {
  ids: string[];
  viewer: Viewer;
}): Promise<LearningResource[]> {
  const found = await ResourceModel.find({
    _id: mongoose.trusted({ $in: options.ids }),
    ...visibleTo(options.viewer),
  })
    .select(PUBLIC_FIELDS)
    .limit(MAX_LISTED)
    .lean();
  return found.map(toResource);
}

/** All that ever served the framework or these items of it, with links that ended and resources no longer live. */
export async function listServingResources(options: {
  framework: string;
  items?: string[];
  viewer: Viewer;
}): Promise<LearningResource[]> {
  const { framework, items, viewer } = options;
  const link = items === undefined ? { framework } : { framework, item: { $in: items } };
  const found = await ResourceModel.find({
    serves: mongoose.trusted({ $elemMatch: link }),
    ...visibleTo(viewer),
  })
    .select(PUBLIC_FIELDS)
    .sort({ _id: 1 })
    .lean();
  return found.map(toResource);
}

/** Live resources with one of these keys (`servesKey`), with what choosing the next thing to do asks of them, in no order. */
export async function listStepResources(options: { keys: string[]; viewer: Viewer }) {
  const servesKeys = mongoose.trusted({ $in: options.keys });
  const found = await ResourceModel.find({ servesKeys, ...visibleTo(options.viewer) })
    .select({ title: 1, url: 1, durationMinutes: 1, completion: 1, status: 1, serves: 1 })
    .limit(MAX_LISTED)
    .lean();
  return found.map(({ _id, ...rest }) => ({ id: _id, ...rest }));
}

/** A number that grows with each change of what the viewer sees of the library. */
export async function libraryRevision(options: { viewer: Viewer }): Promise<number> {
  return (await readLibraryState(options)).revision;
}

/** For the command line: an owner's resources in order of id, after the id given. */
export async function listOwnedResources(options: {
  ownerKey: string;
  after: string | null;
  limit: number;
}): Promise<LearningResource[]> {
  const { ownerKey, after, limit } = options;
  const found = await ResourceModel.find({
    ownerKey,
    ...(after === null ? {} : { _id: mongoose.trusted({ $gt: after }) }),
  })
    .select(PUBLIC_FIELDS)
    .sort({ _id: 1 })
    .limit(limit)
    .lean();
  return found.map(toResource);
}

/** What an import finds before it writes: by id or by address. */
export async function findStoredResources(
  options: { ownerKey: string } & ({ ids: string[] } | { dedupeKeys: string[] }),
): Promise<StoredResource[]> {
  const { ownerKey } = options;
  if ('ids' in options)
    return ResourceModel.find({ ownerKey, _id: mongoose.trusted({ $in: options.ids }) }).lean();
  const dedupeKey = mongoose.trusted({ $in: options.dedupeKeys });
  return ResourceModel.find({ ownerKey, dedupeKey }).lean();
}

/** Ids of a set that files replace as a whole. */
export async function listCollectionIds(options: {
  ownerKey: string;
  sourceCollection: string;
}): Promise<string[]> {
  const found = await ResourceModel.find({
    ...options,
    status: mongoose.trusted({ $ne: 'retired' }),
  })
    .select({ _id: 1 })
    .lean();
  return found.map(({ _id }) => _id);
}

/** Writes resources that were not there a moment ago; where another import was faster, over what it wrote. */
export async function insertResources(resources: readonly StoredResource[]): Promise<void> {
  if (resources.length === 0) return;
  try {
    await ResourceModel.insertMany(resources, { ordered: false, lean: true });
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    await replaceResources(resources);
  }
}

/** Writes resources whole, each in one write. */
export async function replaceResources(resources: readonly StoredResource[]): Promise<void> {
  if (resources.length === 0) return;
  await ResourceModel.bulkWrite(
    resources.map((resource) => ({
      replaceOne: {
        filter: { _id: resource._id, ownerKey: resource.ownerKey },
        replacement: resource,
        upsert: true,
      },
    })),
    { ordered: false },
  );
}

/** Takes resources out of counts and searches; they stay for what was done with them. */
export async function retireResources(options: {
  ownerKey: string;
  ids: string[];
  now: Date;
}): Promise<void> {
  const { ownerKey, ids, now } = options;
  await ResourceModel.updateMany(
    { ownerKey, _id: mongoose.trusted({ $in: ids }) },
    { $set: { status: 'retired', servesKeys: [], updatedAt: now, 'serves.$[open].until': now } },
    { arrayFilters: [{ 'open.until': null }] },
  );
}

const PUBLIC_FIELDS = { words: 0, titleWords: 0, servesKeys: 0 } as const;

function visibleTo(viewer: Viewer): mongoose.QueryFilter<StoredResource> {
  return { ownerKey: mongoose.trusted({ $in: visibleOwnerKeys(viewer) }) };
}

async function readGroups(stages: QueryStage[]): Promise<FacetGroup[]> {
  const rows = await aggregate<{ _id: FacetGroup['values']; count: number }>(stages);
  return rows.map(({ _id, count }) => ({ values: _id, count }));
}

function aggregate<Row>(stages: QueryStage[]): Promise<Row[]> {
  // The stages are built by resource-search.ts, which knows no mongoose.
  return ResourceModel.aggregate<Row>(stages as unknown as mongoose.PipelineStage[]).exec();
}

function toResource(stored: StoredResource): LearningResource {
  return {
    id: stored._id,
    iri: stored.iri,
    url: stored.url,
    title: stored.title,
    publisher: stored.publisher,
    description: stored.description,
    licence: stored.licence,
    language: stored.language,
    kind: stored.kind,
    durationMinutes: stored.durationMinutes,
    difficulty: stored.difficulty,
    completion: stored.completion,
    starterSet: stored.starterSet,
    status: stored.status,
    serves: stored.serves,
    owner: stored.owner,
  };
}
