// Writes imported resources in batches: looks up what is there, merges, saves what differs. Each resource is one write
// and depends on no other, so a stop leaves whole resources and a repetition does the rest.
import { ownerKeyOf } from '../frameworks/viewer.js';
import { buildResource, dedupeKeyOf, resourceId, type ImportSetting } from './build-resource.js';
import {
  findStoredResources,
  listCollectionIds,
  retireResources,
  insertResources,
  replaceResources,
  type StoredResource,
} from './learning-resource.model.js';
import { beginLibraryChange, endLibraryChange } from './library-state.model.js';
import type { ResourceInput, RowFault } from './resource-row.js';
import { recordSearchWords } from './search-word.model.js';

export const BATCH_ROWS = 500;
/** Words remembered as recorded; beyond, they are looked up again. */
const MAX_KNOWN_WORDS = 100_000;

export interface WriteCounts {
  created: number;
  updated: number;
  unchanged: number;
  /** Resources of the collection that the file no longer holds. */
  retired: number;
  /** Links to competencies that the file no longer names. */
  endedLinks: number;
}

/** One import under way; `finish` is owed once `write` was called. */
interface ResourceWriter {
  counts: WriteCounts;
  /** Writes a batch; answers the id of each input in order. */
  write(inputs: readonly ResourceInput[]): Promise<string[]>;
  /** Retires what is left of the collection and makes the change known to readers. */
  finish(): Promise<void>;
}

interface Target {
  id: string;
  before: StoredResource | null;
}

/** Starts an import; nothing is written yet. */
export function startResourceWriter(setting: ImportSetting): ResourceWriter {
  const ownerKey = ownerKeyOf(setting.owner);
  const counts: WriteCounts = { created: 0, updated: 0, unchanged: 0, retired: 0, endedLinks: 0 };
  const seen = new Set<string>();
  const words = new Set<string>();
  let hasBegun = false;
  const begin = async (): Promise<void> => {
    if (!hasBegun) await beginLibraryChange(ownerKey);
    hasBegun = true;
  };

  async function write(inputs: readonly ResourceInput[]): Promise<string[]> {
    const targets = await findTargets(setting, inputs);
    const created: StoredResource[] = [];
    const updated: StoredResource[] = [];
    inputs.forEach((input, at) => {
      const before = targets[at]?.before ?? null;
      const built = buildResource({ input, before, setting });
      counts.endedLinks += built?.endedLinks ?? 0;
      if (!built) counts.unchanged += 1;
      else if (before) updated.push(built.resource);
      else created.push(built.resource);
    });
    if (setting.sourceCollection !== null) for (const { id } of targets) seen.add(id);
    counts.created += created.length;
    counts.updated += updated.length;
    const changed = [...created, ...updated];
    if (changed.length === 0) return targets.map(({ id }) => id);
    await begin();
    const fresh = new Set(
      changed.flatMap((resource) => resource.words).filter((word) => !words.has(word)),
    );
    await recordSearchWords({ ownerKey, words: fresh });
    if (words.size > MAX_KNOWN_WORDS) words.clear();
    for (const word of fresh) words.add(word);
    await insertResources(created);
    await replaceResources(updated);
    return targets.map(({ id }) => id);
  }

  async function finish(): Promise<void> {
    const { sourceCollection, now } = setting;
    if (sourceCollection !== null) {
      const ids = (await listCollectionIds({ ownerKey, sourceCollection })).filter(
        (id) => !seen.has(id),
      );
      counts.retired = ids.length;
      if (ids.length > 0) await begin();
      if (ids.length > 0) await retireResources({ ownerKey, ids, now });
    }
    if (hasBegun) await endLibraryChange(ownerKey);
  }

  return { counts, write, finish };
}

/** Rows whose key belongs to one stored resource and whose address to another: which one is meant cannot be told. */
export async function findConflicts(
  setting: ImportSetting,
  inputs: readonly ResourceInput[],
): Promise<RowFault[]> {
  // Without a key the address is the identity.
  const keyed = inputs.filter(({ key }) => key !== null);
  if (keyed.length === 0) return [];
  const byId = await findById(setting, keyed);
  const byAddress = await findByAddress(setting, keyed);
  return keyed.flatMap((input) => {
    const known = byId.get(resourceId(setting.owner, input));
    const other = byAddress.get(dedupeKeyOf(input));
    if (!known || !other || known._id === other._id) return [];
    return [{ row: input.row, column: 'url', code: 'url-taken', values: { title: other.title } }];
  });
}

/** By id, and those without by address. */
async function findTargets(
  setting: ImportSetting,
  inputs: readonly ResourceInput[],
): Promise<Target[]> {
  const byId = await findById(setting, inputs);
  const others = inputs.filter((input) => !byId.has(resourceId(setting.owner, input)));
  const byAddress = await findByAddress(setting, others);
  return inputs.map((input) => {
    const id = resourceId(setting.owner, input);
    const before = byId.get(id) ?? byAddress.get(dedupeKeyOf(input)) ?? null;
    return { id: before?._id ?? id, before };
  });
}

async function findById(
  setting: ImportSetting,
  inputs: readonly ResourceInput[],
): Promise<Map<string, StoredResource>> {
  const ids = inputs.map((input) => resourceId(setting.owner, input));
  const found = await findStoredResources({ ownerKey: ownerKeyOf(setting.owner), ids });
  return new Map(found.map((resource) => [resource._id, resource]));
}

async function findByAddress(
  setting: ImportSetting,
  inputs: readonly ResourceInput[],
): Promise<Map<string, StoredResource>> {
  if (inputs.length === 0) return new Map();
  const dedupeKeys = inputs.map(dedupeKeyOf);
  const found = await findStoredResources({ ownerKey: ownerKeyOf(setting.owner), dedupeKeys });
  return new Map(found.map((resource) => [resource.dedupeKey, resource]));
}
