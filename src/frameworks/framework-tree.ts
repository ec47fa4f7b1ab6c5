// The tree of a framework from its items and isChildOf associations, in whatever order they come. Several parents,
// cycles, missing nodes and retired items are data that exists: each item has exactly one place, the same for every
// order of input. Pure.
import type { FrameworkRecord } from './cf-document.model.js';
import type { CFAssociation, CFItem } from './cf-package.js';

type ItemType = 'Domain' | 'Subdomain' | 'Competency';

export interface TreeItem {
  identifier: string;
  uri: string;
  fullStatement: string;
  CFItemType: ItemType;
  humanCodingScheme: string | null;
  bloomLevel: number | null;
  publishedResourceCount: number | null;
  parent: string | null;
  /** Further parents; the item stands below the first one only. */
  otherParents: string[];
  depth: number;
  children: TreeItem[];
  /** True for an item that left the framework: found by identifier, but not in the tree. */
  isRetired: boolean;
}

export interface FrameworkTree {
  framework: FrameworkRecord;
  roots: TreeItem[];
  items: Map<string, TreeItem>;
  /** Competencies in reading order. */
  competencies: TreeItem[];
  /** The item and what is above it, top first; empty for an unknown identifier. */
  pathTo(identifier: string): TreeItem[];
}

interface Edge {
  child: string;
  parent: string;
  sequence: number;
}
interface Placing {
  items: Map<string, TreeItem>;
  edges: Map<string, Edge[]>;
  waiting: Map<string, Edge[]>;
  placed: Map<string, number>;
}

const LAST = Number.MAX_SAFE_INTEGER;

/** Builds the tree. Never throws for odd data: an item without a place that works becomes a root. */
export function buildTree(options: {
  framework: FrameworkRecord;
  items: readonly CFItem[];
  associations: readonly CFAssociation[];
}): FrameworkTree {
  const items = new Map<string, TreeItem>();
  for (const item of [...options.items].sort((a, b) => compare(a.identifier, b.identifier)))
    items.set(item.identifier, toTreeItem(item));
  const edges = readEdges({ ...options, items });
  const placing: Placing = {
    items,
    edges,
    waiting: groupBy(edges, ([first]) => first?.parent ?? ''),
    placed: new Map(),
  };
  placeAll(placing, options.framework.identifier);
  const roots = sortTree(placing);
  for (const { identifier, CFItemType } of options.items)
    nameType(items.get(identifier), CFItemType);
  const competencies: TreeItem[] = [];
  walk(roots, (item) => {
    if (item.CFItemType === 'Competency') competencies.push(item);
  });
  return {
    framework: options.framework,
    roots,
    items,
    competencies,
    pathTo: (identifier) => pathTo(items, identifier),
  };
}

/** For each item its places: known parents only, in order of sequence number and then of parent. */
function readEdges(options: {
  framework: FrameworkRecord;
  items: Map<string, TreeItem>;
  associations: readonly CFAssociation[];
}): Map<string, Edge[]> {
  const edges = new Map<string, Edge[]>();
  for (const identifier of options.items.keys()) edges.set(identifier, []);
  for (const {
    associationType,
    originNodeURI,
    destinationNodeURI,
    sequenceNumber,
  } of options.associations) {
    if (associationType !== 'isChildOf') continue;
    const edge = {
      child: originNodeURI.identifier,
      parent: destinationNodeURI.identifier,
      sequence: sequenceNumber ?? LAST,
    };
    const isKnown = edge.parent === options.framework.identifier || options.items.has(edge.parent);
    if (isKnown && edge.child !== edge.parent) edges.get(edge.child)?.push(edge);
  }
  for (const list of edges.values())
    list.sort((a, b) => a.sequence - b.sequence || compare(a.parent, b.parent));
  return edges;
}

/** Below its first place where that hangs on the document, else below another that does; a pure cycle is cut at its least identifier. */
function placeAll(placing: Placing, document: string): void {
  const { items, edges } = placing;
  for (const [identifier, list] of edges)
    if (list.length === 0) place(placing, { identifier, parent: null, sequence: LAST });
  drain(placing, document);
  let open = [...items.keys()].filter((identifier) => !placing.placed.has(identifier));
  while (open.length > 0) {
    const before = placing.placed.size;
    for (const identifier of open) {
      if (placing.placed.has(identifier)) continue;
      const edge = edges
        .get(identifier)
        ?.find(({ parent }) => parent === document || placing.placed.has(parent));
      if (edge)
        place(placing, {
          identifier,
          parent: edge.parent === document ? null : edge.parent,
          sequence: edge.sequence,
        });
    }
    const [cut] = open;
    if (placing.placed.size === before && cut !== undefined)
      place(placing, { identifier: cut, parent: null, sequence: LAST });
    open = open.filter((identifier) => !placing.placed.has(identifier));
  }
}

/** Gives an item its place, and then all that wait for it as their first parent. */
function place(
  placing: Placing,
  first: { identifier: string; parent: string | null; sequence: number },
): void {
  const queue = [first];
  for (let next = queue.shift(); next; next = queue.shift()) {
    const item = placing.items.get(next.identifier);
    if (!item || placing.placed.has(next.identifier)) continue;
    placing.placed.set(next.identifier, next.sequence);
    item.parent = next.parent;
    item.depth = next.parent === null ? 0 : (placing.items.get(next.parent)?.depth ?? 0) + 1;
    for (const edge of placing.waiting.get(next.identifier) ?? [])
      queue.push({ identifier: edge.child, parent: edge.parent, sequence: edge.sequence });
  }
}

function drain(placing: Placing, document: string): void {
  for (const edge of placing.waiting.get(document) ?? [])
    place(placing, { identifier: edge.child, parent: null, sequence: edge.sequence });
}

/** Children and roots in order; retired items keep their parent but are nobody's child. */
function sortTree(placing: Placing): TreeItem[] {
  const { items, edges, placed } = placing;
  const roots: TreeItem[] = [];
  const order = (a: TreeItem, b: TreeItem): number =>
    (placed.get(a.identifier) ?? LAST) - (placed.get(b.identifier) ?? LAST) ||
    compare(a.identifier, b.identifier);
  for (const item of items.values()) {
    const parents = new Set((edges.get(item.identifier) ?? []).map(({ parent }) => parent));
    item.otherParents = [...parents]
      .filter((parent) => parent !== item.parent && items.has(parent))
      .sort(compare);
    if (item.isRetired) continue;
    const parent = liveParent(items, item);
    if (parent) parent.children.push(item);
    else roots.push(item);
  }
  for (const item of items.values()) item.children.sort(order);
  return roots.sort(order);
}

function liveParent(items: Map<string, TreeItem>, item: TreeItem): TreeItem | undefined {
  let parent = item.parent === null ? undefined : items.get(item.parent);
  while (parent?.isRetired) parent = parent.parent === null ? undefined : items.get(parent.parent);
  return parent;
}

function toTreeItem(item: CFItem): TreeItem {
  return {
    identifier: item.identifier,
    uri: item.uri,
    fullStatement: item.fullStatement,
    CFItemType: isItemType(item.CFItemType) ? item.CFItemType : 'Competency',
    humanCodingScheme: item.humanCodingScheme,
    bloomLevel: item.bloomLevel,
    publishedResourceCount: item.publishedResourceCount,
    parent: null,
    otherParents: [],
    depth: 0,
    children: [],
    isRetired: item.statusEndDate !== null,
  };
}

/** Other frameworks name their types otherwise or not at all: then a leaf is a competency, a root a domain. */
function nameType(item: TreeItem | undefined, stored: string | null): void {
  if (!item || isItemType(stored) || item.children.length === 0) return;
  item.CFItemType = item.depth === 0 ? 'Domain' : 'Subdomain';
}

function isItemType(type: string | null): type is ItemType {
  return type === 'Domain' || type === 'Subdomain' || type === 'Competency';
}

function pathTo(items: Map<string, TreeItem>, identifier: string): TreeItem[] {
  const path: TreeItem[] = [];
  for (
    let item = items.get(identifier);
    item;
    item = item.parent === null ? undefined : items.get(item.parent)
  )
    path.unshift(item);
  return path;
}

function walk(items: TreeItem[], visit: (item: TreeItem) => void): void {
  const stack = [...items].reverse();
  for (let item = stack.pop(); item; item = stack.pop()) {
    visit(item);
    stack.push(...[...item.children].reverse());
  }
}

function groupBy(edges: Map<string, Edge[]>, keyOf: (list: Edge[]) => string): Map<string, Edge[]> {
  const groups = new Map<string, Edge[]>();
  for (const list of edges.values()) {
    const [first] = list;
    if (!first) continue;
    const key = keyOf(list);
    const group = groups.get(key);
    if (group) group.push(first);
    else groups.set(key, [first]);
  }
  return groups;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
