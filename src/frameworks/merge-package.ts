// What a re-import makes of what was there: addresses stay as first given, an unchanged item keeps its date, an item that
// is no longer published is retired and keeps its place, one that came back is in force again. Pure.
import type { CFAssociation, CFItem, CFPackage } from './cf-package.js';

export interface PackageChange {
  items: CFItem[];
  associations: CFAssociation[];
  added: number;
  changed: number;
  retired: number;
  /** Items that were not retired before this import. */
  inForceBefore: number;
}

/** `before` is what is in force now (empty on a first import); `next` what the file says. */
export function mergePackage(options: {
  before: { items: readonly CFItem[]; associations: readonly CFAssociation[] };
  next: CFPackage;
  now: Date;
}): PackageChange {
  const { before, next, now } = options;
  const known = new Map(before.items.map((item) => [item.identifier, item]));
  const present = new Set(next.items.map(({ identifier }) => identifier));
  const inForceBefore = before.items.filter(({ statusEndDate }) => statusEndDate === null).length;
  const change: PackageChange = {
    items: [],
    associations: [],
    added: 0,
    changed: 0,
    retired: 0,
    inForceBefore,
  };
  for (const item of next.items)
    change.items.push(mergeItem(change, known.get(item.identifier), item));
  for (const item of before.items) {
    if (present.has(item.identifier)) continue;
    if (item.statusEndDate === null) change.retired += 1;
    const retired = { statusEndDate: now, lastChangeDateTime: now };
    change.items.push(item.statusEndDate === null ? { ...item, ...retired } : item);
  }
  change.associations = mergeAssociations({ before: before.associations, next, present });
  return change;
}

function mergeItem(change: PackageChange, before: CFItem | undefined, item: CFItem): CFItem {
  if (!before) {
    change.added += 1;
    return item;
  }
  const merged = { ...item, uri: before.uri, lastChangeDateTime: before.lastChangeDateTime };
  if (isSame(before, merged)) return merged;
  change.changed += 1;
  return { ...merged, lastChangeDateTime: item.lastChangeDateTime };
}

function isSame(a: CFItem, b: CFItem): boolean {
  return (
    a.fullStatement === b.fullStatement &&
    a.CFItemType === b.CFItemType &&
    a.humanCodingScheme === b.humanCodingScheme &&
    a.publishedResourceCount === b.publishedResourceCount &&
    a.bloomLevel === b.bloomLevel &&
    a.statusEndDate === b.statusEndDate
  );
}

/** The file's associations, and those whose origin is retired. */
function mergeAssociations(options: {
  before: readonly CFAssociation[];
  next: CFPackage;
  present: Set<string>;
}): CFAssociation[] {
  const { before, next, present } = options;
  const known = new Map(before.map((association) => [association.identifier, association]));
  const kept = before.filter(({ originNodeURI }) => !present.has(originNodeURI.identifier));
  const current = next.associations.map((association) => {
    const found = known.get(association.identifier);
    if (!found) return association;
    const date =
      found.sequenceNumber === association.sequenceNumber
        ? found.lastChangeDateTime
        : association.lastChangeDateTime;
    return {
      ...association,
      uri: found.uri,
      originNodeURI: found.originNodeURI,
      destinationNodeURI: found.destinationNodeURI,
      lastChangeDateTime: date,
    };
  });
  return [...current, ...kept];
}
