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
  /** Of titles and statements, which may be another than the page's. */
  language: string;
  page: PageFurniture;
  domains: TreeDomain[];
  /** Competencies shown, and all there are. */
  shown: number;
  total: number;
  progress: TreeProgress | null;
}

interface Drawing {
  counts: ReadonlyMap<string, number>;
  progress: ReadonlyMap<string, ItemProgressView> | undefined;
  shown: ReadonlySet<string> | undefined;
  notes: ReadonlyMap<string, string> | undefined;
}

/** What of the page is the same for everybody. */
interface DomainLayout {
  anchor: string;
  title: string;
  groups: {
    anchor: string;
    title: string | null;
    members: { identifier: string; href: string; statement: string }[];
  }[];
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
  const drawing: Drawing = { counts, progress, shown, notes };
  const domains = layoutOf(tree)
    .map((domain) => drawDomain(drawing, domain))
    .filter(({ groups }) => groups.length > 0);
  const lines = domains.flatMap(({ groups }) => groups.flatMap(({ items }) => items));
  return {
    id: framework.id,
    href: `/frameworks/${framework.id}`,
    title: framework.title,
    language: framework.language,
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

function drawDomain(drawing: Drawing, { anchor, title, groups: all }: DomainLayout): TreeDomain {
  const { counts, progress, shown, notes } = drawing;
  const groups = all
    .map((group) => ({
      anchor: group.anchor,
      title: group.title,
      items: group.members
        .filter(({ identifier }) => shown === undefined || shown.has(identifier))
        .map(({ identifier, href, statement }) => ({
          identifier,
          href,
          statement,
          count: counts.get(identifier) ?? 0,
          progress: progress?.get(identifier) ?? null,
          note: notes?.get(identifier) ?? null,
        })),
    }))
    .filter(({ items }) => items.length > 0);
  const lines = groups.flatMap(({ items }) => items);
  return { anchor, title, groups, progress: sumProgress(drawing, lines) };
}

/** Trees are kept for a publication (frameworks/read-tree.ts), and this with them. */
const layouts = new WeakMap<FrameworkTree, DomainLayout[]>();

function layoutOf(tree: FrameworkTree): DomainLayout[] {
  const known = layouts.get(tree);
  if (known) return known;
  const layout = tree.roots.map((root) => ({
    anchor: anchorOf(root),
    title: root.fullStatement,
    groups: [
      ...(root.CFItemType === 'Competency' ? [layOutGroup(tree, root, null, [root])] : []),
      ...layOutGroups(tree, root, []),
    ],
  }));
  layouts.set(tree, layout);
  return layout;
}

/** One group for each item that has competencies directly below it, however deep it lies. */
function layOutGroups(
  tree: FrameworkTree,
  item: TreeItem,
  titles: readonly string[],
): DomainLayout['groups'] {
  const members = item.children.filter(({ CFItemType }) => CFItemType === 'Competency');
  const title = titles.length === 0 ? null : titles.join(' › ');
  return [
    layOutGroup(tree, item, title, members),
    ...item.children.flatMap((child) =>
      layOutGroups(tree, child, [...titles, child.fullStatement]),
    ),
  ];
}

function layOutGroup(
  tree: FrameworkTree,
  item: TreeItem,
  title: string | null,
  members: readonly TreeItem[],
): DomainLayout['groups'][number] {
  return {
    anchor: anchorOf(item),
    title,
    members: members.map(({ identifier, fullStatement }) => ({
      identifier,
      href: itemHref(tree.framework.id, identifier),
      statement: fullStatement,
    })),
  };
}

function sumProgress(drawing: Drawing, lines: TreeLine[]): TreeProgress | null {
  if (drawing.progress === undefined) return null;
  return {
    achieved: lines.filter(({ progress }) => progress?.status === 'achieved').length,
    total: lines.length,
  };
}
