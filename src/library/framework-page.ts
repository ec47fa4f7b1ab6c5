// Everything the views of a framework and of a competency show, from what the routes read. The signed-in pages of
// attainment use the same builders and partials and add progress. Pure.
import type { Words } from '../http/catalogue.js';
import type { FrameworkTree, TreeItem } from '../frameworks/framework-tree.js';
import { anchorOf } from '../frameworks/pathway-view.js';
import { itemHref } from './framework-view.js';
import type { HiddenField } from './results-view.js';

/** For views/partials/share-panel.hbs. Always the public page's address, never that of a launch. */
export interface ShareView {
  /** "Share this page with family, friends, and colleagues." */
  text: string;
  url: string;
  mailto: string;
}
/** For views/partials/search-form.hbs. */
export interface SearchFormView {
  action: string;
  text: string;
  hidden: HiddenField[];
}
/** For views/partials/item-head.hbs and item-details.hbs. */
export interface ItemView {
  identifier: string;
  statement: string;
  /** Of the statement, which may be another than the page's. */
  language: string;
  crumbs: { title: string; href: string }[];
  count: number;
  publishedCount: number | null;
  humanCodingScheme: string | null;
  bloomLevel: number | null;
  uri: string;
  isRetired: boolean;
  frameworkTitle: string;
  /** Others of the same subdomain, for going on where there is nothing here. */
  siblings: { statement: string; href: string; count: number }[];
}
export interface FoundCompetency {
  statement: string;
  href: string;
  count: number;
  /** What is above it. */
  path: string;
}

/** `path` is the page's path without query; `url` our public base address. */
export function buildShare(options: {
  text: string | null;
  title: string;
  url: string;
  path: string;
  words: Words;
}): ShareView {
  const { title, words } = options;
  const url = `${options.url}${options.path}`;
  const query = `subject=${encodeURIComponent(title)}&body=${encodeURIComponent(`${title}\n${url}`)}`;
  return { text: options.text ?? words('library:share'), url, mailto: `mailto:?${query}` };
}

/** A form without script: the course is kept by hidden fields. */
export function buildSearchForm(options: {
  action: string;
  text: string;
  courseQuery: string;
}): SearchFormView {
  const hidden = [...new URLSearchParams(options.courseQuery)].map(([name, value]) => ({
    name,
    value,
  }));
  return { action: options.action, text: options.text, hidden };
}

/** One item with what is above and beside it. */
export function buildItemView(options: {
  tree: FrameworkTree;
  item: TreeItem;
  counts: ReadonlyMap<string, number>;
}): ItemView {
  const { tree, item, counts } = options;
  const { framework } = tree;
  const href = `/frameworks/${framework.id}`;
  const above = tree.pathTo(item.identifier).slice(0, -1);
  const parent = item.parent === null ? null : tree.items.get(item.parent);
  const beside = (parent?.children ?? []).filter(
    ({ identifier }) => identifier !== item.identifier,
  );
  return {
    identifier: item.identifier,
    statement: item.fullStatement,
    language: framework.language,
    crumbs: [
      { title: framework.title, href },
      ...above.map((one) => ({ title: one.fullStatement, href: `${href}#${anchorOf(one)}` })),
    ],
    count: counts.get(item.identifier) ?? 0,
    publishedCount: item.publishedResourceCount,
    humanCodingScheme: item.humanCodingScheme,
    bloomLevel: item.bloomLevel,
    uri: item.uri,
    isRetired: item.isRetired,
    frameworkTitle: framework.title,
    siblings: beside.map(({ identifier, fullStatement }) => ({
      statement: fullStatement,
      href: itemHref(framework.id, identifier),
      count: counts.get(identifier) ?? 0,
    })),
  };
}

/** Competencies that a search found, with their counts and places. */
export function buildFoundCompetencies(options: {
  tree: FrameworkTree;
  items: readonly TreeItem[];
  counts: ReadonlyMap<string, number>;
}): FoundCompetency[] {
  const { tree, items, counts } = options;
  return items.map((item) => ({
    statement: item.fullStatement,
    href: itemHref(tree.framework.id, item.identifier),
    count: counts.get(item.identifier) ?? 0,
    path: tree
      .pathTo(item.identifier)
      .slice(0, -1)
      .map(({ fullStatement }) => fullStatement)
      .join(' › '),
  }));
}
