// What the page of a framework shows: domains, subdomains and competencies with live counts, and with a learner's progress
// where the caller has it. For views/partials/framework-tree.hbs and framework-head.hbs. Pure.
import type { PageFurniture } from '../frameworks/cf-package.js';
import type { FrameworkTree, TreeItem } from '../frameworks/framework-tree.js';
import { anchorOf } from '../frameworks/pathway-view.js';

/** Words are translated already. */
export interface ItemProgressView {
  status: 'achieved' | 'progress' | 'open';
  sentence: string;
  n: number;
  m: number;
}

interface TreeLine {
  identifier: string;
  href: string;
  statement: string;
  /** Live resources. */
  count: number;
  progress: ItemProgressView | null;
  /** For people without progress of their own, for instance which activities cover it; null without one. */
  note: string | null;
}
interface TreeGroup {
  anchor: string;
  /** Null for competencies directly below their domain. */
  title: string | null;
  items: TreeLine[];
}
interface TreeProgress {
  achieved: number;
  total: number;
}
interface TreeDomain {
  anchor: string;
  title: string;
  groups: TreeGroup[];
  /** Null where no progress was given. */
  progress: TreeProgress | null;
}
export interface FrameworkView {
  id: string;
  href: string;
  title: string;
  page: PageFurniture;
  domains: TreeDomain[];
  /** Competencies shown, and all there are. */
  shown: number;
  total: number;
  progress: TreeProgress | null;
}

interface Drawing {
  framework: string;
  counts: ReadonlyMap<string, number>;
  progress: ReadonlyMap<string, ItemProgressView> | undefined;
  shown: ReadonlySet<string> | undefined;
  notes: ReadonlyMap<string, string> | undefined;
}

/** With `shown`, only these competencies and what is above them; with `progress`, each with its own. */
export function buildFrameworkView(options: {
  tree: FrameworkTree;
  counts: ReadonlyMap<string, number>;
  progress?: ReadonlyMap<string, ItemProgressView>;
  shown?: ReadonlySet<string>;
  notes?: ReadonlyMap<string, string>;
}): FrameworkView {
  const { tree, counts, progress, shown, notes } = options;
  const { framework } = tree;
  const drawing: Drawing = { framework: framework.id, counts, progress, shown, notes };
  const domains = tree.roots
    .map((root) => drawDomain(drawing, root))
    .filter(({ groups }) => groups.length > 0);
  const lines = domains.flatMap(({ groups }) => groups.flatMap(({ items }) => items));
  return {
    id: framework.id,
    href: `/frameworks/${framework.id}`,
    title: framework.title,
    page: framework.page,
    domains,
    shown: lines.length,
    total: tree.competencies.length,
    progress: sumProgress(drawing, lines),
  };
}

/** Address of a competency's page. */
export function itemHref(framework: string, identifier: string): string {
  return `/frameworks/${framework}/items/${identifier}`;
}

function drawDomain(drawing: Drawing, root: TreeItem): TreeDomain {
  const groups: TreeGroup[] = [];
  if (root.CFItemType === 'Competency')
    pushGroup(drawing, groups, { item: root, title: null, members: [root] });
  drawGroups(drawing, groups, { item: root, titles: [] });
  const lines = groups.flatMap(({ items }) => items);
  return {
    anchor: anchorOf(root),
    title: root.fullStatement,
    groups,
    progress: sumProgress(drawing, lines),
  };
}

/** One group for each item that has competencies directly below it, however deep it lies. */
function drawGroups(
  drawing: Drawing,
  groups: TreeGroup[],
  place: { item: TreeItem; titles: string[] },
): void {
  const { item, titles } = place;
  const members = item.children.filter(({ CFItemType }) => CFItemType === 'Competency');
  pushGroup(drawing, groups, {
    item,
    title: titles.length === 0 ? null : titles.join(' › '),
    members,
  });
  for (const child of item.children)
    drawGroups(drawing, groups, { item: child, titles: [...titles, child.fullStatement] });
}

function pushGroup(
  drawing: Drawing,
  groups: TreeGroup[],
  group: { item: TreeItem; title: string | null; members: TreeItem[] },
): void {
  const { counts, progress, shown, notes, framework } = drawing;
  const items = group.members
    .filter(({ identifier }) => shown === undefined || shown.has(identifier))
    .map(({ identifier, fullStatement }) => ({
      identifier,
      href: itemHref(framework, identifier),
      statement: fullStatement,
      count: counts.get(identifier) ?? 0,
      progress: progress?.get(identifier) ?? null,
      note: notes?.get(identifier) ?? null,
    }));
  if (items.length > 0) groups.push({ anchor: anchorOf(group.item), title: group.title, items });
}

function sumProgress(drawing: Drawing, lines: TreeLine[]): TreeProgress | null {
  if (drawing.progress === undefined) return null;
  return {
    achieved: lines.filter(({ progress }) => progress?.status === 'achieved').length,
    total: lines.length,
  };
}
