// The stored form of a resource that an import brings, merged with what was there: links that the file no longer names
// end, those of other frameworks stay, history is kept. Pure.
import { createHash } from 'node:crypto';
import { deriveUuid } from '../uuid-v5.js';
import { ownerKeyOf, type Owner } from '../frameworks/viewer.js';
import type { ServedItem, StoredResource } from './learning-resource.model.js';
import { licenceTerms } from './licence.js';
import { normaliseUrl } from './normalise-url.js';
import type { ResourceInput } from './resource-row.js';
import { durationBand, servesKey } from './resource-search.js';
import { readWords } from './search-words.js';

const SCHEMA_VERSION = 1;
/** Fixed for ever: statements and completions refer to the ids made with it. */
const NAMESPACE = '0b9c2f5e-7d41-5c3a-8e6f-91a4d2c7b350';
/** Lessons stand before other resources, since they can be completed here and count as assessed. */
const MARKED_RANK = 1_000;
const MAX_LINK_RANK = 999;

export interface ImportSetting {
  framework: string;
  owner: Owner;
  /** The set the file replaces as a whole, or null. */
  sourceCollection: string | null;
  now: Date;
  /** Our public base address. */
  url: string;
}

/** Id of a resource: from its key, or from its address where it has no key. */
export function resourceId(owner: Owner, input: Pick<ResourceInput, 'key' | 'url'>): string {
  const parts = input.key === null ? ['url', normaliseUrl(input.url ?? '')] : ['key', input.key];
  return deriveUuid({ namespace: NAMESPACE, parts: [ownerKeyOf(owner), ...parts] });
}

/** What makes two rows of one owner the same resource. */
export function dedupeKeyOf(input: Pick<ResourceInput, 'key' | 'url'>): string {
  return input.url === null ? `lesson:${input.key ?? ''}` : `url:${normaliseUrl(input.url)}`;
}

/** The resource to store, or null when what is stored says the same. */
export function buildResource(options: {
  input: ResourceInput;
  before: StoredResource | null;
  setting: ImportSetting;
}): { resource: StoredResource; endedLinks: number } | null {
  const { input, before, setting } = options;
  const contentHash = hashOf(input, setting);
  if (before && before.contentHash === contentHash && before.status !== 'retired') return null;
  const { row: _row, serves: items, ...facts } = input;
  const id = before?._id ?? resourceId(setting.owner, input);
  const { serves, ended } = mergeLinks({ items, before: before?.serves ?? [], setting });
  const open = serves.filter(({ until }) => until === null);
  const status = before?.status === 'broken' && before.url === input.url ? 'broken' : 'live';
  const resource: StoredResource = {
    ...facts,
    _id: id,
    schemaVersion: SCHEMA_VERSION,
    owner: setting.owner,
    ownerKey: ownerKeyOf(setting.owner),
    dedupeKey: dedupeKeyOf(input),
    sourceCollection: setting.sourceCollection ?? before?.sourceCollection ?? null,
    key: input.key ?? before?.key ?? null,
    iri: before?.iri ?? `${setting.url}/resources/${id}`,
    licenceTerms: licenceTerms(input.licence),
    durationBand: durationBand(input.durationMinutes),
    starterSet: setting.sourceCollection?.startsWith('starter') ?? false,
    status,
    serves,
    servesKeys: status === 'live' ? keysOf(open) : [],
    rank:
      (input.completion === 'question-set' ? 0 : MARKED_RANK) +
      Math.min(open.length, MAX_LINK_RANK),
    titleKey: sortKey(input.title),
    words: readWords(`${input.title} ${input.publisher ?? ''} ${input.description}`),
    titleWords: readWords(input.title),
    contentHash,
    createdAt: before?.createdAt ?? setting.now,
    updatedAt: setting.now,
  };
  return { resource, endedLinks: ended };
}

function mergeLinks(options: { items: string[]; before: ServedItem[]; setting: ImportSetting }): {
  serves: ServedItem[];
  ended: number;
} {
  const { items, before, setting } = options;
  const { framework, now } = setting;
  const wanted = new Set(items);
  let ended = 0;
  const kept = before.map((link) => {
    if (link.framework !== framework || link.until !== null) return link;
    if (wanted.delete(link.item)) return link;
    ended += 1;
    return { ...link, until: now };
  });
  const added = [...wanted].map((item) => ({ framework, item, since: now, until: null }));
  return { serves: [...kept, ...added], ended };
}

function keysOf(open: ServedItem[]): string[] {
  const keys = new Set<string>();
  for (const { framework, item } of open)
    keys.add(servesKey(framework, null)).add(servesKey(framework, item));
  return [...keys];
}

/** The engine has no collation but the simple one: titles are sorted by a key of ours. */
function sortKey(title: string): string {
  return title.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().slice(0, 120);
}

function hashOf(input: ResourceInput, setting: ImportSetting): string {
  const { row: _row, ...facts } = input;
  const content = {
    ...facts,
    serves: [...input.serves].sort(),
    framework: setting.framework,
    sourceCollection: setting.sourceCollection,
  };
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 32);
}
